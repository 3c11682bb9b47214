// SPDX-License-Identifier: Apache-2.0
#include "ledger/ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "base/error.hpp"

namespace systole {
namespace {

using namespace systole::literals;
using testing::ElementsAre;

template <class F>
std::string bug_of(F&& f) {
  try {
    f();
  } catch (const Bug& bug) {
    return bug.what();
  }
  return "no bug";
}

TEST(Ledger, EveryActionHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kActions; ++i) {
    names.insert(name(static_cast<Action>(i)));
  }
  EXPECT_EQ(names.size(), kActions);
  EXPECT_FALSE(names.contains(""));
}

TEST(Ledger, ActionsBelongToTheUnitThatToggles) {
  EXPECT_EQ(component_of(Action::mac_bf16), Component::matrix_unit);
  EXPECT_EQ(component_of(Action::dequantise), Component::matrix_unit);
  EXPECT_EQ(component_of(Action::accumulator_write), Component::accumulator);
  EXPECT_EQ(component_of(Action::scratchpad_write), Component::scratchpad);
  EXPECT_EQ(component_of(Action::far_sram_element), Component::far_sram);
  EXPECT_EQ(component_of(Action::hbm_activate), Component::hbm);
  EXPECT_EQ(component_of(Action::hbm_phy_idle), Component::hbm);
  EXPECT_EQ(component_of(Action::lane_shuffle), Component::vector_unit);
  EXPECT_EQ(component_of(Action::bundle), Component::sequencer);
  EXPECT_EQ(component_of(Action::link_powered), Component::ici);
  EXPECT_EQ(component_of(Action::unexplained), Component::chip);
}

TEST(Ledger, WhatTimeAloneCausesIsStatic) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kActions; ++i) {
    if (is_static(static_cast<Action>(i))) {
      names.push_back(name(static_cast<Action>(i)));
    }
  }
  EXPECT_THAT(names, ElementsAre("hbm_refresh", "hbm_background", "hbm_phy_idle", "link_powered",
                                 "leakage", "clock_tree", "miscellaneous", "unexplained"));
}

TEST(Ledger, EachMultiplierCountsItsOwnProducts) {
  for (const Multiplier multiplier : kMultipliers) {
    EXPECT_EQ(name(mac_action(multiplier)), "mac_" + std::string(name(multiplier)));
  }
}

TEST(Account, KeepsCountsOfOperationTensorAndActionApart) {
  Account account("chip.mxu", Component::matrix_unit, 3);
  account.record(1, Tensor::weight, Action::mac_bf16, 10);
  account.record(1, Tensor::weight, Action::mac_bf16, 5);
  account.record(1, Tensor::kv, Action::mac_bf16, 7);
  account.record(2, Tensor::weight, Action::mac_bf16, 3);
  account.record(2, Tensor::weight, Action::mac_int8, 2);

  EXPECT_EQ(account.count(1, Tensor::weight, Action::mac_bf16), 15);
  EXPECT_EQ(account.count(1, Tensor::kv, Action::mac_bf16), 7);
  EXPECT_EQ(account.count(2, Tensor::weight, Action::mac_bf16), 3);
  EXPECT_EQ(account.count(2, Tensor::weight, Action::mac_int8), 2);
  EXPECT_EQ(account.count(0, Tensor::weight, Action::mac_bf16), 0);
}

TEST(Account, RefusesAnActionOfAnotherComponent) {
  Account account("chip.mxu", Component::matrix_unit, 1);
  EXPECT_EQ(bug_of([&] { account.record(0, Tensor::weight, Action::hbm_read, 1); }),
            "hbm_read recorded on an account of matrix_unit");
}

TEST(Account, RefusesAnOperationThatTheLedgerDoesNotHave) {
  Account account("chip.mxu", Component::matrix_unit, 2);
  EXPECT_EQ(bug_of([&] { account.record(2, Tensor::weight, Action::mac_bf16, 1); }),
            "chip.mxu recorded mac_bf16 for operation 2, which the ledger does not have");
}

TEST(Account, CountsUpTo2ToThe63AndNoFurther) {
  Account account("chip.mxu", Component::matrix_unit, 1);
  account.record(0, Tensor::weight, Action::mac_bf16, (1ULL << 63) - 1);
  account.record(0, Tensor::weight, Action::mac_bf16, 1);
  EXPECT_EQ(account.count(0, Tensor::weight, Action::mac_bf16), 1ULL << 63);
  EXPECT_THAT(bug_of([&] { account.record(0, Tensor::weight, Action::mac_bf16, 1); }),
              testing::StartsWith("count of mac_bf16 passes 2^63"));
}

TEST(Account, RefusesTheUnderflowOfASubtraction) {
  Account account("chip.mxu", Component::matrix_unit, 1);
  const std::uint64_t two = 2;
  EXPECT_THAT(bug_of([&] { account.record(0, Tensor::weight, Action::mac_bf16, two - 18); }),
              testing::StartsWith("count of mac_bf16 passes 2^63"));
}

TEST(Account, TimesOfAllStatesAddUpToTheElapsedTime) {
  Ledger ledger({"matmul"});
  Account& unit = ledger.open("chip.mxu", Component::matrix_unit);
  unit.enter(State::busy, 100_fs);
  unit.enter(State::stalled_stationary, 160_fs);
  unit.enter(State::busy, 170_fs);
  ledger.close(200_fs);

  EXPECT_EQ(unit.time_in(State::idle), 100_fs);
  EXPECT_EQ(unit.time_in(State::busy), 90_fs);
  EXPECT_EQ(unit.time_in(State::stalled_stationary), 10_fs);
  EXPECT_EQ(unit.time_in(State::starting), 0_fs);
  EXPECT_EQ(ledger.elapsed(), 200_fs);
}

TEST(Account, RefusesToGoBackInTime) {
  Account account("chip.mxu", Component::matrix_unit, 1);
  account.enter(State::busy, 100_fs);
  EXPECT_THAT(bug_of([&] { account.enter(State::idle, 99_fs); }),
              testing::StartsWith("chip.mxu entered idle at 99 fs, before"));
}

TEST(Ledger, PutsStaticInFrontOfTheOperations) {
  EXPECT_THAT(Ledger({"attention", "mlp"}).operations(), ElementsAre("static", "attention", "mlp"));
}

TEST(Ledger, SumsUnitsOfAKindAndMultipliesByTheCopiesOfAFoldedPod) {
  Ledger ledger({"matmul"}, 64);
  Account& first = ledger.open("chip.mxu0", Component::matrix_unit);
  Account& chip = ledger.open("chip", Component::chip);
  Account& second = ledger.open("chip.mxu1", Component::matrix_unit);
  first.record(1, Tensor::weight, Action::mac_bf16, 10);
  second.record(1, Tensor::weight, Action::mac_bf16, 4);
  second.record(1, Tensor::weight, Action::weight_shift_bit, 9);
  second.record(1, Tensor::kv, Action::mac_bf16, 1);
  chip.record(kNoOperation, Tensor::none, Action::leakage, 1000);
  ledger.close(1000_fs);

  const auto mxu = Component::matrix_unit;
  EXPECT_THAT(ledger.lines(),
              ElementsAre(LedgerLine{mxu, 1, Tensor::weight, Action::mac_bf16, 14 * 64},
                          LedgerLine{mxu, 1, Tensor::weight, Action::weight_shift_bit, 9 * 64},
                          LedgerLine{mxu, 1, Tensor::kv, Action::mac_bf16, 64},
                          LedgerLine{Component::chip, 0, Tensor::none, Action::leakage, 64'000}));
  EXPECT_EQ(ledger.total(Action::mac_bf16), 15 * 64);
  EXPECT_EQ(ledger.total(Action::mac_int8), 0);
}

TEST(Ledger, CountsOneInSoManyCopiesOfAnAccountWhereItIsToldTo) {
  Ledger ledger({"sum"}, 64);
  ledger.open("chip.link0", Component::ici).record(1, Tensor::activation, Action::link_byte, 10);
  ledger.open("chip.optics0", Component::ici, 4)
      .record(1, Tensor::activation, Action::optical_byte, 10);
  ledger.sample();
  ledger.close(ledger.window());
  EXPECT_EQ(ledger.total(Action::link_byte), 640);
  EXPECT_EQ(ledger.total(Action::optical_byte), 160);
  ASSERT_EQ(ledger.windows().lines.size(), 2U);
  EXPECT_THAT(ledger.windows().lines[1].counts, ElementsAre(160U));
  EXPECT_THAT(bug_of([&] { ledger.open("chip.optics1", Component::ici, 3); }),
              testing::StartsWith("one in 3 of 64 copies of chip.optics1"));
}

TEST(Ledger, RefusesAPodWhoseCountsPass2ToThe63) {
  Ledger ledger({"matmul"}, 3);
  ledger.open("chip.mxu", Component::matrix_unit)
      .record(1, Tensor::weight, Action::mac_bf16, 1ULL << 62);
  ledger.close(1_fs);
  EXPECT_THAT(bug_of([&] { (void)ledger.lines(); }),
              testing::StartsWith("count of mac_bf16 passes 2^63"));
}

TEST(Ledger, AReferenceToAnAccountOutlivesTheOpeningOfOthers) {
  Ledger ledger({"matmul"});
  Account& first = ledger.open("chip.mxu0", Component::matrix_unit);
  for (int i = 0; i < 1000; ++i) {
    ledger.open("more", Component::hbm);
  }
  first.record(1, Tensor::weight, Action::mac_bf16, 3);
  EXPECT_EQ(ledger.total(Action::mac_bf16), 3);
}

// Whatever is recorded, and on whichever account of the kind, comes out once.
TEST(Ledger, LinesHoldExactlyWhatWasRecorded) {
  EXPECT_TRUE(rc::check([] {
    Ledger ledger({"a", "b", "c"}, 5);
    std::vector<Account*> accounts;
    for (std::size_t c = 0; c < 2 * kComponents; ++c) {
      accounts.push_back(&ledger.open("unit", static_cast<Component>(c % kComponents)));
    }
    std::array<std::uint64_t, kActions> expected{};
    const auto records = *rc::gen::inRange(0, 100);
    for (int i = 0; i < records; ++i) {
      const auto action = static_cast<Action>(*rc::gen::inRange<int>(0, kActions));
      const auto n = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
      const auto unit = static_cast<std::size_t>(component_of(action)) +
                        kComponents * *rc::gen::inRange<std::size_t>(0, 2);
      accounts[unit]->record(*rc::gen::inRange<OperationId>(0, 4),
                             static_cast<Tensor>(*rc::gen::inRange<int>(0, kTensors)), action, n);
      expected[static_cast<std::size_t>(action)] += n;
    }
    ledger.close(1_fs);

    std::array<std::uint64_t, kActions> found{};
    for (const LedgerLine& line : ledger.lines()) {
      RC_ASSERT(line.count > 0U);
      RC_ASSERT(component_of(line.action) == line.component);
      found[static_cast<std::size_t>(line.action)] += line.count;
    }
    for (std::size_t i = 0; i < kActions; ++i) {
      RC_ASSERT(found[i] == 5 * expected[i]);
      RC_ASSERT(ledger.total(static_cast<Action>(i)) == 5 * expected[i]);
    }
  }));
}

TEST(Ledger, WindowsHoldWhatWasCountedBetweenSamples) {
  Ledger ledger({"layer.qkv"}, 3);
  Account& unit = ledger.open("chip0.sequencer", Component::sequencer);
  const Femtoseconds window = ledger.window();
  unit.record(1, Tensor::none, Action::bundle, 5);
  ledger.sample();
  ledger.sample();
  unit.record(1, Tensor::none, Action::bundle, 7);
  ledger.close(window + window + Femtoseconds{1});
  const Windows windows = ledger.windows();
  EXPECT_EQ(windows.width, window);
  ASSERT_EQ(windows.lines.size(), 1U);
  EXPECT_EQ(windows.lines[0].action, Action::bundle);
  EXPECT_THAT(windows.lines[0].counts, ElementsAre(15U, 0U, 21U));
}

// One count in each window of the first width: whatever the windows have become, each holds as many
// counts as it has of these.
TEST(Ledger, WindowsDoubleRatherThanGrowInNumber) {
  for (const std::uint64_t steps : {63U, 64U, 65U, 200U, 1000U}) {
    Ledger ledger({"layer.qkv"});
    Account& unit = ledger.open("chip0.sequencer", Component::sequencer);
    const Femtoseconds first = ledger.window();
    Femtoseconds now{};
    Femtoseconds next = first;
    for (std::uint64_t i = 0; i < steps; ++i) {
      unit.record(1, Tensor::none, Action::bundle, 1);
      now += first;
      if (now == next) {
        ledger.sample();
        next += ledger.window();
      }
    }
    ledger.close(now);
    const Windows windows = ledger.windows();
    const std::uint64_t each = windows.width / first;
    const std::vector<std::uint64_t>& counts = windows.lines.at(0).counts;
    EXPECT_LE(counts.size(), 64U);
    EXPECT_GE(counts.size(), 32U);
    for (std::size_t i = 0; i + 1 < counts.size(); ++i) {
      EXPECT_EQ(counts[i], each) << "of " << steps;
    }
  }
}

TEST(Ledger, WindowsLeaveOutWhatTimeAloneCauses) {
  Ledger ledger({});
  ledger.open("chip0", Component::chip).record(kNoOperation, Tensor::none, Action::leakage, 9);
  ledger.close(ledger.window());
  EXPECT_TRUE(ledger.windows().lines.empty());
}

}  // namespace
}  // namespace systole
