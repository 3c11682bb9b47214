// SPDX-License-Identifier: Apache-2.0
// Every register of every element in every cycle, and their toggles, against elements that are
// built one by one.
#include "clocked_registers.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "clocked_bench.hpp"
#include "clocked_pins.hpp"
#include "model/clocked_os.hpp"
#include "model/clocked_ws.hpp"

namespace systole::model {
namespace {

void expect_same(const WsElement& element, const WsRegisters& expected) {
  ASSERT_EQ(element.act_q, expected.act.code);
  ASSERT_EQ(element.sum_q, expected.sums.back());
  ASSERT_EQ(element.shift_q, expected.shift.back().code);
  ASSERT_EQ(element.shadow_q, expected.shadow_q);
  ASSERT_EQ(element.weight_q, expected.weight_q);
}

void expect_weight_stationary_registers(const ArrayConfig& config, std::uint32_t seed) {
  Toggles toggles;
  ClockedWs counted(config, &toggles);
  ClockedWs plain(config);
  WsRegisterArray expected(config);
  RandomPins pins(config, seed);
  std::uint32_t loaded = 0;
  for (int cycle = 0; cycle < 1500; ++cycle) {
    const UnitInputs& inputs = pins.next();
    const UnitOutputs outputs = counted.settle(inputs);
    ASSERT_EQ(outputs, plain.settle(inputs));
    if (inputs.reset) {
      expected.reset();
      loaded = 0;
    }
    for (std::uint32_t r = 0; r < config.rows; ++r) {
      for (std::uint32_t c = 0; c < config.columns; ++c) {
        ASSERT_NO_FATAL_FAILURE(expect_same(counted.element(r, c), expected.at(r, c)))
            << "counted, cycle " << cycle << ", element " << r << ", " << c;
        ASSERT_NO_FATAL_FAILURE(expect_same(plain.element(r, c), expected.at(r, c)))
            << "plain, cycle " << cycle << ", element " << r << ", " << c;
      }
    }
    counted.clock();
    plain.clock();
    const bool row = inputs.activations_valid && outputs.activations_ready;
    const bool weights = inputs.weights_valid && outputs.weights_ready;
    const bool is_serial = config.preload == Preload::serial;
    loaded = row && (is_serial ? inputs.last : inputs.first) ? 0 : loaded;
    std::vector<Moving> activations(config.rows);
    for (std::uint32_t r = 0; row && r < config.rows; ++r) {
      activations[r] = {true, inputs.first,
                        code_at(inputs.activations, r, numerics::activation_type(config.type))};
    }
    std::vector<Falling> falling(config.columns);
    for (std::uint32_t c = 0; weights && c < config.columns; ++c) {
      falling[c] = {true, loaded, code_at(inputs.weights, c, config.type)};
    }
    if (!inputs.reset) {
      expected.clock(activations, falling);
    }
    loaded += weights ? 1 : 0;
    pins.taken(row);
  }
  EXPECT_EQ(toggles, expected.toggles());
  EXPECT_GT(toggles.active_element_cycles, 100 * config.rows * config.columns);
}

TEST(ClockedRegisters, OfTheWeightStationaryArrayAreThoseOfElementsBuiltOneByOne) {
  std::uint32_t seed = 0;
  for (const auto& [rows, columns] :
       {std::pair{1U, 1U}, {1U, 4U}, {4U, 1U}, {3U, 5U}, {5U, 3U}, {4U, 4U}}) {
    for (const Preload preload : {Preload::double_buffered, Preload::serial}) {
      for (const std::uint32_t latency : {1U, 2U, 3U}) {
        for (const DataType type : {DataType::int8, DataType::bf16, DataType::ternary}) {
          ASSERT_NO_FATAL_FAILURE(expect_weight_stationary_registers(
              array_config(type, rows, columns, Dataflow::weight_stationary, preload, latency,
                           2 * rows + 2),
              ++seed))
              << rows << " x " << columns << ", L " << latency << ", " << name(type);
        }
      }
    }
  }
}

void expect_output_stationary_registers(const ArrayConfig& config, std::uint32_t seed) {
  Toggles toggles;
  ClockedOs counted(config, &toggles);
  ClockedOs plain(config);
  OsRegisterArray expected(config);
  RandomPins pins(config, seed);
  for (int cycle = 0; cycle < 1500; ++cycle) {
    const UnitInputs& inputs = pins.next();
    const UnitOutputs outputs = counted.settle(inputs);
    ASSERT_EQ(outputs, plain.settle(inputs));
    if (inputs.reset) {
      expected.reset();
    }
    for (std::uint32_t r = 0; r < config.rows; ++r) {
      for (std::uint32_t c = 0; c < config.columns; ++c) {
        for (const OsElement& element : {counted.element(r, c), plain.element(r, c)}) {
          ASSERT_EQ(element.act_q, expected.at(r, c).act.code);
          ASSERT_EQ(element.weight_q, expected.at(r, c).weight.code);
          ASSERT_EQ(element.sum_q, expected.at(r, c).sum_q);
        }
      }
    }
    counted.clock();
    plain.clock();
    const bool step = inputs.activations_valid && outputs.activations_ready;
    std::vector<Moving> activations(config.rows);
    std::vector<Moving> weights(config.columns);
    for (std::uint32_t r = 0; step && r < config.rows; ++r) {
      activations[r] = {true, inputs.first,
                        code_at(inputs.activations, r, numerics::activation_type(config.type))};
    }
    for (std::uint32_t c = 0; step && c < config.columns; ++c) {
      weights[c] = {true, inputs.first, code_at(inputs.weights, c, config.type)};
    }
    if (!inputs.reset) {
      expected.clock(activations, weights);
    }
    pins.taken(step);
  }
  EXPECT_EQ(toggles, expected.toggles());
  EXPECT_GT(toggles.active_element_cycles, 100 * config.rows * config.columns);
}

TEST(ClockedRegisters, OfTheOutputStationaryArrayAreThoseOfElementsBuiltOneByOne) {
  std::uint32_t seed = 0;
  for (const auto& [rows, columns] :
       {std::pair{1U, 1U}, {1U, 4U}, {4U, 1U}, {3U, 5U}, {5U, 3U}, {4U, 4U}}) {
    for (const Preload preload : {Preload::double_buffered, Preload::serial}) {
      for (const DataType type : {DataType::int8, DataType::bf16, DataType::ternary}) {
        ASSERT_NO_FATAL_FAILURE(expect_output_stationary_registers(
            array_config(type, rows, columns, Dataflow::output_stationary, preload, 1, 1), ++seed))
            << rows << " x " << columns << ", " << name(type);
      }
    }
  }
}

}  // namespace
}  // namespace systole::model
