// SPDX-License-Identifier: Apache-2.0
// Shipped runs and their documents.
#pragma once

#include <string>
#include <vector>

#include "report/result_json.hpp"
#include "study/point.hpp"

namespace systole {

using Json = nlohmann::ordered_json;

inline std::string shipped(const std::string& path) {
  return std::string(SYSTOLE_SOURCE_DIR) + "/" + path;
}

inline Result run_of(const std::string& name, const std::vector<Override>& overrides = {},
                     const std::string& energy_model = "n7") {
  PointOptions options;
  options.overrides = overrides;
  options.energy_model = shipped("energy_models/" + energy_model + ".yaml");
  return run_point(shipped("configs/runs/" + name + ".yaml"), options);
}

inline Json document_of(const std::string& name, const std::string& energy_model = "n7") {
  return to_json(run_of(name, {}, energy_model));
}

}  // namespace systole
