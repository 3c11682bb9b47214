// SPDX-License-Identifier: Apache-2.0
#include "report/console.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "report/format.hpp"
#include "report/numbers_table.hpp"
#include "shipped.hpp"

namespace systole {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

void expect_plain(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 100U) << line;
    EXPECT_FALSE(line.ends_with(' ')) << '"' << line << '"';
  }
  for (const char c : text) {
    EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~'));
  }
  EXPECT_TRUE(text.ends_with('\n'));
}

TEST(Console, IsPlainAsciiOf100Columns) {
  expect_plain(console(run_of("llama-3.1-70b-decode-64")));
  expect_plain(console(run_of("llama-3.1-8b-sram-64")));
  expect_plain(numbers_table(
      numbers(shipped("configs/chips/sram_only.yaml"), shipped("energy_models/n7.yaml"),
              shipped("workloads/models/llama-3.1-70b.json")),
      true));
}

TEST(Console, SaysWhatWasRun) {
  const std::string text = console(run_of("llama-3.1-70b-decode-64"));
  EXPECT_THAT(text, AllOf(HasSubstr("tpu_v4 x 64 (4x4x4 torus)"), HasSubstr("llama-3.1-70b"),
                          HasSubstr("int8 weights"), HasSubstr("decode, batch 64, context 2048"),
                          HasSubstr("fidelity event, folded onto one chip")));
}

TEST(Console, SaysWhyAMeshIsNotFolded) {
  const std::string text =
      console(run_of("tiny-decode", {{"pod", shipped("configs/pods/tiny_mesh_2x4.yaml")},
                                     {"sharding.tensor", "8"}}));
  EXPECT_THAT(text, AllOf(HasSubstr("tiny x 8 (2x4 mesh)"), HasSubstr("not folded: axis 1")));
}

TEST(Console, SaysWhyAComponentCostsNothing) {
  EXPECT_THAT(console(run_of("llama-3.1-70b-decode-64")),
              HasSubstr("far_sram (count 0: nothing used it)"));
  EXPECT_THAT(console(run_of("llama-3.1-70b-decode-64", {}, "interview")),
              HasSubstr("scratchpad (structural zero in interview)"));
}

TEST(Console, TellsPrefillByItsPromptTokens) {
  const std::string text =
      console(run_of("tiny-decode", {{"workload.phase", "prefill"}, {"workload.prompt", "16"}}));
  EXPECT_THAT(text, AllOf(HasSubstr("prefill, batch 4, prompt 16, causal half"),
                          HasSubstr("prompt tokens/s"), Not(HasSubstr("/user"))));
}

// The rows of the table are a partition of the bill.
TEST(Console, AccountsForEveryJoule) {
  std::istringstream lines(console(run_of("llama-3.1-70b-decode-64")));
  double percents = 0.0;
  for (std::string line; std::getline(lines, line) && !line.starts_with("  speed");) {
    if (line.starts_with("    ")) {
      percents += std::stod(line.substr(34, 6));
    }
  }
  EXPECT_NEAR(percents, 100.0, 0.4);  // Eight rows, each rounded to a tenth.
}

std::string row(std::string_view label, double joules) {
  return fmt::format("\n    {:<19}{:>9}  ", label, si(joules / 64, "J"));
}

// Sums taken from the bill by hand: a weight's move is all it pays but its products.
TEST(Console, KeepsMovesApartFromProducts) {
  const Result result = run_of("llama-3.1-70b-decode-64");
  double weights = 0.0;
  double cache = 0.0;
  double products = 0.0;
  for (const BillLine& line : result.bill.lines) {
    if (line.line.action == Action::mac_bf16) {
      products += line.energy_j;
    } else if (line.line.tensor == Tensor::weight) {
      weights += line.energy_j;
    } else if (line.line.tensor == Tensor::kv) {
      cache += line.energy_j;
    }
  }
  EXPECT_THAT(console(result), AllOf(HasSubstr(row("weights moved", weights)),
                                     HasSubstr(row("KV cache moved", cache)),
                                     HasSubstr(row("multiply-adds", products)),
                                     HasSubstr(row("static", result.bill.static_j))));
}

TEST(Console, OfAGemmSaysItsShape) {
  GemmOptions options;
  options.m = 64;
  options.n = 256;
  options.k = 512;
  options.chip = shipped("configs/chips/tpu_v4.yaml");
  options.energy_model = shipped("energy_models/n7.yaml");
  const std::string text = console(run_gemm(options));
  EXPECT_THAT(text, AllOf(HasSubstr("gemm M 64 N 256 K 512"), HasSubstr("one 128x128 array"),
                          HasSubstr("weight stationary"), Not(HasSubstr("token"))));
}

}  // namespace
}  // namespace systole
