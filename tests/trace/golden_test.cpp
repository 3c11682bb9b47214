// SPDX-License-Identifier: Apache-2.0
// Each folder of golden/ has a trace with mistakes, and what the user is shown for it.
// UPDATE_GOLDEN=1 rewrites expected.txt; read the difference before you commit it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sample.hpp"
#include "trace/text.hpp"

namespace systole {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> folders() {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(SYSTOLE_SOURCE_DIR "/tests/trace/golden")) {
    out.push_back(entry.path().filename().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string shown_for(const std::string& text) {
  try {
    const SourcedTrace parsed = parse_sourced_trace(text, "input.trace");
    verify(parsed.trace, sample_machine(), &parsed.source);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error\n";
}

class TraceGolden : public testing::TestWithParam<std::string> {};

TEST_P(TraceGolden, ShowsTheMistakesOf) {
  const fs::path folder = fs::path(SYSTOLE_SOURCE_DIR "/tests/trace/golden") / GetParam();
  const std::string shown = shown_for(content(folder / "input.trace"));
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(folder / "expected.txt", std::ios::binary) << shown;
  }
  EXPECT_EQ(shown, content(folder / "expected.txt"));
}

INSTANTIATE_TEST_SUITE_P(Golden, TraceGolden, testing::ValuesIn(folders()), [](const auto& folder) {
  std::string out = folder.param;
  std::replace(out.begin(), out.end(), '-', '_');
  return out;
});

TEST(TraceGoldenFolder, HasAtLeast15Cases) { EXPECT_GE(folders().size(), 15U); }

}  // namespace
}  // namespace systole
