// SPDX-License-Identifier: Apache-2.0
// Random elements of a format. Fair bits seldom meet each other near enough to round or to cancel,
// so most rows lean to some part of the format.
#pragma once

#include "base/data_type.hpp"
#include "cosim/draw.hpp"
#include "cosim/elements.hpp"

namespace systole::cosim {

enum class Flavour : std::uint8_t {
  fair,      // Every code as likely as every other.
  moderate,  // Near 1 in size: sums round, carry and cancel.
  sparse,    // Three of four are zero, the others moderate.
  few_bits,  // One or two bits set, far apart: sums tie, or all but tie.
  edges,     // The smallest and largest finite numbers of each exponent range.
  special    // The same with infinities and NaN where the format has them.
};

[[nodiscard]] Flavour random_flavour(Draw& draw);

[[nodiscard]] std::uint32_t random_code(Draw& draw, DataType type, Flavour flavour);

// A row of `count` such elements.
[[nodiscard]] model::Row random_row(Draw& draw, DataType type, std::uint32_t count,
                                    Flavour flavour);

}  // namespace systole::cosim
