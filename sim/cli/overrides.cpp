// SPDX-License-Identifier: Apache-2.0
#include "cli/overrides.hpp"

namespace systole {

Option set_option() {
  return {.name = "set",
          .value = "KEY=VALUE",
          .help = "change one key of the run file, e.g. workload.batch=256; repeatable",
          .repeats = true,
          .holds = Holds::setting};
}

std::vector<Override> overrides(const Arguments& arguments) {
  std::vector<Override> out;
  for (const std::string& text : arguments.all("set")) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      fail("--set takes KEY=VALUE, for example workload.batch=256; got '{}'", text);
    }
    out.push_back({.key = text.substr(0, equals), .value = text.substr(equals + 1)});
  }
  return out;
}

}  // namespace systole
