// SPDX-License-Identifier: Apache-2.0
// A whole matrix product through the pins of a unit: cut into passes, driven, gathered.
//
// numerics::matmul is what it must give, bit for bit. Folds of K and groups of scales follow the
// order that numerics/arithmetic.hpp states.
#pragma once

#include <optional>

#include "cosim/driver.hpp"
#include "cosim/lockstep.hpp"
#include "numerics/matmul.hpp"

namespace systole::cosim {

struct Product {
  numerics::MatmulShape shape;
  std::vector<numerics::Code> activations;  // All row-major, as numerics::matmul takes them.
  std::vector<numerics::Code> weights;
  std::vector<numerics::Sum> scales;
};

// A product of a few tiles in each direction, with scales per 32, 64 or 128 of K or none. Output
// stationary: without scales, and all of K is one tile.
[[nodiscard]] Product random_product(const model::ArrayConfig& config, Draw& draw);

struct Multiplied {
  std::vector<numerics::Sum> result;  // [m x n]
  std::uint64_t cycles;               // From the reset on.
};

// Nothing if the unit does not deliver all rows in a time that even the slowest traffic stays
// below.
[[nodiscard]] std::optional<Multiplied> multiply(const model::ArrayConfig& config,
                                                 const Product& product, const Traffic& traffic,
                                                 model::ArrayUnit& unit);

}  // namespace systole::cosim
