// SPDX-License-Identifier: Apache-2.0
#include "cli/result_output.hpp"

#include "report/result_json.hpp"

namespace systole {

Option json_option() {
  return {.name = "json",
          .value = "PATH",
          .help = "write the result as JSON; - is standard output, then without the table",
          .holds = Holds::file};
}

ResultOutput::ResultOutput(const Arguments& arguments) {
  if (arguments.has("json")) {
    json_.emplace(arguments.text("json"));
  }
}

void ResultOutput::write(const nlohmann::ordered_json& document, const std::string& table) const {
  if (json_) {
    json_->write(to_text(document));
  }
  if (!json_ || !json_->is_standard()) {
    print(table);
  }
}

}  // namespace systole
