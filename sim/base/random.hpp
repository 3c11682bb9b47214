// SPDX-License-Identifier: Apache-2.0
// Random numbers without a state: a draw is a pure function of a seed and of its place.
//
// So samples can be drawn in any order, by any number of workers, and come out the same. The
// generator is Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC'11);
// std::*_distribution is not used because the standard does not fix its results.
#pragma once

#include <cstdint>

namespace systole {

// Uniform in the open interval (0, 1), a multiple of 2^-53; `i` and `j` number the draw.
[[nodiscard]] double uniform(std::uint64_t seed, std::uint64_t i, std::uint64_t j);

// The standard normal value below which a share `p` of all values lies, for p in (0, 1).
// Relative error about 1e-16: Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37(3), 1988.
[[nodiscard]] double normal_quantile(double p);

}  // namespace systole
