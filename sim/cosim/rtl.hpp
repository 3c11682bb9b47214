// SPDX-License-Identifier: Apache-2.0
// The matrix units of rtl/ that Verilator has turned into C++ and that this program carries.
//
// The build writes the table (rtl/CMakeLists.txt says which arrays); without Verilator it is empty.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/array_unit.hpp"

namespace systole::cosim {

struct RtlVariant {
  std::string name;  // "ws_int8_8x8".
  model::ArrayConfig config;
  bool random_start;  // Registers that are not reset begin with random bits, by the seed.
  std::unique_ptr<model::ArrayUnit> (*make)(std::uint64_t seed);
};

[[nodiscard]] std::vector<RtlVariant> rtl_variants();

}  // namespace systole::cosim
