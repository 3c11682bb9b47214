// SPDX-License-Identifier: Apache-2.0
// `systole verify` as a user meets it, in a build with the RTL and in one without.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "program.hpp"

namespace systole {
namespace {

using testing::AllOf;
using testing::HasSubstr;

#if SYSTOLE_RTL

TEST(Verify, OfAllTypesFindsNoMismatch) {
  const Folder folder;
  const Shown shown = folder.sh("systole verify --cases 1");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out,
              AllOf(HasSubstr("int8"), HasSubstr("int4"), HasSubstr("ternary"), HasSubstr("bf16"),
                    HasSubstr("fp8_e4m3"), HasSubstr("fp8_e5m2"), HasSubstr("fp4")));
  EXPECT_THAT(shown.out, HasSubstr("\n0 mismatches in "));
}

TEST(Verify, OfAChipHasItsTypesDataflowAndShape) {
  const Folder folder;
  const Shown shown =
      folder.sh("systole verify --chip configs/chips/tiny.yaml --cases 1 --seed 1 --json -");
  const auto result = nlohmann::json::parse(shown.out);
  EXPECT_EQ(result.at("schema"), "systole.verify/1");
  EXPECT_EQ(result.at("seed"), 1);
  EXPECT_EQ(result.at("mismatches"), 0);
  EXPECT_EQ(result.at("failure"), nullptr);
  for (const auto& rung : result.at("rungs")) {
    EXPECT_EQ(rung.at("dataflow"), "ws");
    EXPECT_NE(rung.at("type"), "fp4");  // tiny.yaml has no multiplier for it.
  }
  EXPECT_EQ(result.at("rungs").back().at("rung"), "clocked == event");
  EXPECT_EQ(result.at("rungs").back().at("arrays"), "8x8");
}

TEST(Verify, WithoutASeedRunsOtherCasesEachTime) {
  const Folder folder;
  const std::string verify = "systole verify --type int8 --dataflow os --cases 1 --json - ";
  const auto one = nlohmann::json::parse(folder.sh(verify).out);
  const auto other = nlohmann::json::parse(folder.sh(verify).out);
  EXPECT_NE(one.at("seed"), other.at("seed"));
}

TEST(Verify, OfALatencyThatADataflowCannotHaveSaysWhichArraysThereAre) {
  const Folder folder;
  const Shown shown = folder.sh("systole verify --type int8 --dataflow os --latency 2");
  EXPECT_EQ(shown.exit, 2);
  EXPECT_THAT(shown.err, AllOf(HasSubstr("no array of the RTL has type int8"),
                               HasSubstr("ws_int8_8x8"), HasSubstr("os_int8_4x4")));
}

#else

TEST(Verify, WithoutTheRtlSaysWhatToInstall) {
  const Folder folder;
  const Shown shown = folder.sh("systole verify");
  EXPECT_EQ(shown.exit, 2);
  EXPECT_THAT(shown.err, HasSubstr("apt-get install verilator, then run scripts/build.sh"));
}

#endif

}  // namespace
}  // namespace systole
