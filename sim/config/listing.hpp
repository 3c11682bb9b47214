// SPDX-License-Identifier: Apache-2.0
// The values of a file one by one, each as a file would write it and with the place that gave it.
//
// What is listed here reads back as the same content: units are kept, paths are relative to the
// working folder.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/document.hpp"
#include "config/table.hpp"

namespace systole {

struct ListedValue {
  const Row* row;                 // Of the table; for a key of a sweep's grid, the grid's.
  std::vector<std::string> path;  // Keys from the top down; a key of a grid has dots of its own.
  std::string text;               // YAML, in one line.
  std::vector<std::pair<std::string, std::string>> parts{};  // Of a measured number, instead.
  std::vector<std::string> items{};                          // Of a list of sections, instead.
  std::string origin;  // "chips/a.yaml:9", "default", "--set clock=1 GHz".

  [[nodiscard]] std::string key() const;  // Dotted.
};

// In the order of the table.
[[nodiscard]] std::vector<ListedValue> listed_values(const Document& document);

// Of a file and of all that it names: a run's pod, chip, memory and energy model stand under
// "pod.shape", "chip.hbm.bandwidth", "memory.cycle", "energy_model.mac.bf16", a sweep's run under
// "base.workload.batch". Paths of followed files are left out.
[[nodiscard]] std::vector<ListedValue> listed_values_of_all(
    FileKind kind, const std::string& file, const std::vector<Override>& overrides = {});

// A text as YAML writes it: in quotation marks where it would read as something else.
[[nodiscard]] std::string yaml_text(const std::string& text);

}  // namespace systole
