// SPDX-License-Identifier: Apache-2.0
#include "analytic/trains.hpp"

#include <algorithm>

#include "analytic/blocks.hpp"
#include "analytic/whole.hpp"

namespace systole {
namespace {

struct Cargo {
  Bytes bytes;
  std::uint64_t segments;
  std::uint64_t elements;
  Tensor tensor;
  std::uint64_t count;
};

void add(Place from, Place to, const Cargo& cargo, std::vector<Trains>& list) {
  for (const bool writes : {false, true}) {
    list.push_back({.store = writes ? to : from,
                    .writes = writes,
                    .bytes = cargo.bytes,
                    .segments = cargo.segments,
                    .elements = cargo.elements,
                    .tensor = cargo.tensor,
                    .count = cargo.count});
  }
}

Cargo block(std::uint64_t elements, DataType type, Tensor tensor, std::uint64_t count) {
  return {.bytes = storage(elements, type),
          .segments = 1,
          .elements = elements,
          .tensor = tensor,
          .count = count};
}

std::vector<Trains> trains(const Matmul& m) {
  std::vector<Trains> list;
  if (m.stationary.place != Place::scratchpad) {
    for (const auto& [b, count] : stationary_steps(m)) {
      const std::uint64_t elements = product({b.products, b.depth, b.columns});
      add(m.stationary.place, Place::scratchpad,
          block(elements, m.stationary.type, tensor_of(m.tensor), count), list);
    }
  }
  if (m.moving.place != Place::scratchpad) {
    for (const auto& [b, count] : moving_steps(m)) {
      const std::uint64_t elements = product({b.products, b.rows, b.depth});
      add(m.moving.place, Place::scratchpad,
          block(elements, m.moving.type, Tensor::activation, count), list);
    }
  }
  if (m.result.place != Place::scratchpad) {
    for (const auto& [b, count] : result_steps(m)) {
      const std::uint64_t elements = product({b.products, b.rows, b.columns});
      add(Place::scratchpad, m.result.place,
          block(elements, m.result.type, Tensor::activation, count), list);
    }
  }
  return list;
}

std::vector<Trains> trains(const Move& move) {
  check(move.segments > 0, "a move has no segments");
  std::vector<Trains> list;
  add(move.from, move.to,
      {.bytes = move.bytes,
       .segments = move.segments,
       .elements = move.elements,
       .tensor = tensor_of(move.tensor),
       .count = 1},
      list);
  return list;
}

}  // namespace

Tensor tensor_of(Stationary stationary) {
  return stationary == Stationary::weight ? Tensor::weight : Tensor::kv;
}

std::vector<Trains> trains(const Work& work) {
  if (const auto* matmul = std::get_if<Matmul>(&work)) {
    return trains(*matmul);
  }
  if (const auto* move = std::get_if<Move>(&work)) {
    return trains(*move);
  }
  return {};
}

std::uint64_t bursts(const Trains& t, const HbmConfig& hbm) {
  return product({t.segments, ceil_div(t.piece(), hbm.burst().count())});
}

Femtoseconds bus_time(const Trains& t, const HbmConfig& hbm) {
  return Femtoseconds{
      product({ceil_div(bursts(t, hbm), hbm.channels()), hbm.burst_time().count()})};
}

Femtoseconds with_refresh(Femtoseconds bus, const HbmConfig& hbm) {
  // The bus is free for one whole interval, then for interval - window in each that follows. The
  // last bit moves behind every window that opened before it. No column command comes between
  // a refresh and the first row behind it.
  const Femtoseconds interval = hbm.refresh_interval();
  const Femtoseconds window =
      hbm.timing("tRFC") + std::min(hbm.timing("tRCDRD"), hbm.timing("tRCDWR"));
  if (bus <= interval) {
    return bus;
  }
  check(window < interval, "the bus does nothing but refresh");
  const std::uint64_t windows = ceil_div((bus - interval).count(), (interval - window).count());
  return bus + window * windows;
}

Femtoseconds refresh_stop(const HbmConfig& hbm) {
  constexpr std::uint64_t kDrainAndRamp = 12;  // 9 to 17 clocks (hbm closed form).
  return hbm.timing("tRP") + hbm.timing("tRFC") + hbm.timing("tRCDRD") +
         Cycles{kDrainAndRamp} * hbm.cycle();
}

}  // namespace systole
