// SPDX-License-Identifier: Apache-2.0
// What the tables say, for people and for editors.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "config/document.hpp"

namespace systole {

// A key ("workload.batch"), the end of one ("batch"), a section ("hbm") or a kind of file ("chip"),
// with or without the kind in front ("chip.hbm"). Shows every kind that has it; throws UserError
// with a suggestion if none has.
[[nodiscard]] std::string help_text(std::string_view key);

// Every key of every kind, one after the other: the reference page.
[[nodiscard]] std::string help_of_all_keys();

// JSON Schema, draft 2020-12. A file that has `extends` need not be complete.
[[nodiscard]] nlohmann::ordered_json json_schema(FileKind kind);

}  // namespace systole
