// SPDX-License-Identifier: Apache-2.0
#include "analytic/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "analytic/accesses.hpp"
#include "analytic/blocks.hpp"
#include "analytic/bounds.hpp"
#include "analytic/collectives.hpp"
#include "analytic/trains.hpp"
#include "analytic/vector_cycles.hpp"
#include "base/error.hpp"

namespace systole {
namespace {

// Femtoseconds, not whole: what is estimated needs no exact integers, and a fluid has none.
using Time = double;

// A stream of bytes that one store moves for one operand, in equal blocks.
struct Stream {
  Place store = Place::scratchpad;
  double bytes = 0.0;
  Time bus = 0.0;  // That all of it holds the store's bus.
  double blocks = 0.0;

  [[nodiscard]] bool any() const { return blocks > 0.0; }
};

// All that is the same in every iteration.
struct Cost {
  Time duration = 0.0;  // Of the unit: passes without fill and drain, lanes, collective, launch.
  Time fill = 0.0;      // First tile's load.
  Time drain = 0.0;     // From the last row streamed to its last result.
  Stream stationary{};
  Stream moving{};
  Stream result{};  // Of a move, what is written.
};

class Costs {
 public:
  Costs(const PodConfig& pod, const Trace& trace)
      : chip_(pod.chip), group_(tensor_group(pod, trace.tensor)) {}

  [[nodiscard]] Cost of(const Work& work) const {
    return std::visit([this](const auto& w) { return cost(w); }, work);
  }
  // From a train's last bit on the bus to the DMA's report.
  [[nodiscard]] Time delay(Place place) const {
    if (place == Place::hbm) {  // First row opened, first column read.
      return static_cast<Time>((chip_.hbm->timing("tRCDRD") + chip_.hbm->timing("tCL")).count()) +
             femtoseconds(chip_.dma.start);
    }
    return femtoseconds(chip_.far_sram->latency) + femtoseconds(chip_.dma.start);
  }

 private:
  [[nodiscard]] static Time femtoseconds(Seconds time) { return time.count() * 1e15; }
  [[nodiscard]] Time cycles(double n) const {
    return n * static_cast<Time>(period(chip_.clock).count());
  }

  // Cycles that the scratchpad takes for so many accesses, if it is all theirs.
  [[nodiscard]] double slots(std::uint64_t n) const {
    return static_cast<double>(slot_cycles(n, chip_).count());
  }

  [[nodiscard]] Cost cost(const Launch&) const {
    return {.duration = femtoseconds(chip_.kernel_start)};
  }
  [[nodiscard]] Cost cost(const Vector& v) const {
    const auto lanes = static_cast<double>(vector_cycles(v, chip_.vector_unit).count());
    return {.duration = cycles(std::max(lanes, slots(accesses(v, chip_))))};
  }
  [[nodiscard]] Cost cost(const Collective& c) const {
    const CollectiveCost cost = collective_cost(ici_of(chip_), c.kind, axes_of(c, group_), c.bytes);
    return {.duration = static_cast<Time>(cost.expected.count())};
  }
  [[nodiscard]] Cost cost(const Move& move) const {
    Cost out;
    const bool is_here = move.from == Place::scratchpad || move.to == Place::scratchpad;
    for (const Trains& t : trains(Work(move))) {
      if (t.store != Place::scratchpad) {
        add(t, t.writes ? out.result : out.moving, is_here);
      }
    }
    return out;
  }
  [[nodiscard]] Cost cost(const Matmul& m) const;
  void add(const Trains& t, Stream& stream, bool is_here) const;

  const ChipConfig& chip_;
  const std::vector<GroupAxis> group_;
};

// `is_here`: from or to the scratchpad.
void Costs::add(const Trains& t, Stream& stream, bool is_here) const {
  const auto count = static_cast<double>(t.count);
  const Time here = is_here ? cycles(slots(accesses(t, chip_))) : 0.0;
  stream.store = t.store;
  stream.bytes += static_cast<double>(t.bytes.count()) * count;
  stream.blocks += count;
  if (t.store == Place::hbm) {
    const HbmConfig& hbm = *chip_.hbm;  // A share of all time goes to refreshes.
    const double open = 1.0 - static_cast<double>(refresh_stop(hbm).count()) /
                                  static_cast<double>(hbm.refresh_interval().count());
    stream.bus += std::max(static_cast<Time>(bus_time(t, hbm).count()) / open, here) * count;
  } else {
    const FarSramConfig& far = *chip_.far_sram;
    const Femtoseconds time =
        transfer_time(t.bytes, t.writes ? far.write_bandwidth : far.read_bandwidth);
    stream.bus += std::max(static_cast<Time>(time.count()), here) * count;
  }
}

Cost Costs::cost(const Matmul& m) const {
  const MatrixUnitConfig& unit = chip_.matrix_unit;
  const std::uint32_t rate = unit.rate(multiplier_for(m.stationary.type, m.moving.type));
  const bool in_place = unit.dataflow == Dataflow::output_stationary;
  const double load = in_place ? 0.0 : static_cast<double>(ceil_div(unit.rows, unit.load_rows));
  const double way = (unit.rows + 1.0) * unit.mac_latency + unit.columns - 3.0;
  const bool serial = unit.preload == Preload::serial;
  double spent = 0.0;
  for (const Steps& step : every_step(m)) {
    const Passes p = passes(unit, step.block);
    const auto stream = static_cast<double>(ceil_div(p.stream, rate));
    const double each = serial     ? load + stream + way
                        : in_place ? std::max(stream, double{1} * unit.rows)
                                   : std::max(stream, load);
    // Units take whole passes, but the next step begins where one is free.
    spent += static_cast<double>(step.count) *
             std::max(1.0, static_cast<double>(p.count) / unit.count) * each;
  }
  Cost out{.duration = cycles(std::max(spent, slots(accesses(m, chip_))))};
  if (!serial) {
    out.fill = cycles(load);
    out.drain = cycles(way + unit.edge_cycles);
  }
  for (const Trains& t : trains(Work(m))) {
    if (t.store != Place::scratchpad) {
      add(t,
          t.tensor != Tensor::activation ? out.stationary
          : t.writes                     ? out.result
                                         : out.moving,
          true);
    }
  }
  return out;
}

// A run in which only the ends of operations are kept.
class Schedule {
 public:
  Schedule(const PodConfig& pod, const Trace& trace)
      : costs_(pod, trace),
        trace_(trace),
        buffer_(static_cast<double>(trace.residency.stationary_buffer.count())) {}

  [[nodiscard]] Time run() {
    for (const Block& block : trace_.blocks) {
      repeat(block);
    }
    return latest_;
  }

 private:
  enum Unit : std::uint8_t { matrix, vector, dma, ici, launch, units };

  void repeat(const Block& block);
  void iterate(const Block& block, const std::vector<Cost>& costs);
  Time matmul(const Matmul& m, const Cost& cost, Time ready);
  Time move(const Cost& cost, Time ready);
  Time fetch(const Stream& stream, Time from);
  Time fetch_between(const Stream& stream, Time from);
  [[nodiscard]] Time room_for(double bytes) const;

  const Costs costs_;
  const Trace& trace_;
  const double buffer_;
  std::array<Time, units> free_{};
  std::array<Time, 3> bus_free_{};  // By Place.
  Time previous_ = 0.0;             // End of the last operation of the iteration before.
  Time latest_ = 0.0;
  // Stationary bytes in the buffer, oldest first, and over which time they are used up.
  struct Held {
    double bytes;
    Time from;
    Time until;
  };
  std::deque<Held> held_;
};

void Schedule::repeat(const Block& block) {
  std::vector<Cost> costs;
  for (const Operation& operation : block.operations) {
    costs.push_back(costs_.of(operation.work));
  }
  constexpr std::uint64_t kWarm = 6;  // Iterations after which prefetch and bus have settled.
  Time last = 0.0;
  for (std::uint64_t i = 0; i < block.repeat; ++i) {
    const Time before = previous_;
    iterate(block, costs);
    const Time each = previous_ - before;
    if (i >= kWarm || (i > 1 && std::abs(each - last) <= 1e-9 * each)) {
      const Time rest = each * static_cast<Time>(block.repeat - 1 - i);
      for (Time* t : {&free_[matrix], &free_[vector], &free_[dma], &free_[ici], &free_[launch],
                      &bus_free_[0], &bus_free_[1], &bus_free_[2], &previous_, &latest_}) {
        *t += rest;
      }
      for (Held& held : held_) {
        held.from += rest;
        held.until += rest;
      }
      return;
    }
    last = each;
  }
}

void Schedule::iterate(const Block& block, const std::vector<Cost>& costs) {
  std::map<std::string_view, Time> ends{{"previous", previous_}};
  Time end = previous_;
  for (std::size_t i = 0; i < block.operations.size(); ++i) {
    const Operation& operation = block.operations[i];
    Time ready = 0.0;
    for (const std::string& name : operation.after) {
      ready = std::max(ready, ends.at(name));
    }
    const Cost& cost = costs[i];
    if (const auto* m = std::get_if<Matmul>(&operation.work)) {
      end = matmul(*m, cost, ready);
    } else if (std::holds_alternative<Move>(operation.work)) {
      end = move(cost, ready);
    } else {
      Time& free = free_[std::holds_alternative<Vector>(operation.work)       ? vector
                         : std::holds_alternative<Collective>(operation.work) ? ici
                                                                              : launch];
      end = free = std::max(ready, free) + cost.duration;
    }
    ends[operation.name] = end;
    latest_ = std::max(latest_, end);
  }
  previous_ = end;
}

// Holds the bus behind what came before; returns when the last bit has moved.
Time Schedule::fetch(const Stream& stream, Time from) {
  Time& free = bus_free_[static_cast<std::size_t>(stream.store)];
  free = std::max(free, from) + stream.bus;
  return free;
}

// As fetch(), but what comes later in the program and needs not wait may use the bus before `from`.
Time Schedule::fetch_between(const Stream& stream, Time from) {
  Time& free = bus_free_[static_cast<std::size_t>(stream.store)];
  if (from <= free) {
    return fetch(stream, from);
  }
  free += stream.bus;
  return from + stream.bus;
}

// When so many bytes can enter the stationary buffer.
Time Schedule::room_for(double bytes) const {
  double over = bytes - buffer_;
  for (const Held& held : held_) {
    over += held.bytes;
  }
  for (const Held& held : held_) {
    if (over <= 0.0) {
      return 0.0;
    }
    if (over <= held.bytes) {
      return held.from + (held.until - held.from) * over / held.bytes;
    }
    over -= held.bytes;
  }
  return held_.empty() ? 0.0 : held_.back().until;
}

Time Schedule::matmul(const Matmul& m, const Cost& cost, Time ready) {
  Time begin = std::max(ready, free_[matrix]);
  const bool idle = ready > free_[matrix];
  Time arrived = 0.0;  // Last block of what is fetched.
  const Stream& s = cost.stationary;
  if (s.any()) {
    const double block = s.bytes / s.blocks;
    const Time delay = costs_.delay(s.store);
    const Time from = std::max(m.prefetch ? 0.0 : ready, room_for(block));
    const Time bus_before = std::max(from, bus_free_[static_cast<std::size_t>(s.store)]);
    begin = std::max(begin, bus_before + s.bus / s.blocks + delay);
    Time done = std::max(fetch(s, from), room_for(std::min(s.bytes, buffer_)) + s.bus / s.blocks);
    if (s.bytes > buffer_) {  // The rest comes while the matmul uses up what the buffer holds.
      done = std::max(done, begin + s.bus * (1.0 - buffer_ / s.bytes));
    }
    bus_free_[static_cast<std::size_t>(s.store)] = done;
    arrived = done + delay + cost.duration / s.blocks;
  }
  if (cost.moving.any()) {
    const Time delay = costs_.delay(cost.moving.store);
    const Time first = std::max(ready, bus_free_[static_cast<std::size_t>(cost.moving.store)]) +
                       cost.moving.bus / cost.moving.blocks + delay;
    begin = std::max(begin, first);
    arrived =
        std::max(arrived, fetch(cost.moving, ready) + delay + cost.duration / cost.moving.blocks);
  }
  const Time computed = begin + (idle ? cost.fill : 0.0) + cost.duration;
  free_[matrix] = std::max(computed, arrived);
  if (s.any()) {
    held_.push_back({.bytes = s.bytes, .from = begin, .until = free_[matrix]});
    while (held_.size() > 1 && held_.front().until <= begin) {
      held_.pop_front();
    }
  }
  Time end = free_[matrix] + cost.drain;
  if (cost.result.any()) {
    const Time last = cost.result.bus / cost.result.blocks;
    end = std::max(end + last, fetch_between(cost.result, begin)) + costs_.delay(cost.result.store);
  }
  return end;
}

// Moves are many at a time: they share buses, not the engine.
Time Schedule::move(const Cost& cost, Time ready) {
  Time end = ready;
  for (const Stream* stream : {&cost.moving, &cost.result}) {
    if (stream->any()) {
      end = fetch_between(*stream, end) + costs_.delay(stream->store);
    }
  }
  return end;
}

// One page a component, for the whole pod.
Ledger ledger_of(const PodConfig& pod, const Trace& trace, Femtoseconds elapsed) {
  std::vector<std::string> names;  // In the order of the program, as the model has them.
  for (const Block& block : trace.blocks) {
    for (const Operation& operation : block.operations) {
      if (const std::string full = ledger_name(block, operation);
          std::ranges::find(names, full) == names.end()) {
        names.push_back(full);
      }
    }
  }
  Ledger ledger(std::move(names));
  std::map<Component, Account*> pages;
  const auto record = [&](const std::map<CountKey, std::uint64_t>& counts) {
    for (const auto& [key, count] : counts) {
      const Component component = component_of(key.action);
      Account*& page = pages[component];
      if (page == nullptr) {
        page = &ledger.open(fmt::format("pod.{}", name(component)), component);
      }
      const auto at = std::ranges::find(ledger.operations(), key.operation);
      page->record(static_cast<OperationId>(at - ledger.operations().begin()), key.tensor,
                   key.action, count);
    }
  };
  record(expected(pod, trace).counts);
  record(static_counts(pod, elapsed));
  ledger.close(elapsed);
  return ledger;
}

}  // namespace

Ledger estimate(const PodConfig& pod, const Trace& trace) {
  Femtoseconds elapsed{static_cast<std::uint64_t>(std::ceil(Schedule(pod, trace).run()))};
  for (const Bound& bound : time_bounds(pod, trace)) {
    elapsed = std::max(elapsed, bound.time);
  }
  return ledger_of(pod, trace, elapsed);
}

}  // namespace systole
