// SPDX-License-Identifier: Apache-2.0
// The clocked matrix unit as a SystemC module, to stand beside the verilated RTL: the same clock,
// the same asynchronous reset, all other pins as one value a side. Outputs settle within the cycle,
// since a ready may depend on the inputs.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <systemc>

#include "model/array_unit.hpp"
#include "model/toggles.hpp"

namespace systole::model {

// What SystemC asks of the type of a signal. Rows move in memory, so only single pins are traced.
std::ostream& operator<<(std::ostream& out, const UnitInputs& inputs);
std::ostream& operator<<(std::ostream& out, const UnitOutputs& outputs);
void sc_trace(sc_core::sc_trace_file* file, const UnitInputs& inputs, const std::string& name);
void sc_trace(sc_core::sc_trace_file* file, const UnitOutputs& outputs, const std::string& name);

class ClockedUnit : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clk{"clk"};
  sc_core::sc_in<bool> rst_n{"rst_n"};
  sc_core::sc_in<UnitInputs> inputs{"inputs"};  // UnitInputs::reset is one more way to reset.
  sc_core::sc_out<UnitOutputs> outputs{"outputs"};

  ClockedUnit(const sc_core::sc_module_name& name, const ArrayConfig& config,
              Toggles* toggles = nullptr);

 private:
  [[nodiscard]] UnitInputs sampled() const;
  void edge();    // The registers take their values.
  void settle();  // The outputs follow registers and inputs.

  std::unique_ptr<ArrayUnit> unit_;
  sc_core::sc_event registers_changed_;
};

}  // namespace systole::model
