// SPDX-License-Identifier: Apache-2.0
// How often operations reach into the scratchpad, in granules, and the time that its slots take.
//
// Links are left out: they keep slots of their own, and what remains serves all else.
#pragma once

#include <cstdint>

#include "analytic/blocks.hpp"
#include "analytic/trains.hpp"
#include "config/chip.hpp"
#include "trace/trace.hpp"

namespace systole {

// How often a stationary block is read from the scratchpad and widened.
[[nodiscard]] std::uint64_t stationary_reads(const MatrixUnitConfig& unit, const MatmulBlock& b);

// Of one block of a matmul. Results are written after the last depth block only.
[[nodiscard]] std::uint64_t stationary_accesses(const Matmul& m, const ChipConfig& chip,
                                                const MatmulBlock& b);
[[nodiscard]] std::uint64_t moving_accesses(const Matmul& m, const ChipConfig& chip,
                                            const MatmulBlock& b);
[[nodiscard]] std::uint64_t result_accesses(const Matmul& m, const ChipConfig& chip,
                                            const MatmulBlock& b);
// Of all blocks, fetches aside; of a vector operation; of one train on its scratchpad side.
[[nodiscard]] std::uint64_t accesses(const Matmul& m, const ChipConfig& chip);
[[nodiscard]] std::uint64_t accesses(const Vector& v, const ChipConfig& chip);
[[nodiscard]] std::uint64_t accesses(const Trains& t, const ChipConfig& chip);

// The least in which the scratchpad serves so many.
[[nodiscard]] Cycles slot_cycles(std::uint64_t accesses, const ChipConfig& chip);

}  // namespace systole
