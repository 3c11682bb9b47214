// SPDX-License-Identifier: Apache-2.0
// The RTL against the clocked model and the contract: every output bit in every cycle.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "cosim/ladder.hpp"
#include "cosim/product.hpp"
#include "cosim/times.hpp"
#include "units.hpp"

namespace systole::cosim {
namespace {

// A fixed seed: the default suite is the same everywhere. `systole verify` draws a fresh one.
constexpr std::uint64_t kSeed = 20260;

std::vector<RtlVariant> variants_of(DataType type) {
  std::vector<RtlVariant> out = rtl_variants();
  std::erase_if(out, [&](const RtlVariant& v) { return v.config.type != type; });
  return out;
}

class RtlOfType : public testing::TestWithParam<DataType> {
 protected:
  void SetUp() override {
    if (rtl_variants().empty()) {
      GTEST_SKIP() << kNoRtl;
    }
  }
};

TEST_P(RtlOfType, EqualsTheClockedModelOnEveryPinInEveryCycle) {
  const std::vector<RtlVariant> variants = variants_of(GetParam());
  std::uint64_t cycles = 0;
  std::uint64_t transfers = 0;
  for (std::uint64_t number = 1; cycles < cycles_to_check(); ++number) {
    for (const RtlVariant& variant : variants) {
      if (number > 1 && is_large(variant.config)) {
        continue;
      }
      const Case done = lockstep_case(variant, kSeed, number);
      ASSERT_FALSE(done.difference) << variant.name << ", case " << number << "\n"
                                    << *done.difference;
      cycles += done.cycles;
      transfers += done.transfers;
    }
  }
  EXPECT_GT(transfers, cycles / 4);
  fmt::print("{}: {} arrays, {} cycles, {} transfers, 0 mismatches\n", name(GetParam()),
             variants.size(), cycles, transfers);
}

TEST_P(RtlOfType, GivesTheBitsOfNumericsForWholeProducts) {
  const int products = std::getenv("SYSTOLE_FULL") != nullptr ? 100 : 10;
  for (const RtlVariant& variant : variants_of(GetParam())) {
    Draw draw(kSeed, variant.name);
    for (int i = 0; i < products && !is_large(variant.config); ++i) {
      const Product product = random_product(variant.config, draw);
      const auto unit = variant.make(draw.seed());
      const auto multiplied =
          multiply(variant.config, product,
                   {.seed = draw.seed(), .bubbles = i % 2 == 0, .resets = false}, *unit);
      ASSERT_TRUE(multiplied) << variant.name;
      EXPECT_EQ(multiplied->result, numerics::matmul(product.shape, product.activations,
                                                     product.weights, product.scales))
          << variant.name << ", product " << i;
    }
  }
}

TEST_P(RtlOfType, HasTheCyclesOfTheEventModel) {
  for (const RtlVariant& variant : variants_of(GetParam())) {
    const model::ArrayConfig& config = variant.config;
    const std::uint32_t steady = (config.rows + 1) * config.latency + config.columns + 1;
    if (config.result_slots < steady) {
      continue;  // Waits for room in its queue, which the event model does not know of.
    }
    Draw draw(kSeed, variant.name);
    for (int i = 0; i < 5; ++i) {
      const auto unit = variant.make(1);
      const Timed timed = compare_times(config, draw, *unit);
      EXPECT_FALSE(timed.difference) << variant.name << ": " << *timed.difference;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Elements, RtlOfType, testing::ValuesIn(numerics::kElementTypes),
                         [](const auto& type) { return std::string(name(type.param)); });

}  // namespace
}  // namespace systole::cosim
