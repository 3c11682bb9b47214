// SPDX-License-Identifier: Apache-2.0
// The clocked unit as a module of SystemC: the same pins in every cycle.
#include <gtest/gtest.h>

#include <memory>

#include "clocked_bench.hpp"
#include "clocked_pins.hpp"
#include "model/clocked.hpp"
#include "model/clocked_unit.hpp"
#include "model/kernel.hpp"

namespace systole::model {
namespace {

ArrayConfig small(Dataflow dataflow = Dataflow::weight_stationary) {
  return array_config(DataType::int8, 3, 4, dataflow, Preload::double_buffered, 1, 8);
}

// One unit beside the module of the same configuration, each fed the same pins.
struct Beside {
  Beside(const char* name, const ArrayConfig& config, std::uint32_t seed)
      : pins(config, seed), expected(clocked_unit(config)), module(name, config) {
    module.clk(clk);
    module.rst_n(rst_n);
    module.inputs(inputs);
    module.outputs(outputs);
  }

  // Between edges first the inputs change, then the reset; the outputs follow both, and the edge.
  void step() {
    const UnitInputs next = pins.next();
    UnitInputs without_reset = next;
    without_reset.reset = false;
    inputs.write(without_reset);
    sc_core::sc_start(1, sc_core::SC_NS);
    rst_n.write(!next.reset);
    sc_core::sc_start(1, sc_core::SC_NS);
    const UnitOutputs before = expected->settle(next);
    ASSERT_EQ(outputs.read(), before) << outputs.read() << " instead of " << before;
    clk.write(true);
    sc_core::sc_start(1, sc_core::SC_NS);
    expected->clock();
    const UnitOutputs after = expected->settle(next);
    ASSERT_EQ(outputs.read(), after) << outputs.read() << " instead of " << after;
    clk.write(false);
    pins.taken(next.activations_valid && before.activations_ready);
  }

  RandomPins pins;
  std::unique_ptr<ArrayUnit> expected;
  ClockedUnit module;
  sc_core::sc_signal<bool> clk, rst_n;
  sc_core::sc_signal<UnitInputs> inputs;
  sc_core::sc_signal<UnitOutputs> outputs;
};

TEST(ClockedUnit, HasTheSameOutputsInSystemCInEveryCycle) {
  with_fresh_kernel([] {
    Beside ws("ws", small(), 1);
    Beside os("os", small(Dataflow::output_stationary), 2);
    for (int cycle = 0; cycle < 2000; ++cycle) {
      ASSERT_NO_FATAL_FAILURE(ws.step()) << "ws, cycle " << cycle;
      ASSERT_NO_FATAL_FAILURE(os.step()) << "os, cycle " << cycle;
    }
  });
}

TEST(ClockedUnit, InSystemCAnEdgeSamplesWhatChangesWithIt) {
  with_fresh_kernel([] {
    const ArrayConfig config = small();
    Beside ws("ws", config, 1);
    ws.rst_n.write(true);
    sc_core::sc_start(1, sc_core::SC_NS);
    UnitInputs inputs;
    inputs.weights_valid = true;
    inputs.weights.resize(1);
    for (std::uint32_t row = 0; row < config.rows; ++row) {
      EXPECT_TRUE(ws.outputs.read().weights_ready);
      ws.clk.write(true);
      ws.inputs.write(inputs);
      sc_core::sc_start(1, sc_core::SC_NS);
      ws.clk.write(false);
      ws.inputs.write(UnitInputs{});
      sc_core::sc_start(1, sc_core::SC_NS);
    }
    EXPECT_FALSE(ws.outputs.read().weights_ready);  // All rows of the tile have been taken.
  });
}

}  // namespace
}  // namespace systole::model
