// SPDX-License-Identifier: Apache-2.0
// Where the commands that give one result put it: a table on standard output, the document where
// --json says. With `--json -` the document takes the table's place.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "cli/command.hpp"
#include "cli/output.hpp"

namespace systole {

[[nodiscard]] Option json_option();

class ResultOutput {
 public:
  explicit ResultOutput(const Arguments& arguments);

  void write(const nlohmann::ordered_json& document, const std::string& table) const;

 private:
  std::optional<Output> json_;
};

}  // namespace systole
