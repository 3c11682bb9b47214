// SPDX-License-Identifier: Apache-2.0
// A scratchpad bank by bank and cycle by cycle: what the model's one number stands for.
//
// A stream walks over the banks in turn. In a cycle it puts up to its width of accesses into its
// buffer, which holds two cycles' worth for each bank; each bank then serves as many as it has
// ports, the oldest stream's first.
#pragma once

#include <cstdint>
#include <vector>

namespace systole {

struct BankStream {
  std::uint64_t begin;
  std::uint64_t at_best;  // Cycles for all accesses, evenly.
  std::uint64_t accesses;
  std::uint64_t first_bank;
};

// When the last access of each stream has been served. `streams` in order of age.
std::vector<std::uint64_t> serve_by_bank(std::uint64_t banks, std::uint64_t ports,
                                         const std::vector<BankStream>& streams);

}  // namespace systole
