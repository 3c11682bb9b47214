// SPDX-License-Identifier: Apache-2.0
// One stack of memory under one pattern: how much of its peak it gives, at what energy, and why not
// more.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/quantity.hpp"
#include "config/chip.hpp"
#include "dram/trace.hpp"
#include "ledger/price.hpp"

namespace systole {

struct HbmOptions {
  std::string pattern;  // "stride_1024".
  Bytes bytes;
  std::string memory;        // Path.
  std::string preset;        // "jedec".
  std::string mapping;       // "stream".
  std::string energy_model;  // Path.
};

// What would be gained if one thing did not hold the commands back.
struct HbmLimit {
  std::string what;  // "refresh", "tFAW", "tCCD_L", "tRC", "turnaround", "channels".
  double gain;       // Time without it: 1 / (1 + gain) of the time with it.
};

struct HbmResult {
  HbmOptions options;
  std::string device;  // "hbm2".
  std::uint64_t channels;
  BytesPerSecond peak;
  Femtoseconds elapsed;
  std::uint64_t cycles;  // Of the memory's clock, to the last data.
  dram::Counts commands;
  std::uint64_t read_bytes;  // Whole bursts.
  std::uint64_t write_bytes;
  double bandwidth_fraction;     // Of the peak.
  std::vector<HbmLimit> limits;  // Largest gain first; of the first MiBs of the pattern.
  ChipConfig chip;               // That the prices are for: this stack and nothing else.
  Bill bill;
  std::string energy_model;  // Its name.
  double device_pj_per_bit;
  double phy_pj_per_bit;  // Device, PHY and controller.
  std::map<std::string, std::string> inputs;
  std::string config_hash;

  [[nodiscard]] std::uint64_t bytes() const { return read_bytes + write_bytes; }
};

// Throws UserError.
[[nodiscard]] HbmResult run_hbm(const HbmOptions& options);

}  // namespace systole
