// SPDX-License-Identifier: Apache-2.0
// One chip in place of all of them: the same ledger and the same time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "model/simulate.hpp"
#include "tiny.hpp"

namespace systole {
namespace {

struct Pod {
  std::vector<Axis> axes;
  std::uint32_t tensor;
  std::uint32_t data;
};

void PrintTo(const Pod& pod, std::ostream* out) {
  for (const Axis& axis : pod.axes) {
    *out << axis.length << (axis.wraps ? "w " : " ");
  }
  *out << "tensor " << pod.tensor << " data " << pod.data;
}

// Collectives of every kind on random axes between matmuls, vector work and moves.
Trace random_trace(const Pod& pod, std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto pick = [&](std::uint64_t low, std::uint64_t high) {
    return low + random() % (high - low + 1);
  };
  const std::vector<GroupAxis> group = tensor_group(tiny_pod(pod.axes), pod.tensor);
  std::vector<Operation> operations;
  std::string before = "previous";
  for (int i = 0; i < 8; ++i) {
    const std::string name = "op" + std::to_string(i);
    Work work = Vector{.add = pick(1, 5000)};
    switch (pick(0, 3)) {
      case 0: {
        Matmul m = matmul(pick(1, 40), pick(1, 64), pick(1, 64));
        m.stationary.place = pick(0, 1) == 0 ? Place::hbm : Place::far_sram;
        m.block = {1, m.rows, pick(1, m.depth), pick(1, m.columns)};
        m.prefetch = pick(0, 1) == 0;
        work = m;
        break;
      }
      case 1:
      case 2: {
        if (group.empty()) {
          break;
        }
        std::vector<std::uint32_t> axes;
        for (std::uint32_t axis = 0; axis < group.size(); ++axis) {
          if (pick(0, 2) > 0 || (axes.empty() && axis + 1 == group.size())) {
            axes.push_back(axis);
          }
        }
        work = Collective{static_cast<CollectiveKind>(pick(0, 3)), axes, Bytes{pick(1, 30000)},
                          DataType::bf16};
        break;
      }
      default: break;
    }
    operations.push_back(operation(name, work, {before}));
    before = name;
  }
  return trace_of(operations, pod.tensor, pod.data, 3);
}

class Folding : public testing::TestWithParam<Pod> {};

bool operator_equal(const LedgerLine& a, const LedgerLine& b) {
  return a.component == b.component && a.operation == b.operation && a.tensor == b.tensor &&
         a.action == b.action && a.count == b.count;
}

TEST_P(Folding, GivesTheLedgerAndTimeOfTheWholePod) {
  const PodConfig pod = tiny_pod(GetParam().axes);
  for (std::uint32_t seed = 0; seed < 12; ++seed) {
    const Trace trace = random_trace(GetParam(), seed);
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

INSTANTIATE_TEST_SUITE_P(
    Pods, Folding,
    testing::Values(Pod{{{2, true}, {2, true}}, 4, 1}, Pod{{{2, true}, {2, true}}, 2, 2},
                    Pod{{{4, true}, {4, true}}, 16, 1}, Pod{{{4, true}, {4, true}}, 4, 4},
                    Pod{{{4, true}, {4, true}}, 8, 2},  // A pair of the second axis.
                    Pod{{{2, true}, {2, true}, {2, true}}, 8, 1},
                    Pod{{{4, true}, {4, true}, {4, true}}, 64, 1},
                    Pod{{{4, true}, {4, true}, {4, true}}, 16, 4},
                    Pod{{{5, true}, {3, true}}, 15, 1},  // Odd rings.
                    Pod{{{2, false}, {3, true}}, 6, 1},  // A pair without wrap.
                    Pod{{{4, false}, {2, false}}, 4, 2},  // Lines: one group for the others.
                    Pod{{{8, true}, {2, true}}, 4, 4}));  // Half an axis.

TEST(FoldingConditions, AreNamedWhereTheyFail) {
  const auto why = [](std::vector<Axis> axes, std::uint32_t tensor, std::uint32_t data) {
    return simulate(tiny_pod(std::move(axes)),
                    trace_of({operation("a", Vector{.add = 1})}, tensor, data))
        .unfolded_because;
  };
  EXPECT_EQ(why({{4, true}}, 4, 1), "");
  EXPECT_EQ(why({{4, false}}, 4, 1), "axis 0 does not wrap: its ends differ from its middle");
  EXPECT_EQ(why({{8, true}}, 4, 2), "a tensor group takes 4 of the 8 chips of axis 0");
}

}  // namespace
}  // namespace systole
