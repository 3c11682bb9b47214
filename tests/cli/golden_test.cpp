// SPDX-License-Identifier: Apache-2.0
// Each folder of golden/ has a `command`, its inputs, and what the user is shown: expected.txt on
// standard output, expected_err.txt on standard error, the exit code in `exit`. UPDATE_GOLDEN=1
// rewrites the three; read the difference before you commit it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "program.hpp"

namespace systole {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = fs::path(SYSTOLE_SOURCE_DIR) / "tests/cli/golden";
constexpr std::array kOwn{"command", "exit", "expected.txt", "expected_err.txt"};

std::vector<std::string> folders() {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(kGolden)) {
    out.push_back(entry.path().filename().string());
  }
  std::ranges::sort(out);
  return out;
}

// An empty text has no file.
void keep(const fs::path& file, const std::string& text) {
  if (text.empty()) {
    fs::remove(file);
  } else {
    std::ofstream(file, std::ios::binary) << text;
  }
}

class CommandLineGolden : public testing::TestWithParam<std::string> {};

TEST_P(CommandLineGolden, Shows) {
  const fs::path golden = kGolden / GetParam();
  const Folder folder;
  for (const auto& entry : fs::directory_iterator(golden)) {
    if (std::ranges::find(kOwn, entry.path().filename().string()) == kOwn.end()) {
      fs::copy(entry.path(), folder.path());
    }
  }
  const Shown shown = folder.sh(content(golden / "command"));
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    keep(golden / "expected.txt", shown.out);
    keep(golden / "expected_err.txt", shown.err);
    keep(golden / "exit", std::to_string(shown.exit) + "\n");
  }
  EXPECT_EQ(shown.out, content(golden / "expected.txt"));
  EXPECT_EQ(shown.err, content(golden / "expected_err.txt"));
  EXPECT_EQ(std::to_string(shown.exit) + "\n", content(golden / "exit"));
}

INSTANTIATE_TEST_SUITE_P(Golden, CommandLineGolden, testing::ValuesIn(folders()),
                         [](const auto& folder) {
                           std::string out = folder.param;
                           std::ranges::replace(out, '-', '_');
                           return out;
                         });

}  // namespace
}  // namespace systole
