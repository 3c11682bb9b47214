// SPDX-License-Identifier: Apache-2.0
// A SystemC module that Verilator wrote, with the ports of the clocked model's module: pins on the
// one side, a cycle's inputs and outputs on the other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <systemc>
#include <type_traits>
#include <vector>

#include "model/array_unit.hpp"
#include "model/clocked_unit.hpp"

namespace systole::cosim {

// The ports of model::ClockedUnit.
class RtlModule : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clk{"clk"};
  sc_core::sc_in<bool> rst_n{"rst_n"};
  sc_core::sc_in<model::UnitInputs> inputs{"inputs"};
  sc_core::sc_out<model::UnitOutputs> outputs{"outputs"};

 protected:
  explicit RtlModule(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {}
};

struct RtlModuleVariant {
  std::string name;
  model::ArrayConfig config;
  bool random_start;
  std::unique_ptr<RtlModule> (*make)(const char* name);
};

[[nodiscard]] std::vector<RtlModuleVariant> rtl_module_variants();

// The signal for a port of the verilated module. Verilator's ports are bool, words of 32 or 64
// bits, or bit vectors.
template <class Port>
using Pin = sc_core::sc_signal<typename std::remove_reference_t<Port>::data_type>;

template <class Data>
[[nodiscard]] Data from_row(const model::Row& row) {
  if constexpr (!std::is_integral_v<Data>) {
    Data out;
    for (std::size_t i = 0; i < row.size(); ++i) {
      out.set_word(static_cast<int>(i), row[i]);
    }
    return out;
  } else if constexpr (sizeof(Data) > sizeof(std::uint32_t)) {
    return row[0] | (static_cast<Data>(row[1]) << 32);
  } else {
    return row[0];
  }
}

template <class Data>
[[nodiscard]] model::Row to_row(const Data& data, std::size_t words) {
  model::Row out(words);
  for (std::size_t i = 0; i < words; ++i) {
    if constexpr (std::is_integral_v<Data>) {
      out[i] = static_cast<std::uint32_t>(static_cast<std::uint64_t>(data) >> (32 * i));
    } else {
      out[i] = static_cast<std::uint32_t>(data.get_word(static_cast<int>(i)));
    }
  }
  return out;
}

// The pins that the two dataflows do not share.
template <class Model>
struct WeightStationaryPins {
  Pin<decltype(Model::weights_valid_i)> weights_valid;
  Pin<decltype(Model::weights_ready_o)> weights_ready;
  Pin<decltype(Model::scales_valid_i)> scales_valid;
  Pin<decltype(Model::scales_ready_o)> scales_ready;
  Pin<decltype(Model::scales_i)> scales;
  Pin<decltype(Model::activations_valid_i)> activations_valid;
  Pin<decltype(Model::activations_ready_o)> activations_ready;
  Pin<decltype(Model::activations_first_i)> first;
  Pin<decltype(Model::activations_last_i)> last;
  Pin<decltype(Model::sum_start_i)> sum_start;
  Pin<decltype(Model::sum_end_i)> sum_end;
  Pin<decltype(Model::scaled_i)> scaled;
  Pin<decltype(Model::result_start_i)> result_start;
  Pin<decltype(Model::result_end_i)> result_end;

  void bind(Model& model) {
    model.weights_valid_i(weights_valid);
    model.weights_ready_o(weights_ready);
    model.scales_valid_i(scales_valid);
    model.scales_ready_o(scales_ready);
    model.scales_i(scales);
    model.activations_valid_i(activations_valid);
    model.activations_ready_o(activations_ready);
    model.activations_first_i(first);
    model.activations_last_i(last);
    model.sum_start_i(sum_start);
    model.sum_end_i(sum_end);
    model.scaled_i(scaled);
    model.result_start_i(result_start);
    model.result_end_i(result_end);
  }

  void drive(const model::UnitInputs& in) {
    weights_valid.write(in.weights_valid);
    scales_valid.write(in.scales_valid);
    scales.write(from_row<typename decltype(scales)::value_type>(in.scales));
    activations_valid.write(in.activations_valid);
    first.write(in.first);
    last.write(in.last);
    sum_start.write(in.pass.sum_start);
    sum_end.write(in.pass.sum_end);
    scaled.write(in.pass.scaled);
    result_start.write(in.pass.result_start);
    result_end.write(in.pass.result_end);
  }

  void read(model::UnitOutputs& out) const {
    out.weights_ready = weights_ready.read();
    out.scales_ready = scales_ready.read();
    out.activations_ready = activations_ready.read();
  }

  void listen(sc_core::sc_sensitive& sensitive) {
    sensitive << weights_ready << scales_ready << activations_ready;
  }
};

template <class Model>
struct OutputStationaryPins {
  Pin<decltype(Model::operands_valid_i)> valid;
  Pin<decltype(Model::operands_ready_o)> ready;
  Pin<decltype(Model::operands_first_i)> first;
  Pin<decltype(Model::operands_last_i)> last;

  void bind(Model& model) {
    model.operands_valid_i(valid);
    model.operands_ready_o(ready);
    model.operands_first_i(first);
    model.operands_last_i(last);
  }

  void drive(const model::UnitInputs& in) {
    valid.write(in.activations_valid);
    first.write(in.first);
    last.write(in.last);
  }

  void read(model::UnitOutputs& out) const { out.activations_ready = ready.read(); }

  void listen(sc_core::sc_sensitive& sensitive) { sensitive << ready; }
};

template <class Model, template <class> class Pins, std::uint32_t columns>
class VerilatedModule : public RtlModule {
 public:
  SC_HAS_PROCESS(VerilatedModule);

  explicit VerilatedModule(const sc_core::sc_module_name& name) : RtlModule(name), model_("rtl") {
    model_.clk_i(clk);
    model_.rst_ni(rst_n);
    model_.weights_i(weights_);
    model_.activations_i(activations_);
    model_.results_valid_o(results_valid_);
    model_.results_ready_i(results_ready_);
    model_.results_o(results_);
    pins_.bind(model_);

    SC_METHOD(drive);
    sensitive << inputs;
    SC_METHOD(read);
    sensitive << results_valid_ << results_;
    pins_.listen(sensitive);
  }

 private:
  void drive() {
    const model::UnitInputs& in = inputs.read();
    if (in.weights.empty()) {
      return;  // Before the first cycle.
    }
    weights_.write(from_row<typename decltype(weights_)::value_type>(in.weights));
    activations_.write(from_row<typename decltype(activations_)::value_type>(in.activations));
    results_ready_.write(in.results_ready);
    pins_.drive(in);
  }

  void read() {
    model::UnitOutputs out;
    pins_.read(out);
    out.results_valid = results_valid_.read();
    out.results = to_row(results_.read(), columns);
    outputs.write(out);
  }

  Model model_;
  Pins<Model> pins_;
  Pin<decltype(Model::weights_i)> weights_;
  Pin<decltype(Model::activations_i)> activations_;
  Pin<decltype(Model::results_valid_o)> results_valid_;
  Pin<decltype(Model::results_ready_i)> results_ready_;
  Pin<decltype(Model::results_o)> results_;
};

template <class Model, template <class> class Pins, std::uint32_t columns>
std::unique_ptr<RtlModule> make_verilated(const char* name) {
  return std::make_unique<VerilatedModule<Model, Pins, columns>>(name);
}

}  // namespace systole::cosim
