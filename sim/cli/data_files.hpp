// SPDX-License-Identifier: Apache-2.0
// The data that comes with the program: chips, energy models, models.
#pragma once

#include <string>
#include <string_view>

namespace systole {

// The path of a shipped file, such as "configs/chips/tpu_v4.yaml": beside the build folder, in the
// installation's share folder or in the working folder. Throws UserError that names the folders.
[[nodiscard]] std::string data_file(std::string_view name);

// The same for a folder, "configs/chips"; empty if there is none.
[[nodiscard]] std::string data_folder(std::string_view name);

}  // namespace systole
