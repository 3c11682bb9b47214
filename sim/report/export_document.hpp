// SPDX-License-Identifier: Apache-2.0
// What the exports read in a result document, checked once.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace systole {

struct ExportLine {
  std::string block;      // "layer" of "layer.qkv"; what belongs to no block is one of its own.
  std::string operation;  // "qkv".
  std::string component;
  std::string tensor;
  std::string action;
  std::uint64_t count;
  double pj_each;
  double energy_j;
};

struct ExportUnit {
  std::string unit;
  std::string state;
  double seconds;  // Of all units of the kind together.
};

// A number of the document that is no sum over the ledger, by its path there.
struct ExportMetric {
  std::string name;  // "energy_j.nominal".
  nlohmann::ordered_json value;
  std::string unit;
};

// Typed access that blames the document.
[[nodiscard]] const nlohmann::ordered_json& export_part(const nlohmann::ordered_json& object,
                                                        const char* key);
[[nodiscard]] double export_number(const nlohmann::ordered_json& object, const char* key);
[[nodiscard]] std::string export_text(const nlohmann::ordered_json& object, const char* key);

[[nodiscard]] std::string export_title(const nlohmann::ordered_json& result);  // "tpu_v4 x 64".
[[nodiscard]] std::vector<ExportLine> export_lines(const nlohmann::ordered_json& result);
[[nodiscard]] std::vector<ExportUnit> export_units(const nlohmann::ordered_json& result);
[[nodiscard]] std::vector<ExportMetric> export_metrics(const nlohmann::ordered_json& result);

}  // namespace systole
