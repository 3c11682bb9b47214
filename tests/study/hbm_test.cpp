// SPDX-License-Identifier: Apache-2.0
// One stack under patterns, against closed forms of hbm sources.
#include "study/hbm.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace systole {
namespace {

HbmResult run(const std::string& pattern, const std::string& device, std::uint64_t mib) {
  const std::string root = SYSTOLE_SOURCE_DIR;
  return run_hbm({.pattern = pattern,
                  .bytes = Bytes{mib << 20U},
                  .memory = root + "/configs/memories/" + device + ".yaml",
                  .preset = "jedec",
                  .mapping = "stream",
                  .energy_model = root + "/energy_models/n7.yaml"});
}

bool is_held_by(const HbmResult& result, const std::string& what) {
  return std::ranges::find(result.limits, what, &HbmLimit::what) != result.limits.end();
}

// 1 - (tRP + tRFC + tRCD + drain) / tREFI = 1 - (14 + 260 + 14 + 9) / 3900.
TEST(Hbm, SequentialStreamOfHbm2LosesOnlyItsRefreshes) {
  const HbmResult read = run("seq_rd", "hbm2", 64);
  EXPECT_NEAR(read.bandwidth_fraction, 0.9238, 0.002);
  EXPECT_EQ(read.bytes(), std::uint64_t{64} << 20U);
  EXPECT_EQ(read.limits.front().what, "refresh");
  const HbmResult write = run("seq_wr", "hbm2", 64);
  EXPECT_NEAR(write.bandwidth_fraction, 0.92, 0.01);
}

// Rows of four groups are closed and opened in turn: 64 bursts ahead are too few for HBM3E, where a
// stream would keep 0.72 of the peak.
TEST(Hbm, SequentialStreamsNeverWaitForRows) {
  for (const char* device : {"hbm2", "hbm2e", "hbm3", "hbm3e", "ddr3"}) {
    const HbmResult result = run("seq_rd", device, 16);
    EXPECT_GT(result.bandwidth_fraction, 0.89) << device;
    EXPECT_EQ(result.limits.front().what, "refresh") << device;
    for (std::size_t i = 1; i < result.limits.size(); ++i) {  // Ramps after refreshes.
      EXPECT_LT(result.limits[i].gain, 0.01) << device << " " << result.limits[i].what;
    }
  }
}

// O'Connor et al., MICRO 2017, with refresh and background: 3.99 pJ/b; hbm sources, table 3b.
TEST(Hbm, SequentialStreamOfHbm2Costs399PicojoulesABit) {
  for (const char* pattern : {"seq_rd", "seq_wr"}) {
    const HbmResult result = run(pattern, "hbm2", 64);
    EXPECT_NEAR(result.device_pj_per_bit, 3.99, 0.05) << pattern;
    // + 1.2 of PHY and controller, and 1.5 W of its idle over 237 GB/s.
    EXPECT_NEAR(result.phy_pj_per_bit, 3.99 + 1.2 + 1.5 / (8 * 0.237), 0.05) << pattern;
  }
}

// A burst a row: 4 activates in tFAW, 2 cycles of data each; 24 cycles for HBM3. For HBM2 four
// tRRD are longer (16) than its tFAW (15).
TEST(Hbm, RandomAccessesReachWhatActivatesAllowAndNoMore) {
  const HbmResult hbm3 = run("rand64", "hbm3", 8);
  const double refresh3 = 1.0 - (26 + 416 + 31 + 9) / 6240.0;
  EXPECT_LE(hbm3.bandwidth_fraction, 4 * 2.0 / 24 * refresh3 * 1.005);
  EXPECT_GE(hbm3.bandwidth_fraction, 4 * 2.0 / 24 * refresh3 * 0.95);
  EXPECT_EQ(hbm3.limits.front().what, "tFAW");
  const HbmResult hbm2 = run("rand64", "hbm2", 8);
  const double refresh2 = 1.0 - (14 + 260 + 14 + 9) / 3900.0;
  EXPECT_LE(hbm2.bandwidth_fraction, 4 * 2.0 / 16 * refresh2 * 1.005);
  EXPECT_GE(hbm2.bandwidth_fraction, 4 * 2.0 / 16 * refresh2 * 0.95);
  EXPECT_NEAR(static_cast<double>(hbm3.commands.activate), static_cast<double>(hbm3.commands.read),
              0.02 * 262144);
}

TEST(Hbm, StrideOfAChannelsTurnUsesTwoChannelsOf16) {
  const HbmResult result = run("stride_1024", "hbm2", 4);
  EXPECT_LE(result.bandwidth_fraction, 2.0 / 16);
  EXPECT_EQ(result.limits.front().what, "channels");
}

TEST(Hbm, ReadsAndWritesInTurnAreHeldByTheTurnaround) {
  const HbmResult result = run("rand64_5050", "hbm2", 1);
  EXPECT_GT(result.commands.write, 15'000U);
  EXPECT_GT(result.commands.read, 15'000U);
  EXPECT_TRUE(is_held_by(result, "turnaround"));
}

TEST(Hbm, LinesOfTheBillAddUpAndBackgroundIsChargedByTime) {
  const HbmResult result = run("seq_rd", "hbm2", 4);
  double sum = 0.0;
  double background = 0.0;
  for (const BillLine& line : result.bill.lines) {
    sum += line.energy_j;
    background += line.line.action == Action::hbm_background ? line.energy_j : 0.0;
  }
  EXPECT_DOUBLE_EQ(sum, result.bill.total_j.nominal);
  EXPECT_NEAR(background, 0.528 * to_seconds(result.elapsed).count(), 1e-12);  // 33 mW x 16.
}

}  // namespace
}  // namespace systole
