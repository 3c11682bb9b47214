// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "analytic/accesses.hpp"
#include "analytic/blocks.hpp"
#include "analytic/bounds.hpp"
#include "analytic/collectives.hpp"
#include "analytic/fixed_costs.hpp"
#include "analytic/trains.hpp"
#include "analytic/vector_cycles.hpp"
#include "analytic/whole.hpp"

namespace systole {
namespace {

template <class Visit>
void for_each_operation(const Trace& trace, Visit visit) {
  for (const Block& block : trace.blocks) {
    for (const Operation& operation : block.operations) {
      if (block.repeat > 0) {
        visit(operation.work, block.repeat);
      }
    }
  }
}

// Matrix unit 0, which takes one more pass than others when they do not divide.
class FirstMatrixUnit {
 public:
  explicit FirstMatrixUnit(const MatrixUnitConfig& unit) : unit_(unit) {}

  void add(const Matmul& m, std::uint64_t repeat) {
    const Multiplier kind = multiplier_for(m.stationary.type, m.moving.type);
    for (const Steps& s : every_step(m)) {
      const std::uint64_t mine = ceil_div(passes(unit_, s.block).count, unit_.count);
      const std::uint64_t each = interval(stream(kind, s.block));
      cycles_ = sum(cycles_, product({mine, each, s.count, repeat}));
    }
    if (!any_) {
      const std::uint64_t first = stream(kind, first_step(m));
      first_wait_ = interval(first) - first;
    }
    const std::uint64_t last = stream(kind, last_step(m));
    last_wait_ = interval(last) - last;
    any_ = true;
  }

  // Serial: the passes one after the other. Double-buffered: the first load, an interval a pass and
  // the way out. An interval is longer than its stream where a pass waits for what is behind it
  // (the next tile's load) or before it (the bus for results): not so behind the last and before
  // the first.
  [[nodiscard]] Cycles cycles() const {
    if (!any_ || is_serial()) {
      return Cycles{cycles_};
    }
    const std::uint64_t streams = cycles_ - (in_place() ? first_wait_ : last_wait_);
    return Cycles{sum(streams, load() + drain() + unit_.edge_cycles)};
  }

 private:
  [[nodiscard]] bool is_serial() const { return unit_.preload == Preload::serial; }
  [[nodiscard]] bool in_place() const { return unit_.dataflow == Dataflow::output_stationary; }
  [[nodiscard]] std::uint64_t load() const {
    return in_place() ? 0 : ceil_div(unit_.rows, unit_.load_rows);
  }
  [[nodiscard]] std::uint64_t drain() const {
    return sum(product({std::uint64_t{unit_.rows} + 1, unit_.mac_latency}), unit_.columns) - 3;
  }
  [[nodiscard]] std::uint64_t stream(Multiplier kind, const MatmulBlock& block) const {
    check(unit_.rate(kind) > 0, "the matrix unit has no {} multiplier", name(kind));
    return ceil_div(passes(unit_, block).stream, unit_.rate(kind));
  }
  // From one pass's start to the next one's: a tile's shadow registers are free when the tile
  // before becomes active, so a load hides behind one stream and no more. Sums that stay in place
  // leave through one bus, so that streams end no closer than the array has rows.
  [[nodiscard]] std::uint64_t interval(std::uint64_t stream) const {
    if (is_serial()) {
      return load() + stream + drain();
    }
    return std::max<std::uint64_t>(stream, in_place() ? unit_.rows : load());
  }

  const MatrixUnitConfig& unit_;
  std::uint64_t cycles_ = 0;
  std::uint64_t first_wait_ = 0;
  std::uint64_t last_wait_ = 0;
  bool any_ = false;
};

Femtoseconds core_time(Cycles cycles, const ChipConfig& chip) {
  return Femtoseconds{product({cycles.count(), period(chip.clock).count()})};
}

Femtoseconds matrix_unit_time(const ChipConfig& chip, const Trace& trace) {
  FirstMatrixUnit unit(chip.matrix_unit);
  for_each_operation(trace, [&](const Work& work, std::uint64_t repeat) {
    if (const auto* matmul = std::get_if<Matmul>(&work)) {
      unit.add(*matmul, repeat);
    }
  });
  return core_time(unit.cycles(), chip);
}

Femtoseconds vector_unit_time(const ChipConfig& chip, const Trace& trace) {
  std::uint64_t cycles = 0;
  for_each_operation(trace, [&](const Work& work, std::uint64_t repeat) {
    if (const auto* vector = std::get_if<Vector>(&work)) {
      cycles = sum(cycles, product({vector_cycles(*vector, chip.vector_unit).count(), repeat}));
    }
  });
  return core_time(Cycles{cycles}, chip);
}

// Links keep slots of their own beside these.
Femtoseconds scratchpad_time(const ChipConfig& chip, const Trace& trace) {
  std::uint64_t all = 0;
  for_each_operation(trace, [&](const Work& work, std::uint64_t repeat) {
    std::uint64_t mine = 0;
    if (const auto* matmul = std::get_if<Matmul>(&work)) {
      mine = accesses(*matmul, chip);
    } else if (const auto* vector = std::get_if<Vector>(&work)) {
      mine = accesses(*vector, chip);
    }
    for (const Trains& t : trains(work)) {
      if (t.store == Place::scratchpad) {
        mine = sum(mine, product({accesses(t, chip), t.count}));
      }
    }
    all = sum(all, product({mine, repeat}));
  });
  return core_time(slot_cycles(all, chip), chip);
}

// Of one store: `time_of` one train, over those that `is_mine`.
template <class IsMine, class TimeOf>
Femtoseconds trains_time(const Trace& trace, IsMine is_mine, TimeOf time_of) {
  std::uint64_t time = 0;
  for_each_operation(trace, [&](const Work& work, std::uint64_t repeat) {
    for (const Trains& t : trains(work)) {
      if (is_mine(t)) {
        time = sum(time, product({time_of(t).count(), t.count, repeat}));
      }
    }
  });
  return Femtoseconds{time};
}

Femtoseconds hbm_time(const HbmConfig& hbm, const Trace& trace) {
  return with_refresh(trains_time(
                          trace, [](const Trains& t) { return t.store == Place::hbm; },
                          [&](const Trains& t) { return bus_time(t, hbm); }),
                      hbm);
}

Femtoseconds far_sram_time(const FarSramConfig& far, const Trace& trace) {
  const auto port = [&](bool writes, BytesPerSecond bandwidth) {
    return trains_time(
        trace, [&](const Trains& t) { return t.store == Place::far_sram && t.writes == writes; },
        [&](const Trains& t) { return transfer_time(t.bytes, bandwidth); });
  };
  return std::max(port(false, far.read_bandwidth), port(true, far.write_bandwidth));
}

Femtoseconds ici_time(const PodConfig& pod, const Trace& trace) {
  const std::vector<GroupAxis> group = tensor_group(pod, trace.tensor);
  std::vector<std::vector<std::uint64_t>> links;  // [axis][position], upwards.
  links.reserve(group.size());
  for (const GroupAxis& axis : group) {
    links.emplace_back(axis.length);
  }
  std::uint64_t busiest = 0;
  for_each_operation(trace, [&](const Work& work, std::uint64_t repeat) {
    const auto* collective = std::get_if<Collective>(&work);
    if (collective == nullptr) {
      return;
    }
    const std::vector<GroupAxis> axes = axes_of(*collective, group);
    for (const Chunks& equal :
         chunks(ici_of(pod.chip), collective->kind, axes, collective->bytes)) {
      for (const AxisPhase& phase : equal.phases) {
        std::vector<std::uint64_t>& axis = links[collective->axes[phase.axis]];
        const std::vector<Femtoseconds> times =
            link_times(ici_of(pod.chip), axes[phase.axis], phase);
        for (std::size_t i = 0; i < times.size(); ++i) {
          axis[i] = sum(axis[i], product({times[i].count(), equal.count, repeat}));
          busiest = std::max(busiest, axis[i]);
        }
      }
    }
  });
  return Femtoseconds{busiest};
}

}  // namespace

std::vector<Bound> time_bounds(const PodConfig& pod, const Trace& trace) {
  const ChipConfig& chip = pod.chip;
  std::vector<Bound> bounds{{"matrix_unit", matrix_unit_time(chip, trace)},
                            {"vector_unit", vector_unit_time(chip, trace)},
                            {"scratchpad", scratchpad_time(chip, trace)}};
  if (chip.far_sram) {
    bounds.push_back({"far_sram", far_sram_time(*chip.far_sram, trace)});
  }
  if (chip.hbm) {
    bounds.push_back({"hbm", hbm_time(*chip.hbm, trace)});
  }
  if (chip.ici) {
    bounds.push_back({"ici", ici_time(pod, trace)});
  }
  bounds.push_back({"latency", fixed_costs(pod, trace)});
  return bounds;
}

}  // namespace systole
