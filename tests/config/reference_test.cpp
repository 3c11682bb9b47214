// SPDX-License-Identifier: Apache-2.0
#include "config/reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/table.hpp"

namespace systole {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Help, ExplainsAKey) {
  EXPECT_EQ(help_text("far_sram.latency"),
            "far_sram.latency  (chip file)\n"
            "  First request to first data.\n"
            "  time, 0 s to 1 s; must be given\n"
            "  units: s ms us ns ps fs\n"
            "  example: latency: 150 ns\n");
}

TEST(Help, SaysTheDefault) {
  EXPECT_THAT(help_text("workload.kv_cache"), HasSubstr("; default bf16\n"));
}

TEST(Help, ListsTheKeysOfASection) {
  EXPECT_THAT(help_text("dma"), HasSubstr("  engines  whole number, 1 to 65536; must be given\n"
                                          "  start    time, 0 s to 1 s; must be given\n"));
}

TEST(Help, ListsTheKeysOfAKindOfFile) {
  EXPECT_THAT(help_text("pod"), HasSubstr("pod file\n  name "));
}

TEST(Help, FindsAKeyByItsEnd) {
  EXPECT_THAT(help_text("batch"), StartsWith("workload.batch  (run file)\n"));
}

TEST(Help, FindsAKeyBehindItsKind) {
  EXPECT_EQ(help_text("chip.hbm.stacks"), help_text("hbm.stacks"));
}

TEST(Help, ShowsEveryKindThatHasTheKey) {
  EXPECT_THAT(help_text("hbm"), HasSubstr("hbm  (chip file)"));
  EXPECT_THAT(help_text("hbm"), HasSubstr("hbm  (energy_model file)"));
}

TEST(Help, ExplainsEveryKeyOfEveryTable) {
  for (const FileKind kind : kFileKinds) {
    for (const Row& row : rows(kind)) {
      EXPECT_THAT(help_text(row.key), HasSubstr(row.key + "  (" + std::string(name(kind))));
    }
  }
}

TEST(Help, SuggestsAKeyForAnUnknownOne) {
  try {
    static_cast<void>(help_text("workload.bacth"));
    FAIL() << "explained what is not there";
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'workload.batch'?"));
  }
}

}  // namespace
}  // namespace systole
