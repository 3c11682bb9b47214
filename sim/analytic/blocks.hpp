// SPDX-License-Identifier: Apache-2.0
// A matmul's steps without walking them: along each dimension all blocks are full except perhaps
// the last, so there are at most two sizes a dimension and sixteen kinds of steps.
#pragma once

#include <cstdint>
#include <vector>

#include "config/chip.hpp"
#include "trace/trace.hpp"

namespace systole {

// Blocks of one size along one dimension, in order: the full ones, then the edge.
struct Cut {
  std::uint64_t size;
  std::uint64_t count;
};
[[nodiscard]] std::vector<Cut> cuts(std::uint64_t extent, std::uint64_t block);

struct Cuts {
  std::vector<Cut> products;
  std::vector<Cut> rows;
  std::vector<Cut> depth;
  std::vector<Cut> columns;
};
[[nodiscard]] Cuts cuts(const Matmul& matmul);

// Equal steps, and how many of them there are.
struct Steps {
  MatmulBlock block;
  std::uint64_t count;
};

[[nodiscard]] std::vector<Steps> every_step(const Matmul& matmul);
// Steps whose stationary block differs from that of the step before.
[[nodiscard]] std::vector<Steps> stationary_steps(const Matmul& matmul);
// Steps of the first column block, which fetch the moving operand.
[[nodiscard]] std::vector<Steps> moving_steps(const Matmul& matmul);
// Steps of the last depth block, which give results.
[[nodiscard]] std::vector<Steps> result_steps(const Matmul& matmul);
[[nodiscard]] MatmulBlock first_step(const Matmul& matmul);
[[nodiscard]] MatmulBlock last_step(const Matmul& matmul);

// What a step asks of the matrix units together.
struct Passes {
  std::uint64_t count;
  std::uint64_t stream;  // Rows that each of them streams.
};
[[nodiscard]] Passes passes(const MatrixUnitConfig& unit, const MatmulBlock& block);

}  // namespace systole
