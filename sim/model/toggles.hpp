// SPDX-License-Identifier: Apache-2.0
// What moves in a matrix unit's array, counted register by register: the activity that energy is
// fitted to. A register's toggles are the bits that differ between its old and its new value, added
// up over all elements; every register starts at 0. rtl/README.md says when each takes a value.
#pragma once

#include <cstdint>

namespace systole::model {

struct Toggles {
  std::uint64_t act = 0;     // act_q.
  std::uint64_t sum = 0;     // sum_q, the last of a hop's stages.
  std::uint64_t shift = 0;   // shift_q, the last of a hop's stages. Weight stationary only,
  std::uint64_t shadow = 0;  // as shadow_q, and that only if double-buffered.
  std::uint64_t weight = 0;  // weight_q.

  std::uint64_t element_cycles = 0;         // Elements times clock edges out of reset.
  std::uint64_t active_element_cycles = 0;  // Of these: multiply_adds with a valid activation.
  std::uint64_t shift_hops = 0;             // Weights that shift_q has taken.

  bool operator==(const Toggles&) const = default;
};

}  // namespace systole::model
