// SPDX-License-Identifier: Apache-2.0
#include "random_device.hpp"

#include <algorithm>
#include <bit>

namespace systole::dram {
namespace {

Mapping make_mapping(Layout layout, const Shape& shape) {
  const auto bits = [](std::uint32_t n) {
    return static_cast<std::uint32_t>(std::bit_width(n)) - 1;
  };
  const std::uint32_t g = bits(shape.groups);
  const std::uint32_t b = bits(shape.banks);
  const std::uint32_t c = bits(shape.columns);
  const std::uint32_t r = bits(shape.rows);
  switch (layout) {
    case Layout::stream:
    case Layout::mixed: {
      Mapping mapping{{{Field::channel, 0},
                       {Field::group, g},
                       {Field::column, c},
                       {Field::bank, b},
                       {Field::row, r}},
                      {}};
      if (layout == Layout::mixed) {
        mapping.xors = {{Field::bank, Field::row, b}, {Field::group, Field::bank, std::min(g, b)}};
      }
      return mapping;
    }
    case Layout::granule:
      return {{{Field::column, 1},
               {Field::channel, 0},
               {Field::group, g},
               {Field::column, c - 1},
               {Field::bank, b},
               {Field::row, r}},
              {}};
    case Layout::page: break;
  }
  return {{{Field::column, c},
           {Field::channel, 0},
           {Field::group, g},
           {Field::bank, b},
           {Field::row, r}},
          {}};
}

}  // namespace

Device make_device(const Timings& t, Layout layout, const Shape& shape) {
  using enum Command;
  const std::uint32_t after_write = t.cwl + t.burst;
  const std::vector<Constraint> constraints{
      {"tRC", Scope::bank, {activate}, {activate}, t.rc},
      {"tRAS", Scope::bank, {activate}, {precharge, precharge_all}, t.ras},
      {"tRCDRD", Scope::bank, {activate}, {read}, t.rcd_read},
      {"tRCDWR", Scope::bank, {activate}, {write}, t.rcd_write},
      {"tRP", Scope::bank, {precharge, precharge_all}, {activate, refresh, refresh_bank}, t.rp},
      {"tRTP", Scope::bank, {read}, {precharge, precharge_all}, t.rtp},
      {"tWR", Scope::bank, {write}, {precharge, precharge_all}, after_write + t.wr},
      {"tCCDS", Scope::channel, {read}, {read}, t.ccd_short},
      {"tCCDS", Scope::channel, {write}, {write}, t.ccd_short},
      {"tCCDL", Scope::group, {read}, {read}, t.ccd_long},
      {"tCCDL", Scope::group, {write}, {write}, t.ccd_long},
      {"tRTW", Scope::channel, {read}, {write}, t.rtw},
      {"tWTRS", Scope::channel, {write}, {read}, after_write + t.wtr_short},
      {"tWTRL", Scope::group, {write}, {read}, after_write + t.wtr_long},
      {"tRRDS", Scope::channel, {activate}, {activate}, t.rrd_short},
      {"tRRDL", Scope::group, {activate}, {activate}, t.rrd_long},
      {"tFAW", Scope::channel, {activate}, {activate}, t.faw, 4},
      {"tRFC", Scope::channel, {refresh}, {activate, refresh}, t.rfc},
      {"tRFCSB", Scope::bank, {refresh_bank}, {activate, refresh_bank}, t.rfc_bank},
      {"tRREFD", Scope::channel, {refresh_bank}, {activate, refresh_bank}, t.rrefd},
      {"tRREFD", Scope::channel, {activate}, {refresh_bank}, t.rrefd},
      {"tRC", Scope::bank, {activate}, {refresh_bank}, t.rc},
  };
  return {.name = "test",
          .cycle = Femtoseconds{1'000'000},
          .groups = shape.groups,
          .banks = shape.banks,
          .rows = shape.rows,
          .columns = shape.columns,
          .burst = Bytes{32},
          .burst_cycles = t.burst,
          .read_latency = t.cl,
          .write_latency = t.cwl,
          .refresh_interval = t.refi,
          .constraints = constraints,
          .mapping = make_mapping(layout, shape)};
}

Timings random_timings(Random& random) {
  Timings t;
  for (std::uint32_t* value : {&t.rcd_read, &t.rcd_write, &t.rp, &t.ras, &t.rc, &t.ccd_short,
                               &t.ccd_long, &t.rrd_short, &t.rrd_long, &t.faw, &t.rtp, &t.wr,
                               &t.wtr_short, &t.wtr_long, &t.rtw, &t.cl, &t.cwl, &t.burst}) {
    if (draw(random, 2) == 0) {
      const auto moved = static_cast<std::int64_t>(*value + draw(random, 9)) - 4;
      *value = static_cast<std::uint32_t>(std::max<std::int64_t>(1, moved));
    }
  }
  t.rfc = static_cast<std::uint32_t>(150 + draw(random, 300));
  t.rfc_bank = static_cast<std::uint32_t>(20 + draw(random, 60));
  t.refi = 1500 + draw(random, 4000);
  return t;
}

Device random_device(Random& random) {
  const Shape shape{.groups = 1U << draw(random, 3),
                    .banks = 1U << (1 + draw(random, 2)),
                    .rows = 1U << (10 + draw(random, 6)),
                    .columns = 1U << (2 + draw(random, 4))};
  return make_device(random_timings(random), static_cast<Layout>(draw(random, 4)), shape);
}

Service random_service(Random& random) {
  return {.policy = Policy::batched,
          .refresh = Refresh::all,
          .batch = static_cast<std::uint32_t>(1 + draw(random, draw(random, 2) == 0 ? 8 : 300)),
          .lookahead = 1U << draw(random, 8),
          .window = 1U << draw(random, 7)};
}

std::vector<Request> random_requests(Random& random, const Device& device, std::uint32_t streams,
                                     std::uint64_t bursts, std::uint64_t span) {
  const std::uint64_t capacity =
      std::uint64_t{device.groups} * device.banks * device.rows * device.columns;
  const auto count = static_cast<std::uint32_t>(1 + draw(random, streams));
  const std::uint64_t near = draw(random, 3) == 0 ? 4096 : capacity;
  std::vector<Request> requests;
  for (std::uint64_t left = bursts; left > 0;) {
    const std::uint64_t size = std::min(left, 1 + draw(random, 1 + bursts / (1 + draw(random, 6))));
    requests.push_back({.stream = static_cast<std::uint32_t>(draw(random, count)),
                        .direction = draw(random, 3) == 0 ? Direction::write : Direction::read,
                        .first = draw(random, near),
                        .count = size,
                        .arrival = span == 0 || draw(random, 3) == 0 ? 0 : draw(random, span)});
    left -= size;
  }
  std::stable_sort(requests.begin(), requests.end(),
                   [](const Request& a, const Request& b) { return a.arrival < b.arrival; });
  return requests;
}

}  // namespace systole::dram
