// SPDX-License-Identifier: Apache-2.0
// Every way to get a file wrong, and what the user then reads.
//
// A case is a folder golden/<nn>-<kind>-<mistake> with input.yaml, expected.txt and perhaps `set`,
// one --set a line. UPDATE_GOLDEN=1 rewrites expected.txt.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/baseline.hpp"
#include "config/memory.hpp"
#include "config/read.hpp"
#include "config/sweep.hpp"

namespace systole {
namespace {

namespace fs = std::filesystem;

const fs::path kCases = fs::path(SYSTOLE_SOURCE_DIR) / "tests/config/golden";

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<Override> overrides(const fs::path& file) {
  std::vector<Override> out;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const std::size_t equals = line.find('=');
    out.push_back({.key = line.substr(0, equals), .value = line.substr(equals + 1)});
  }
  return out;
}

void read(const std::string& kind, const std::string& file, const std::vector<Override>& set) {
  if (kind == "chip") {
    static_cast<void>(read_chip_file(file, set));
  } else if (kind == "pod") {
    static_cast<void>(read_pod(file));
  } else if (kind == "run") {
    static_cast<void>(read_run(file, set));
  } else if (kind == "sweep") {
    static_cast<void>(read_sweep(file));
  } else if (kind == "baseline") {
    static_cast<void>(read_baseline(file));
  } else if (kind == "memory") {
    static_cast<void>(memory_config(load(FileKind::memory, file, set)));
  } else if (kind == "energy") {
    static_cast<void>(load(FileKind::energy_model, file));
  } else {
    FAIL() << "no kind of file is called " << kind;
  }
}

// What a user in the folder of the case sees.
std::string message(const std::string& name) {
  const std::string kind = name.substr(3, name.find('-', 3) - 3);
  const fs::path before = fs::current_path();
  fs::current_path(kCases / name);
  std::string out = "no error\n";
  try {
    read(kind, "input.yaml", overrides("set"));
  } catch (const UserError& error) {
    out = error.what();
  }
  fs::current_path(before);
  return out;
}

std::vector<std::string> cases() {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(kCases)) {
    out.push_back(entry.path().filename().string());
  }
  std::ranges::sort(out);
  return out;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, MistakeIsExplained) {
  const std::string actual = message(GetParam());
  const fs::path expected = kCases / GetParam() / "expected.txt";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(expected, std::ios::binary) << actual;
  }
  EXPECT_NE(actual, "no error\n");
  EXPECT_EQ(actual, content(expected));
}

INSTANTIATE_TEST_SUITE_P(Files, Golden, testing::ValuesIn(cases()), [](const auto& file) {
  std::string name = file.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace systole
