// SPDX-License-Identifier: Apache-2.0
// The shipped memories: what their files say, in cycles, against the table of hbm sources.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "dram/standard.hpp"

namespace systole::dram {
namespace {

MemoryConfig shipped(const std::string& name) {
  return read_memory(SYSTOLE_SOURCE_DIR "/configs/memories/" + name + ".yaml");
}

Device device(const std::string& name, const std::string& preset = "jedec",
              const std::string& mapping = "stream") {
  const MemoryConfig memory = shipped(name);
  return resolve(memory, preset, mapping, memory.cycle);
}

std::uint32_t cycles(const Device& device, const std::string& name) {
  const auto found = std::ranges::find(device.constraints, name, &Constraint::name);
  EXPECT_NE(found, device.constraints.end()) << name;
  return found == device.constraints.end() ? 0 : found->cycles;
}

TEST(Devices, PeakBandwidthOfAStackIsThePublishedOne) {
  const std::map<std::string, double> published{{"hbm2", 256.0e9},
                                                {"hbm2e", 409.6e9},
                                                {"hbm3", 819.2e9},
                                                {"hbm3e", 1228.8e9},
                                                {"ddr3", 34.13e9}};  // GB/s
  for (const auto& [name, rate] : published) {
    const MemoryConfig memory = shipped(name);
    const double seconds = to_seconds(memory.cycle).count() * memory.burst_cycles;
    const double peak = static_cast<double>(memory.burst.count() * memory.channels) / seconds;
    EXPECT_NEAR(peak / rate, 1.0, 1e-3) << name;
  }
}

TEST(Devices, Hbm2HasTheCyclesOfItsTable) {
  const Device hbm2 = device("hbm2");
  EXPECT_EQ(cycles(hbm2, "bank activate -> read: tRCDRD"), 14U);
  EXPECT_EQ(cycles(hbm2, "bank activate -> activate: tRC"), 48U);
  EXPECT_EQ(cycles(hbm2, "bank write -> precharge: tCWL + burst + tWR"), 5U + 2U + 16U);
  EXPECT_EQ(cycles(hbm2, "group write -> read: tCWL + burst + tWTR_L"), 5U + 2U + 8U);
  EXPECT_EQ(cycles(hbm2, "channel activate -> activate: tFAW in 4"), 15U);
  EXPECT_EQ(cycles(hbm2, "channel refresh -> activate: tRFC"), 260U);
  EXPECT_EQ(hbm2.refresh_interval, 3900U);
  EXPECT_EQ(hbm2.read_latency, 14U);
  EXPECT_EQ(hbm2.write_latency, 5U);
}

TEST(Devices, TimesBecomeCyclesRoundedUpButTheRefreshIntervalDown) {
  const Device hbm3 = device("hbm3");
  EXPECT_EQ(cycles(hbm3, "bank activate -> read: tRCDRD"), 31U);
  EXPECT_EQ(cycles(hbm3, "channel refresh -> activate: tRFC"), 416U);
  EXPECT_EQ(cycles(hbm3, "group read -> read: tCCD_L"), 4U);
  const Device hbm2e = device("hbm2e");
  EXPECT_EQ(cycles(hbm2e, "bank precharge -> activate: tRP"), 23U);  // 14 / 0.625 = 22.4
  const Device hbm3e = device("hbm3e");                              // 2.4 GHz in whole fs.
  EXPECT_EQ(cycles(hbm3e, "group read -> read: tCCD_L"), 6U);
  EXPECT_EQ(hbm3e.refresh_interval, 9360U);
  EXPECT_EQ(device("ddr3").refresh_interval, 8320U);  // 7.8 us / 0.9375 ns
  MemoryConfig memory = shipped("hbm2");
  EXPECT_EQ(resolve(memory, "jedec", "stream", Femtoseconds{833'334}).refresh_interval, 4679U);
}

TEST(Devices, Gem5PresetHasItsOwnRows) {
  const Device hbm2 = device("hbm2", "gem5");
  EXPECT_EQ(cycles(hbm2, "bank activate -> read: tRCDRD"), 12U);
  EXPECT_EQ(cycles(hbm2, "bank activate -> write: tRCDWR"), 6U);
  EXPECT_EQ(cycles(hbm2, "bank activate -> precharge: tRAS"), 28U);
  EXPECT_EQ(cycles(device("hbm3", "gem5"), "channel activate -> activate: tFAW in 4"), 20U);
}

TEST(Devices, ClockFollowsFromTheBandwidthOfAChip) {
  const MemoryConfig hbm2 = shipped("hbm2");  // 64 channels x 32 B / (2 x 1200 GB/s)
  EXPECT_EQ(cycle_for(hbm2, 64, BytesPerSecond{1200e9}), Femtoseconds{853'333});
  EXPECT_EQ(cycle_for(hbm2, 16, BytesPerSecond{256e9}), Femtoseconds{1'000'000});
}

// hbm sources: the state of a channel collapses at a refresh if nothing outlasts it.
TEST(Devices, EveryTimerHasRunOutAfterARefresh) {
  for (const char* name : {"hbm2", "hbm2e", "hbm3", "hbm3e", "ddr3"}) {
    const Device one = device(name);
    const std::uint32_t refresh = cycles(one, "channel refresh -> activate: tRFC");
    for (const Constraint& constraint : one.constraints) {
      EXPECT_LE(constraint.cycles, refresh) << name << " " << constraint.name;
    }
    EXPECT_LT(refresh * 5, one.refresh_interval) << name;
  }
}

TEST(Devices, EveryFileHasOneMappingForStreamsAndOneForPages) {
  for (const auto& file :
       std::filesystem::directory_iterator(SYSTOLE_SOURCE_DIR "/configs/memories")) {
    const MemoryConfig memory = read_memory(file.path().string());
    EXPECT_EQ(memory.name, file.path().stem());
    EXPECT_EQ(memory.mappings.at("stream").front().field, "channel");
    EXPECT_EQ(memory.mappings.at("page").front().field, "column");
  }
}

TEST(Devices, UnknownPresetNamesThoseThereAre) {
  const MemoryConfig memory = shipped("hbm2");
  try {
    static_cast<void>(resolve(memory, "gem4", "stream", memory.cycle));
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(error.diagnostics().front().message,
              "hbm2 has no preset 'gem4'; did you mean 'gem5'?");
  }
}

}  // namespace
}  // namespace systole::dram
