// SPDX-License-Identifier: Apache-2.0
// The harness itself: it sees what is wrong, and its traffic goes where mistakes hide.
#include "cosim/lockstep.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "cosim/contract_unit.hpp"
#include "cosim/random_passes.hpp"
#include "units.hpp"

namespace systole::cosim {
namespace {

using model::ArrayConfig;
using model::UnitInputs;
using model::UnitOutputs;
using testing::HasSubstr;
using testing::StartsWith;

ArrayConfig array(DataType type = DataType::int8) {
  return steady_config(type, 4, 3, Dataflow::weight_stationary, Preload::double_buffered, 1);
}

// Runs the contract beside itself with a lie told in one cycle.
Compared with_lie(std::uint64_t cycle, const Liar::Lie& lie) {
  RandomPasses passes(array(), 1);
  Driver driver(array(), passes, {.seed = 1, .bubbles = true, .resets = true});
  const auto right = make_contract_unit(array());
  Liar wrong(make_contract_unit(array()), cycle, lie);
  const std::array contenders{Contender{"right", *right}, Contender{"wrong", wrong}};
  return lockstep(contenders, driver, 1000);
}

TEST(Lockstep, SeesOneWrongBitOfAResultInOneCycle) {
  const Compared compared = with_lie(700, [](UnitOutputs& out) { out.results[2] ^= 1U << 31; });
  ASSERT_TRUE(compared.mismatch);
  EXPECT_EQ(compared.cycles, 700U);
  EXPECT_EQ(compared.mismatch->cycle, 700U);
  EXPECT_EQ(compared.mismatch->signal, "results_o[2]");
}

TEST(Lockstep, SeesEachWrongHandshake) {
  const auto signal = [](const Liar::Lie& lie) { return with_lie(500, lie).mismatch->signal; };
  EXPECT_EQ(signal([](UnitOutputs& o) { o.weights_ready ^= true; }), "weights_ready_o");
  EXPECT_EQ(signal([](UnitOutputs& o) { o.scales_ready ^= true; }), "scales_ready_o");
  EXPECT_EQ(signal([](UnitOutputs& o) { o.activations_ready ^= true; }), "activations_ready_o");
  EXPECT_EQ(signal([](UnitOutputs& o) { o.results_valid ^= true; }), "results_valid_o");
}

TEST(Lockstep, ExplainsAMismatchWithBothValuesAndTheCyclesBefore) {
  const Compared compared = with_lie(500, [](UnitOutputs& o) { o.weights_ready ^= true; });
  ASSERT_TRUE(compared.mismatch);
  const std::string text = explain(*compared.mismatch);
  EXPECT_THAT(text, StartsWith("cycle 500: weights_ready_o is "));
  EXPECT_THAT(text, HasSubstr(" in right, "));
  EXPECT_THAT(text, HasSubstr("  493: "));
  EXPECT_THAT(text, HasSubstr("  500: valid/ready weights "));
}

TEST(Lockstep, OfEqualUnitsRunsToTheEnd) {
  const Compared compared = with_lie(1001, [](UnitOutputs& o) { o.weights_ready ^= true; });
  EXPECT_FALSE(compared.mismatch);
  EXPECT_EQ(compared.cycles, 1000U);
  EXPECT_GT(compared.transfers, 500U);
}

// What random traffic did in 20,000 cycles.
struct Met {
  std::set<int> flags;  // Combinations of the five, of rows that transferred.
  std::uint64_t resets = 0;
  std::uint64_t waiting_results = 0;  // Valid and not ready,
  std::uint64_t waiting_scales = 0;   // and offers that had to wait.
  std::uint64_t waiting_activations = 0;
  std::uint64_t full_weights = 0;
  std::uint64_t closest = ~0ULL;  // Cycles between the first rows of two passes.
  std::uint64_t longest = 0;      // Rows of a pass.
  std::uint64_t withdrawn = 0;    // Offers that ended without a transfer.
};

Met meet(const ArrayConfig& config) {
  RandomPasses passes(config, 3);
  Driver driver(config, passes, {.seed = 3, .bubbles = true, .resets = true});
  const auto unit = make_contract_unit(config);
  Met met;
  std::uint64_t first = 0;
  std::uint64_t rows = 0;
  bool held = false;
  for (std::uint64_t cycle = 0; cycle < 20'000; ++cycle) {
    const UnitInputs& in = driver.inputs();
    const UnitOutputs& out = unit->settle(in);
    met.resets += std::uint64_t{in.reset};
    met.withdrawn += std::uint64_t{held && !in.reset && !in.activations_valid};
    if (!in.reset) {
      met.waiting_results += std::uint64_t{out.results_valid && !in.results_ready};
      met.waiting_scales += std::uint64_t{in.scales_valid && !out.scales_ready};
      met.waiting_activations += std::uint64_t{in.activations_valid && !out.activations_ready};
      met.full_weights += std::uint64_t{in.weights_valid && !out.weights_ready};
    }
    if (!in.reset && in.activations_valid && out.activations_ready) {
      if (in.first) {
        met.closest = first == 0 ? met.closest : std::min(met.closest, cycle - first);
        first = cycle;
        rows = 0;
        met.flags.insert((in.pass.sum_start ? 16 : 0) + (in.pass.sum_end ? 8 : 0) +
                         (in.pass.scaled ? 4 : 0) + (in.pass.result_start ? 2 : 0) +
                         (in.pass.result_end ? 1 : 0));
      }
      met.longest = std::max(met.longest, ++rows);
    }
    held = !in.reset && in.activations_valid && !out.activations_ready;
    unit->clock();
    driver.clock(out);
  }
  return met;
}

TEST(Traffic, MeetsEveryCombinationOfFlagsAndEveryWait) {
  const ArrayConfig config{.type = DataType::int8,
                           .rows = 4,
                           .columns = 3,
                           .dataflow = Dataflow::weight_stationary,
                           .preload = Preload::double_buffered,
                           .latency = 1,
                           .accumulator_rows = 16,
                           .scale_slots = 2,
                           .result_slots = 3};
  const Met met = meet(config);
  EXPECT_EQ(met.flags.size(), 32U);
  EXPECT_GT(met.resets, 20U);
  EXPECT_GT(met.waiting_results, 1000U);
  EXPECT_GT(met.waiting_scales, 100U);
  EXPECT_GT(met.waiting_activations, 1000U);
  EXPECT_GT(met.full_weights, 1000U);
  EXPECT_EQ(met.closest, 4U);  // max(M, R) with M = 1: no bubble.
  EXPECT_EQ(met.longest, 16U);
  EXPECT_EQ(met.withdrawn, 0U);
}

TEST(Traffic, WithTheSameSeedIsTheSame) {
  const auto inputs = [](std::uint64_t seed) {
    RandomPasses passes(array(DataType::bf16), seed);
    Driver driver(array(DataType::bf16), passes, {.seed = seed, .bubbles = true, .resets = true});
    const auto unit = make_contract_unit(array(DataType::bf16));
    std::vector<UnitInputs> out;
    for (int cycle = 0; cycle < 500; ++cycle) {
      out.push_back(driver.inputs());
      const UnitOutputs& outputs = unit->settle(out.back());
      unit->clock();
      driver.clock(outputs);
    }
    return out;
  };
  EXPECT_EQ(inputs(5), inputs(5));
  EXPECT_NE(inputs(5), inputs(6));
}

}  // namespace
}  // namespace systole::cosim
