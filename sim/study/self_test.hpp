// SPDX-License-Identifier: Apache-2.0
// A second's proof that this build computes: one energy that is known without it, and a tiny run
// whose laws hold in both fidelities.
#pragma once

#include <filesystem>
#include <string>

namespace systole {

struct SelfTest {
  std::string unread;  // What is wrong with the data files; empty: nothing.
  std::string broken;  // What is wrong with this program; empty: nothing.
};

// `data` is the folder that holds configs/ and energy_models/.
[[nodiscard]] SelfTest self_test(const std::filesystem::path& data);

}  // namespace systole
