// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program.hpp"

namespace systole {
namespace {

TEST(Export, JsonIsTheResultItself) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole run configs/runs/tiny-decode.yaml --json r.json >/dev/null &&"
      "systole export r.json --format json | cmp - r.json");
  EXPECT_EQ(shown.exit, 0) << shown.out << shown.err;
}

TEST(Export, AFileHoldsWhatStandardOutputShows) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole run configs/runs/tiny-decode.yaml --json r.json >/dev/null &&"
      "for f in folded speedscope csv ndjson vegalite; do"
      "  systole export r.json --format $f -o r.$f && systole export r.json --format $f | cmp - "
      "r.$f"
      "    && test -s r.$f || exit 9; done");
  EXPECT_EQ(shown.exit, 0) << shown.out << shown.err;
  EXPECT_EQ(shown.out, "");
}

TEST(Export, GemmsCollectivesAndMemoriesAreResultsToo) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole gemm 64 64 64 --json g.json >/dev/null &&"
      "systole collective all_gather 1048576 --pod configs/pods/tiny_2x2.yaml --json c.json "
      ">/dev/null"
      " && systole export g.json --format folded && systole export c.json --format speedscope &&"
      "systole hbm seq_rd --bytes 65536 --json h.json >/dev/null &&"
      "systole export h.json --format folded && systole export h.json --format csv");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, testing::HasSubstr("tpu_v4 x 1;gemm;multiply;matrix_unit;mac_bf16 "));
  EXPECT_THAT(shown.out, testing::HasSubstr("hbm2 x 1;seq_rd;hbm;hbm_read "));
}

TEST(Timeline, ARunWithOneShowsAndWritesTheSame) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole run configs/runs/tiny-decode.yaml --json 1.json > 1.txt &&"
      "systole run configs/runs/tiny-decode.yaml --json 2.json --perfetto t.perfetto"
      " --window 0..9us --trace-clock cycles > 2.txt &&"
      "cmp 1.json 2.json && cmp 1.txt 2.txt && test -s t.perfetto");
  EXPECT_EQ(shown.exit, 0) << shown.out << shown.err;
}

TEST(Timeline, OfAResultThatIsRunAgainIsThatOfTheRun) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole run configs/runs/tiny-decode.yaml --unfold --json r.json --perfetto 1 >/dev/null &&"
      "mv configs moved && systole export r.json --format perfetto -o 2 && cmp 1 2 &&"
      "systole export r.json --format perfetto --window 1us..5us | cmp -s - 1");
  EXPECT_EQ(shown.exit, 1) << shown.out << shown.err;  // The window's is another.
  EXPECT_EQ(shown.err, "");
}

TEST(Export, ScalesimsReportsGoIntoAFolder) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole run configs/runs/tiny-decode.yaml --json r.json >/dev/null &&"
      "systole export r.json --format scalesim -o reports/tiny && ls reports/tiny");
  EXPECT_EQ(shown.exit, 0) << shown.out << shown.err;
  EXPECT_EQ(shown.out, "BANDWIDTH_REPORT.csv\nCOMPUTE_REPORT.csv\nDETAILED_ACCESS_REPORT.csv\n");
}

TEST(Export, TimeOfARunIsByOperationAndOfAGemmByUnit) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole run configs/runs/tiny-decode.yaml --json r.json >/dev/null &&"
      "systole gemm 64 64 64 --json g.json >/dev/null &&"
      "systole export r.json --format folded --weight time &&"
      "systole export g.json --format folded --weight time");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, testing::HasSubstr("tiny x 4;layer;qkv;matrix_unit0;busy "));
  EXPECT_THAT(shown.out, testing::HasSubstr("tpu_v4 x 1;matrix_unit;busy "));
}

}  // namespace
}  // namespace systole
