// SPDX-License-Identifier: Apache-2.0
// The checker accepts what a device may do in the earliest allowed cycle and refuses the cycle
// before.
#include "dram/checker.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "dram/standard.hpp"

namespace systole::dram {
namespace {

Device hbm2() {
  const MemoryConfig memory = read_memory(SYSTOLE_SOURCE_DIR "/configs/memories/hbm2.yaml");
  return resolve(memory, "jedec", "stream", memory.cycle);
}

// Of the shipped stream mapping: bursts 0, 4, 8 ... are group 0, bank 0, row 0.
IssuedCommand activate(std::uint64_t cycle, std::uint32_t bank, std::uint32_t row = 0) {
  return {.cycle = cycle, .command = Command::activate, .bank = bank, .row = row, .burst = 0};
}
IssuedCommand precharge(std::uint64_t cycle, std::uint32_t bank) {
  return {.cycle = cycle, .command = Command::precharge, .bank = bank, .row = 0, .burst = 0};
}
IssuedCommand column(std::uint64_t cycle, Command command, std::uint64_t burst) {
  const Location place = location(hbm2(), burst);
  return {.cycle = cycle, .command = command, .bank = place.bank, .row = place.row, .burst = burst};
}
IssuedCommand read(std::uint64_t cycle, std::uint64_t burst) {
  return column(cycle, Command::read, burst);
}
IssuedCommand write(std::uint64_t cycle, std::uint64_t burst) {
  return column(cycle, Command::write, burst);
}
IssuedCommand all(std::uint64_t cycle, Command command) {
  return {.cycle = cycle, .command = command, .bank = 0, .row = 0, .burst = 0};
}

std::string broken(const CommandTrace& trace, Refresh refresh = Refresh::off) {
  const auto violation = first_violation(hbm2(), trace, refresh);
  return violation ? violation->rule : "";
}

TEST(Checker, AcceptsARowOpenedReadAndClosedInTheEarliestCycles) {
  EXPECT_EQ(broken({activate(0, 0), read(14, 0), precharge(34, 0), activate(48, 0, 1)}), "");
}

TEST(Checker, NamesTheConstraintOneCycleBefore) {
  EXPECT_EQ(broken({activate(0, 0), read(13, 0)}), "bank activate -> read: tRCDRD");
  EXPECT_EQ(broken({activate(0, 0), write(11, 0)}), "bank activate -> write: tRCDWR");
  EXPECT_EQ(broken({activate(0, 0), precharge(33, 0)}), "bank activate -> precharge: tRAS");
  EXPECT_EQ(broken({activate(0, 0), read(30, 0), precharge(34, 0)}),
            "bank read -> precharge: tRTP");
  EXPECT_EQ(broken({activate(0, 0), read(14, 0), read(17, 4)}), "group read -> read: tCCD_L");
  EXPECT_EQ(broken({activate(0, 0), activate(4, 4), read(18, 0), read(19, 1)}),
            "channel read -> read: tCCD_S");
  EXPECT_EQ(
      broken({activate(0, 0), activate(4, 4), activate(8, 8), activate(12, 12), activate(14, 1)}),
      "channel activate -> activate: tRRD_S");
}

TEST(Checker, CountsTheFourthLatestActivateForTheWindow) {
  Device device = hbm2();
  for (Constraint& constraint : device.constraints) {
    if (constraint.window == 4 && constraint.to.front() == Command::activate) {
      constraint.cycles = 20;
    }
  }
  CommandTrace trace{activate(0, 0), activate(4, 4), activate(8, 8), activate(12, 12),
                     activate(20, 1)};
  EXPECT_FALSE(first_violation(device, trace, Refresh::off));
  trace.back().cycle = 19;
  const auto violation = first_violation(device, trace, Refresh::off);
  ASSERT_TRUE(violation);
  EXPECT_EQ(describe(*violation),
            "channel activate -> activate: tFAW in 4: activate bank 0 row 0 at 0, activate bank 1 "
            "row 0 at 19");
}

TEST(Checker, RefusesColumnsOfRowsThatAreNotOpen) {
  EXPECT_EQ(broken({read(100, 0)}), "a column of an open row");
  EXPECT_EQ(broken({activate(0, 0, 1), read(14, 0)}), "a column of an open row");
  EXPECT_EQ(broken({activate(0, 0), precharge(34, 0), read(60, 0)}), "a column of an open row");
}

TEST(Checker, RefusesAnActivateOfAnOpenBank) {
  EXPECT_EQ(broken({activate(0, 0), activate(100, 0, 1)}), "an activate of a closed bank");
}

TEST(Checker, RefusesTwoCommandsOfOneBusInACycle) {
  EXPECT_EQ(broken({activate(0, 0), precharge(50, 0), precharge(50, 4)}),
            "one command a cycle on a bus");
  EXPECT_EQ(broken({activate(0, 0), activate(14, 4), read(14, 0)}), "");  // Two buses.
}

TEST(Checker, RefusesCommandsOutOfOrder) {
  EXPECT_EQ(broken({activate(50, 0), activate(0, 4)}), "commands in the order of their cycles");
}

TEST(Checker, RefusesABurstThatIsElsewhere) {
  IssuedCommand wrong = read(14, 0);
  wrong.burst = 1;
  EXPECT_EQ(broken({activate(0, 0), wrong}), "a burst is where the mapping puts it");
}

TEST(Checker, WantsARefreshWhenItIsDueAndNotBefore) {
  const CommandTrace good{activate(0, 0), read(14, 0), all(3900, Command::precharge_all),
                          all(3914, Command::refresh), activate(3914 + 260, 0)};
  EXPECT_EQ(broken(good, Refresh::all), "");
  EXPECT_EQ(broken({activate(3899, 0)}, Refresh::all), "");
  EXPECT_EQ(broken({activate(3900, 0)}, Refresh::all), "a refresh is due");
  EXPECT_EQ(broken({all(3899, Command::refresh)}, Refresh::all), "a refresh not before it is due");
  EXPECT_EQ(broken({activate(3800, 0), all(3913, Command::refresh)}, Refresh::all),
            "a refresh of closed banks");
  EXPECT_EQ(broken(good, Refresh::off), "a refresh of the kind that is in use");
}

TEST(Checker, WantsBanksRefreshedInTurn) {
  const std::uint64_t each = 3900 / 16;
  const auto refresh = [](std::uint64_t cycle, std::uint32_t bank) {
    return IssuedCommand{
        .cycle = cycle, .command = Command::refresh_bank, .bank = bank, .row = 0, .burst = 0};
  };
  EXPECT_EQ(broken({refresh(each, 0), refresh(2 * each, 1)}, Refresh::bank), "");
  EXPECT_EQ(broken({refresh(each, 0), refresh(2 * each, 2)}, Refresh::bank),
            "banks are refreshed in the order of their numbers");
}

}  // namespace
}  // namespace systole::dram
