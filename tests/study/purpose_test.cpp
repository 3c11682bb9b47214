// SPDX-License-Identifier: Apache-2.0
#include "study/purpose.hpp"

#include <gtest/gtest.h>

namespace systole {
namespace {

Purpose purpose(Action action, Tensor tensor) {
  return purpose_of({.component = component_of(action),
                     .operation = 1,
                     .tensor = tensor,
                     .action = action,
                     .count = 1});
}

TEST(Purpose, MovingATensorIsThatTensors) {
  EXPECT_EQ(purpose(Action::hbm_read, Tensor::weight), Purpose::weights);
  EXPECT_EQ(purpose(Action::weight_shift_bit, Tensor::weight), Purpose::weights);
  EXPECT_EQ(purpose(Action::dequantise, Tensor::weight), Purpose::weights);
  EXPECT_EQ(purpose(Action::scratchpad_read, Tensor::kv), Purpose::kv_cache);
  EXPECT_EQ(purpose(Action::accumulator_write, Tensor::activation), Purpose::activations);
}

TEST(Purpose, AProductIsAProductWhateverItMultiplies) {
  for (const Multiplier multiplier : kMultipliers) {
    EXPECT_EQ(purpose(mac_action(multiplier), Tensor::weight), Purpose::products);
    EXPECT_EQ(purpose(mac_action(multiplier), Tensor::kv), Purpose::products);
  }
}

TEST(Purpose, WhatTimeChargesIsFixedInEveryComponent) {
  EXPECT_EQ(purpose(Action::hbm_refresh, Tensor::none), Purpose::fixed);
  EXPECT_EQ(purpose(Action::link_powered, Tensor::none), Purpose::fixed);
  EXPECT_EQ(purpose(Action::leakage, Tensor::none), Purpose::fixed);
}

TEST(Purpose, UnitsThatServeAllTensorsAreTheirOwn) {
  EXPECT_EQ(purpose(Action::lane_fma, Tensor::activation), Purpose::vector_unit);
  EXPECT_EQ(purpose(Action::bundle, Tensor::none), Purpose::instructions);
  EXPECT_EQ(purpose(Action::link_byte, Tensor::activation), Purpose::links);
}

TEST(Purpose, PurposesAddUpToTheBill) {
  Bill bill{};
  for (std::size_t i = 0; i < kActions; ++i) {
    const auto action = static_cast<Action>(i);
    bill.lines.push_back({.line = {.component = component_of(action),
                                   .operation = 0,
                                   .tensor = Tensor::weight,
                                   .action = action,
                                   .count = 1},
                          .operation = "all",
                          .pj_each = 1e12,
                          .energy_j = 1.0});
  }
  double total = 0.0;
  for (const double joules : by_purpose(bill)) {
    total += joules;
  }
  EXPECT_EQ(total, static_cast<double>(kActions));
}

}  // namespace
}  // namespace systole
