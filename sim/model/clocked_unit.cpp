// SPDX-License-Identifier: Apache-2.0
#include "model/clocked_unit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/clocked.hpp"

namespace systole::model {

std::ostream& operator<<(std::ostream& out, const UnitInputs& inputs) {
  const PassFlags& pass = inputs.pass;
  return out << fmt::format(
             "reset {:d} weights {:d} {:x} scales {:d} {:x} activations {:d} {:x} first {:d} "
             "last {:d} sum {:d}{:d} scaled {:d} result {:d}{:d} results_ready {:d}",
             inputs.reset, inputs.weights_valid, fmt::join(inputs.weights, " "),
             inputs.scales_valid, fmt::join(inputs.scales, " "), inputs.activations_valid,
             fmt::join(inputs.activations, " "), inputs.first, inputs.last, pass.sum_start,
             pass.sum_end, pass.scaled, pass.result_start, pass.result_end, inputs.results_ready);
}

std::ostream& operator<<(std::ostream& out, const UnitOutputs& outputs) {
  return out << fmt::format("ready: weights {:d} scales {:d} activations {:d}; results {:d} {:x}",
                            outputs.weights_ready, outputs.scales_ready, outputs.activations_ready,
                            outputs.results_valid, fmt::join(outputs.results, " "));
}

void sc_trace(sc_core::sc_trace_file* file, const UnitInputs& inputs, const std::string& name) {
  using sc_core::sc_trace;
  sc_trace(file, inputs.reset, name + ".reset");
  sc_trace(file, inputs.weights_valid, name + ".weights_valid");
  sc_trace(file, inputs.scales_valid, name + ".scales_valid");
  sc_trace(file, inputs.activations_valid, name + ".activations_valid");
  sc_trace(file, inputs.first, name + ".first");
  sc_trace(file, inputs.last, name + ".last");
  sc_trace(file, inputs.results_ready, name + ".results_ready");
}

void sc_trace(sc_core::sc_trace_file* file, const UnitOutputs& outputs, const std::string& name) {
  using sc_core::sc_trace;
  sc_trace(file, outputs.weights_ready, name + ".weights_ready");
  sc_trace(file, outputs.scales_ready, name + ".scales_ready");
  sc_trace(file, outputs.activations_ready, name + ".activations_ready");
  sc_trace(file, outputs.results_valid, name + ".results_valid");
}

ClockedUnit::ClockedUnit(const sc_core::sc_module_name& name, const ArrayConfig& config,
                         Toggles* toggles)
    : sc_module(name), unit_(clocked_unit(config, toggles)) {
  SC_HAS_PROCESS(ClockedUnit);
  SC_METHOD(edge);
  sensitive << clk.pos();
  dont_initialize();
  SC_METHOD(settle);
  sensitive << inputs << rst_n << registers_changed_;
}

UnitInputs ClockedUnit::sampled() const {
  UnitInputs sampled = inputs.read();
  sampled.reset = sampled.reset || !rst_n.read();
  return sampled;
}

// Settles once more, so that the order of the two processes at an edge does not matter.
void ClockedUnit::edge() {
  (void)unit_->settle(sampled());
  unit_->clock();
  registers_changed_.notify(sc_core::SC_ZERO_TIME);
}

void ClockedUnit::settle() { outputs.write(unit_->settle(sampled())); }

}  // namespace systole::model
