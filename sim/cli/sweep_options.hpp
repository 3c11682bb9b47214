// SPDX-License-Identifier: Apache-2.0
// Options that commands with many points share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/command.hpp"

namespace systole {

[[nodiscard]] Option csv_option();
[[nodiscard]] Option jobs_option();
[[nodiscard]] Option progress_option();

// What --jobs says, or else the file, or else a worker for each core.
[[nodiscard]] std::size_t workers(const Arguments& arguments, std::optional<std::uint32_t> jobs);

// What --results says, or else a folder below runs/ by this name.
[[nodiscard]] std::string results_folder(const Arguments& arguments, const std::string& name);

}  // namespace systole
