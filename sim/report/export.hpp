// SPDX-License-Identifier: Apache-2.0
// A result document in the forms that other programs open.
//
// Every form is a pure function of the document (systole.result/1); where it has weights, they add
// up to the document's own total. Functions throw UserError for a document that is damaged.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace systole {

// One value a row, with its unit: the ledger and every number beside it.
[[nodiscard]] std::string export_csv(const nlohmann::ordered_json& result);
[[nodiscard]] std::string export_ndjson(const nlohmann::ordered_json& result);

// Bars of 100% by block of the program and component, a Vega-Lite 5 specification with its data.
[[nodiscard]] std::string export_vegalite(const nlohmann::ordered_json& result);

}  // namespace systole
