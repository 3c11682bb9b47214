// SPDX-License-Identifier: Apache-2.0
// What --set and sweeps may change of a point: keys of the run file, and keys of the files that it
// names, behind the kind of that file: "workload.batch", "chip.matrix_unit.rows", "pod.shape",
// "energy_model.mac.bf16", "memory.timings.tRCDRD".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/table.hpp"

namespace systole {

struct Setting {
  FileKind kind;
  const Row* row;  // Its key is without the kind.

  [[nodiscard]] std::string key() const;  // With it.
};

// None for a section and for what no file has.
[[nodiscard]] std::optional<Setting> find_setting(std::string_view key);

// All, the run's first.
[[nodiscard]] std::vector<Setting> settings();

// The overrides that are meant for the file of this kind, as its own keys.
[[nodiscard]] std::vector<Override> overrides_of(FileKind kind,
                                                 const std::vector<Override>& overrides);

}  // namespace systole
