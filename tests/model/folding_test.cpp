// SPDX-License-Identifier: Apache-2.0
// One chip in place of all of them: the same ledger and the same time.
#include <gtest/gtest.h>

#include "model/simulate.hpp"
#include "random_trace.hpp"
#include "tiny.hpp"

namespace systole {
namespace {

class Folding : public testing::TestWithParam<TestPod> {};

bool operator_equal(const LedgerLine& a, const LedgerLine& b) {
  return a.component == b.component && a.operation == b.operation && a.tensor == b.tensor &&
         a.action == b.action && a.count == b.count;
}

void expect_equal_runs(const PodConfig& pod, const TestPod& shape) {
  for (std::uint32_t seed = 0; seed < 12; ++seed) {
    const Trace trace = random_trace(shape, seed, false);
    const Simulation folded = simulate(pod, trace);
    const Simulation whole = simulate(pod, trace, systole::Folding::off);
    ASSERT_LT(folded.simulated_chips, pod.chips());
    ASSERT_EQ(whole.simulated_chips, pod.chips());
    ASSERT_EQ(folded.ledger.elapsed(), whole.ledger.elapsed());
    const auto a = folded.ledger.lines();
    const auto b = whole.ledger.lines();
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      ASSERT_TRUE(operator_equal(a[i], b[i])) << name(a[i].action) << " " << a[i].count << " "
                                              << name(b[i].action) << " " << b[i].count;
    }
  }
}

TEST_P(Folding, GivesTheLedgerAndTimeOfTheWholePod) {
  expect_equal_runs(tiny_pod(GetParam().axes), GetParam());
}

TEST_P(Folding, GivesTheLedgerAndTimeOfTheWholePodWhereTheScratchpadBinds) {
  ChipConfig chip = tiny_chip();
  chip.scratchpad.banks = 4;  // Links keep 3 of the slots.
  expect_equal_runs(tiny_pod(GetParam().axes, chip), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Pods, Folding,
    testing::Values(TestPod{{{2, true}, {2, true}}, 4, 1}, TestPod{{{2, true}, {2, true}}, 2, 2},
                    TestPod{{{4, true}, {4, true}}, 16, 1}, TestPod{{{4, true}, {4, true}}, 4, 4},
                    TestPod{{{4, true}, {4, true}}, 8, 2},  // A pair of the second axis.
                    TestPod{{{2, true}, {2, true}, {2, true}}, 8, 1},
                    TestPod{{{4, true}, {4, true}, {4, true}}, 64, 1},
                    TestPod{{{4, true}, {4, true}, {4, true}}, 16, 4},
                    TestPod{{{5, true}, {3, true}}, 15, 1},   // Odd rings.
                    TestPod{{{2, false}, {3, true}}, 6, 1},   // A pair without wrap.
                    TestPod{{{4, false}, {2, false}}, 4, 2},  // Lines: one group for the others.
                    TestPod{{{8, true}, {2, true}}, 4, 4},    // Half an axis.
                    // Optical links: closing, inside, on a pair, between groups.
                    TestPod{{{4, true, 4}, {4, true, 2}}, 16, 1},
                    TestPod{{{2, false, 1}, {3, true, 3}}, 6, 1},
                    TestPod{{{4, false, 2}, {2, false, 2}}, 4, 2},
                    TestPod{{{8, true, 4}, {2, true, 1}}, 4, 4}));

TEST(FoldingConditions, AreNamedWhereTheyFail) {
  const auto why = [](std::vector<Axis> axes, std::uint32_t tensor, std::uint32_t data) {
    return simulate(tiny_pod(std::move(axes)),
                    trace_of({operation("a", Vector{.add = 1})}, tensor, data))
        .unfolded_because;
  };
  EXPECT_EQ(why({{4, true}}, 4, 1), "");
  EXPECT_EQ(why({{4, false}}, 4, 1), "axis 0 does not wrap: its ends differ from its middle");
  // Groups of two along six chips: the link inside the second one is optical.
  EXPECT_EQ(why({{6, true, 3}}, 2, 3),
            "its tensor groups have their optical links at different places");
  EXPECT_EQ(why({{8, true}}, 4, 2), "a tensor group takes 4 of the 8 chips of axis 0");
}

TEST(FoldingConditions, ABroadcastDoesNotFold) {
  const Simulation run = simulate(
      tiny_pod({{4, true}}),
      trace_of({operation("b", Collective{CollectiveKind::broadcast, {0}, 4_KiB, DataType::bf16})},
               4));
  EXPECT_FALSE(run.folded);
  EXPECT_EQ(run.unfolded_because, "a broadcast makes its first chip differ from the others");
}

}  // namespace
}  // namespace systole
