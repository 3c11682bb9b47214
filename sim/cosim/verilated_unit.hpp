// SPDX-License-Identifier: Apache-2.0
// A class that Verilator wrote, as an ArrayUnit. Included by the table of variants alone.
//
// A cycle is two evaluations: clock low with this cycle's inputs, then the rising edge.
#pragma once

#include <verilated.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "model/array_unit.hpp"

namespace systole::cosim {

// A port of up to 64 bits is a whole number, a wider one an array of words.
template <class Port>
void drive(Port& port, const model::Row& row) {
  if (row.empty()) {
    return;
  }
  if constexpr (!std::is_integral_v<Port>) {
    std::copy(row.begin(), row.end(), port.data());
  } else if constexpr (sizeof(Port) > sizeof(std::uint32_t)) {
    port = row[0] | (static_cast<Port>(row[1]) << 32);
  } else {
    port = static_cast<Port>(row[0]);
  }
}

template <class Port>
void read(const Port& port, model::Row& row) {
  if constexpr (!std::is_integral_v<Port>) {
    std::copy_n(port.data(), row.size(), row.begin());
  } else {
    row[0] = static_cast<std::uint32_t>(port);
    if constexpr (sizeof(Port) > sizeof(std::uint32_t)) {
      row[1] = static_cast<std::uint32_t>(port >> 32);
    }
  }
}

// The pins of mxu_ws that mxu_os has not, and the other way round.
struct WeightStationaryPins {
  template <class Model>
  static void drive_pins(Model& model, const model::UnitInputs& in) {
    model.weights_valid_i = in.weights_valid;
    model.scales_valid_i = in.scales_valid;
    drive(model.scales_i, in.scales);
    model.activations_valid_i = in.activations_valid;
    model.activations_first_i = in.first;
    model.activations_last_i = in.last;
    model.sum_start_i = in.pass.sum_start;
    model.sum_end_i = in.pass.sum_end;
    model.scaled_i = in.pass.scaled;
    model.result_start_i = in.pass.result_start;
    model.result_end_i = in.pass.result_end;
  }

  template <class Model>
  static void read_pins(const Model& model, model::UnitOutputs& out) {
    out.weights_ready = model.weights_ready_o;
    out.scales_ready = model.scales_ready_o;
    out.activations_ready = model.activations_ready_o;
  }
};

struct OutputStationaryPins {
  template <class Model>
  static void drive_pins(Model& model, const model::UnitInputs& in) {
    model.operands_valid_i = in.activations_valid;
    model.operands_first_i = in.first;
    model.operands_last_i = in.last;
  }

  template <class Model>
  static void read_pins(const Model& model, model::UnitOutputs& out) {
    out.activations_ready = model.operands_ready_o;
  }
};

// What does not depend on the class that Verilator wrote.
class VerilatedArray : public model::ArrayUnit {
 public:
  explicit VerilatedArray(std::uint64_t seed) {
    constexpr int kRandom = 2;                        // 0: zeros, 1: ones, 2: random bits.
    constexpr std::uint64_t kSeeds = (1U << 31) - 1;  // A seed of 0 would be the time of day.
    context_->randReset(kRandom);
    context_->randSeed(static_cast<int>(seed % kSeeds) + 1);
  }

  [[nodiscard]] VerilatedContext& context() { return *context_; }

 private:
  std::unique_ptr<VerilatedContext> context_ = std::make_unique<VerilatedContext>();
};

template <class Model, class Pins>
class VerilatedUnit final : public VerilatedArray {
 public:
  VerilatedUnit(std::uint32_t columns, std::uint64_t seed) : VerilatedArray(seed) {
    outputs_.results.resize(columns);
    model_ = std::make_unique<Model>(&context());
    model_->rst_ni = 1;  // So that the first reset has an edge, as after power-up.
    model_->clk_i = 0;
    model_->eval();
  }

  VerilatedUnit(const VerilatedUnit&) = delete;
  VerilatedUnit& operator=(const VerilatedUnit&) = delete;
  ~VerilatedUnit() override { model_->final(); }

  const model::UnitOutputs& settle(const model::UnitInputs& inputs) override {
    model_->clk_i = 0;
    model_->rst_ni = !inputs.reset;
    drive(model_->weights_i, inputs.weights);
    drive(model_->activations_i, inputs.activations);
    model_->results_ready_i = inputs.results_ready;
    Pins::drive_pins(*model_, inputs);
    model_->eval();
    Pins::read_pins(*model_, outputs_);
    outputs_.results_valid = model_->results_valid_o;
    read(model_->results_o, outputs_.results);
    return outputs_;
  }

  void clock() override {
    model_->clk_i = 1;
    model_->eval();
  }

 private:
  std::unique_ptr<Model> model_;
  model::UnitOutputs outputs_;
};

template <class Model, class Pins, std::uint32_t columns>
std::unique_ptr<model::ArrayUnit> make_verilated(std::uint64_t seed) {
  return std::make_unique<VerilatedUnit<Model, Pins>>(columns, seed);
}

}  // namespace systole::cosim
