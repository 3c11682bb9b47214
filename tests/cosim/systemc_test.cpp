// SPDX-License-Identifier: Apache-2.0
// RTL under `verilator --sc` and the clocked model as SystemC modules, side by side on one clock:
// every output bit in every cycle.
#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "cosim/driver.hpp"
#include "cosim/random_passes.hpp"
#include "model/clocked_unit.hpp"
#include "model/kernel.hpp"
#include "rtl_module.hpp"
#include "units.hpp"

namespace systole::cosim {
namespace {

// Samples both sides at the rising edge, when outputs are those of the ending cycle, and brings the
// inputs of the next.
class Bench : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Bench);

  Bench(const sc_core::sc_module_name& name, const RtlModuleVariant& variant,
        const model::ArrayConfig& clocked, PassSource& passes)
      : sc_core::sc_module(name),
        driver_(variant.config, passes, {.seed = 20260, .bubbles = true, .resets = true}),
        rtl_(variant.make("mxu")),
        clocked_("clocked", clocked) {
    rtl_->clk(clock_);
    rtl_->rst_n(rst_n_);
    rtl_->inputs(inputs_);
    rtl_->outputs(rtl_outputs_);
    clocked_.clk(clock_);
    clocked_.rst_n(rst_n_);
    clocked_.inputs(inputs_);
    clocked_.outputs(clocked_outputs_);
    rst_n_.write(true);  // So that the first reset has an edge.
    SC_METHOD(step);
    sensitive << clock_.posedge_event();
  }

  [[nodiscard]] std::uint64_t cycles() const { return cycles_; }
  [[nodiscard]] std::uint64_t results() const { return results_; }
  [[nodiscard]] std::optional<std::uint64_t> mismatch() const { return mismatch_; }

 private:
  void step() {
    if (sc_core::sc_time_stamp() != sc_core::SC_ZERO_TIME) {  // Else before the first cycle.
      const model::UnitOutputs& rtl = rtl_outputs_.read();
      if (rtl != clocked_outputs_.read()) {
        mismatch_ = cycles_;
        sc_core::sc_stop();
        return;
      }
      results_ += rtl.results_valid && driver_.inputs().results_ready ? 1 : 0;
      driver_.clock(rtl);
      ++cycles_;
    }
    inputs_.write(driver_.inputs());
    rst_n_.write(!driver_.inputs().reset);
  }

  Driver driver_;
  std::unique_ptr<RtlModule> rtl_;
  model::ClockedUnit clocked_;
  sc_core::sc_clock clock_{"clock", 2, sc_core::SC_NS, 0.5, 2, sc_core::SC_NS};
  sc_core::sc_signal<bool> rst_n_;
  sc_core::sc_signal<model::UnitInputs> inputs_;
  sc_core::sc_signal<model::UnitOutputs> rtl_outputs_;
  sc_core::sc_signal<model::UnitOutputs> clocked_outputs_;
  std::uint64_t cycles_ = 0;
  std::uint64_t results_ = 0;
  std::optional<std::uint64_t> mismatch_;
};

// Runs both for so many cycles in a kernel of their own, and hands the bench to `look`.
void run(const RtlModuleVariant& variant, const model::ArrayConfig& clocked, std::uint64_t cycles,
         const std::function<void(const Bench&)>& look) {
  RandomPasses passes(variant.config, 20260);
  model::with_fresh_kernel([&] {
    const Bench bench("bench", variant, clocked, passes);
    sc_core::sc_start(2.0 * static_cast<double>(cycles + 1), sc_core::SC_NS);
    look(bench);
  });
}

class SystemCModules : public testing::TestWithParam<RtlModuleVariant> {};

TEST_P(SystemCModules, OfRtlAndClockedModelAreEqualInEveryCycle) {
  run(GetParam(), GetParam().config, cycles_to_check(), [](const Bench& bench) {
    EXPECT_FALSE(bench.mismatch()) << "cycle " << *bench.mismatch();
    EXPECT_EQ(bench.cycles(), cycles_to_check());
    EXPECT_GT(bench.results(), cycles_to_check() / 20);
  });
}

TEST_P(SystemCModules, OfDifferentArraysAreSeenToDiffer) {
  model::ArrayConfig other = GetParam().config;
  other.preload = Preload::serial;
  run(GetParam(), other, 1000, [](const Bench& bench) { EXPECT_TRUE(bench.mismatch()); });
}

INSTANTIATE_TEST_SUITE_P(Arrays, SystemCModules, testing::ValuesIn(rtl_module_variants()),
                         [](const auto& variant) { return variant.param.name; });

}  // namespace
}  // namespace systole::cosim
