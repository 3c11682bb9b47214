// SPDX-License-Identifier: Apache-2.0
// Files to structs. Throws UserError with every mistake of a file.
#pragma once

#include <string>
#include <vector>

#include "config/chip.hpp"
#include "config/document.hpp"
#include "config/pod.hpp"
#include "config/run.hpp"

namespace systole {

[[nodiscard]] ChipConfig read_chip(const std::string& file);
[[nodiscard]] ChipConfig chip_config(const Document& document);
[[nodiscard]] PodConfig read_pod(const std::string& file);  // Reads its chip, too.
[[nodiscard]] RunConfig read_run(const std::string& file,
                                 const std::vector<Override>& overrides = {});
[[nodiscard]] RunConfig run_config(const Document& document);

}  // namespace systole
