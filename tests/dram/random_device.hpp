// SPDX-License-Identifier: Apache-2.0
// Devices for tests, from a table of timings: HBM2 at 2 Gb/s a pin, and random ones near it.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "dram/channel.hpp"
#include "dram/device.hpp"

namespace systole::dram {

// In cycles, by their names in JESD235.
struct Timings {
  std::uint32_t rcd_read = 14, rcd_write = 12, rp = 14, ras = 34, rc = 48;
  std::uint32_t ccd_short = 2, ccd_long = 4, rrd_short = 4, rrd_long = 4, faw = 15;
  std::uint32_t rtp = 5, wr = 16, wtr_short = 6, wtr_long = 8, rtw = 13;
  std::uint32_t cl = 14, cwl = 5, burst = 2, rfc = 260, rfc_bank = 160, rrefd = 8;
  std::uint64_t refi = 3900;
};

struct Shape {
  std::uint32_t groups = 4, banks = 4, rows = 1U << 15U, columns = 32;
};

enum class Layout { stream, granule, page, mixed };  // mixed: stream with rows in the bank's bits.

Device make_device(const Timings& timings, Layout layout, const Shape& shape = {});

using Random = std::mt19937_64;
inline std::uint64_t draw(Random& random, std::uint64_t below) { return random() % below; }

Timings random_timings(Random& random);
Device random_device(Random& random);
Service random_service(Random& random);

// Requests of 1 to `streams` streams that fill `bursts` in all, near each other or far apart, with
// arrivals spread over `span` cycles, in the order of arrival.
std::vector<Request> random_requests(Random& random, const Device& device, std::uint32_t streams,
                                     std::uint64_t bursts, std::uint64_t span);

}  // namespace systole::dram
