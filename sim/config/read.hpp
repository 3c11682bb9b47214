// SPDX-License-Identifier: Apache-2.0
// Files to structs. Throws UserError with every mistake of a file.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "config/chip.hpp"
#include "config/document.hpp"
#include "config/pod.hpp"
#include "config/run.hpp"

namespace systole {

[[nodiscard]] ChipConfig read_chip(const std::string& file);
[[nodiscard]] ChipConfig chip_config(const Document& document, const MemoryConfig& memory);

// A chip with the memory that it names, both in one canonical document, which holds no path.
struct ChipFile {
  ChipConfig chip;
  nlohmann::ordered_json canonical;
};
[[nodiscard]] ChipFile read_chip_file(const std::string& file,
                                      const std::vector<Override>& overrides = {});
// The way back; `file` is what mistakes blame.
[[nodiscard]] ChipConfig chip_from_canonical(nlohmann::ordered_json canonical,
                                             const std::string& file);
[[nodiscard]] ChipFile chip_file(const Document& chip, const std::optional<Document>& memory);

// Reads its chip, too.
[[nodiscard]] PodConfig read_pod(const std::string& file);
[[nodiscard]] PodConfig pod_config(const Document& document, ChipFile chip);
[[nodiscard]] RunConfig read_run(const std::string& file,
                                 const std::vector<Override>& overrides = {});
[[nodiscard]] RunConfig run_config(const Document& document);

}  // namespace systole
