// SPDX-License-Identifier: Apache-2.0
// What a shipped run and the numbers of a chip print. UPDATE_GOLDEN=1 rewrites the files; read the
// difference before you commit it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "report/console.hpp"
#include "report/numbers_table.hpp"
#include "shipped.hpp"

namespace systole {
namespace {

void expect_golden(const std::string& name, const std::string& shown) {
  const std::string file = shipped("tests/report/golden/" + name);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(file, std::ios::binary) << shown;
  }
  std::ifstream in(file, std::ios::binary);
  std::ostringstream expected;
  expected << in.rdbuf();
  EXPECT_EQ(shown, expected.str());
}

TEST(ReportGolden, ConsoleOfTheTinyRun) {
  expect_golden("tiny_2x2/console.txt", console(run_of("tiny-decode")));
}

TEST(ReportGolden, NumbersOfTheTinyChip) {
  expect_golden(
      "tiny_2x2/numbers.txt",
      numbers_table(numbers(shipped("configs/chips/tiny.yaml"), shipped("energy_models/n7.yaml"),
                            shipped("workloads/models/tiny.json")),
                    true));
}

}  // namespace
}  // namespace systole
