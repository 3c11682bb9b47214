// SPDX-License-Identifier: Apache-2.0
#include "study/measure.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "analytic/estimate.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "model/simulate.hpp"
#include "study/energy_json.hpp"

namespace systole {
namespace {

// 64 bits of femtoseconds last five hours; nothing near them is started.
constexpr double kLongestRun = 3600.0;  // Seconds.

// Seconds that matrix units and lanes need, not less than the model will find: every pass is taken
// with its load, stream and drain one after the other.
class Duration {
 public:
  explicit Duration(const ChipConfig& chip) : chip_(chip), unit_(chip.matrix_unit) {}

  double operator()(const Matmul& m) const {
    const Multiplier multiplier = multiplier_for(m.stationary.type, m.moving.type);
    const double rows = unit_.rows;
    const double columns = unit_.columns;
    const auto tiles = [](std::uint64_t whole, double part) {
      return static_cast<double>(whole) / part + 1.0;
    };
    auto passes = static_cast<double>(m.products);
    double stream = 0.0;
    switch (unit_.dataflow) {
      case Dataflow::weight_stationary:
        passes *= tiles(m.depth, rows) * tiles(m.columns, columns);
        stream = static_cast<double>(m.rows);
        break;
      case Dataflow::input_stationary:
        passes *= tiles(m.depth, rows) * tiles(m.rows, columns);
        stream = static_cast<double>(m.columns);
        break;
      case Dataflow::output_stationary:
        passes *= tiles(m.rows, rows) * tiles(m.columns, columns);
        stream = static_cast<double>(m.depth);
        break;
    }
    const double each = 2.0 * rows + columns + stream / unit_.rate(multiplier);
    return passes * each / unit_.count / chip_.clock.count();
  }
  double operator()(const Vector& v) const {
    const VectorUnitConfig& unit = chip_.vector_unit;
    const auto cycles = [](std::uint64_t count, std::uint32_t each) {
      return static_cast<double>(count) * each;
    };
    return (cycles(v.add, unit.add_cycles) + cycles(v.multiply, unit.multiply_cycles) +
            cycles(v.fma, unit.fma_cycles) + cycles(v.transcendental, unit.transcendental_cycles) +
            cycles(v.shuffle, unit.shuffle_cycles)) /
           unit.lanes / chip_.clock.count();
  }
  double operator()(const auto&) const { return 0.0; }

 private:
  const ChipConfig& chip_;
  const MatrixUnitConfig& unit_;
};

void require_multiplier(const ChipConfig& chip, const Operation& operation) {
  const auto* matmul = std::get_if<Matmul>(&operation.work);
  if (matmul == nullptr) {
    return;
  }
  const Multiplier multiplier = multiplier_for(matmul->stationary.type, matmul->moving.type);
  if (chip.matrix_unit.rate(multiplier) == 0) {
    fail("chip '{}' has no {} multiplier, which {} x {} of operation '{}' needs", chip.name,
         name(multiplier), name(matmul->stationary.type), name(matmul->moving.type),
         operation.name);
  }
}

void require_runnable(const ChipConfig& chip, const Trace& trace) {
  double seconds = 0.0;
  for (const Block& block : trace.blocks) {
    for (const Operation& operation : block.operations) {
      require_multiplier(chip, operation);
      seconds += static_cast<double>(block.repeat) * std::visit(Duration(chip), operation.work);
    }
  }
  if (seconds > kLongestRun) {
    fail(
        "the run would take about {:.3g} s on chip '{}', and the simulator's clock ends at {:.0f} "
        "s: choose a smaller batch, prompt, number of steps or shape",
        seconds, chip.name, kLongestRun);
  }
}

// "chip3.matrix_unit0" to matrix_unit, "chip3.link0_up" to link; empty for pages that hold counts
// alone.
std::string_view unit_of(std::string_view path) {
  const std::size_t chip = path.find('.');
  if (chip == std::string_view::npos) {
    return {};
  }
  const std::string_view unit = path.substr(chip + 1);
  for (const std::string_view known : kUnits) {
    const std::string_view rest = unit.substr(std::min(known.size(), unit.size()));
    if (unit.starts_with(known) && (rest.empty() || (rest[0] >= '0' && rest[0] <= '9'))) {
      return known;
    }
  }
  return {};
}

std::vector<UnitTimes> unit_times(const Ledger& ledger) {
  std::vector<UnitTimes> all;
  for (const std::string_view known : kUnits) {
    UnitTimes unit{.unit = std::string(known), .units = 0, .seconds = {}};
    for (const Account& account : ledger.accounts()) {
      if (unit_of(account.path()) != known) {
        continue;
      }
      unit.units += ledger.copies();
      for (std::size_t state = 0; state < kStates; ++state) {
        unit.seconds[state] += to_seconds(account.time_in(static_cast<State>(state))).count() *
                               static_cast<double>(ledger.copies());
      }
    }
    if (unit.units > 0) {
      all.push_back(std::move(unit));
    }
  }
  return all;
}

// "chip3.link0_up": which axis of the tensor group, which direction.
struct LinkName {
  std::uint64_t chip;
  std::uint32_t axis;
  bool up;
};
std::optional<LinkName> link_of(std::string_view path) {
  if (unit_of(path) != "link") {
    return std::nullopt;
  }
  const std::size_t dot = path.find('.');
  const std::string_view rest = path.substr(dot + 5);
  constexpr std::size_t kChip = 4;  // "chip"
  return LinkName{.chip = std::stoull(std::string(path.substr(kChip, dot - kChip))),
                  .axis = static_cast<std::uint32_t>(rest[0] - '0'),
                  .up = rest.ends_with("_up")};
}

std::vector<LinkLoad> link_loads(const std::vector<GroupAxis>& group, const Ledger& ledger) {
  std::vector<LinkLoad> all;
  const double elapsed = to_seconds(ledger.elapsed()).count();
  for (std::uint32_t axis = 0; axis < group.size() && elapsed > 0.0; ++axis) {
    for (const bool up : {true, false}) {
      LinkLoad load{
          .axis = group[axis].axis, .up = up, .links = 0, .least = 1, .mean = 0, .most = 0};
      for (const Account& account : ledger.accounts()) {
        const std::optional<LinkName> link = link_of(account.path());
        if (link && link->axis == axis && link->up == up) {
          const double busy = to_seconds(account.time_in(State::busy)).count() / elapsed;
          load.least = std::min(load.least, busy);
          load.most = std::max(load.most, busy);
          load.mean += busy;
          load.chips.push_back(link->chip);
          load.busy.push_back(busy);
        }
      }
      if (!load.busy.empty()) {
        load.links = load.busy.size() * ledger.copies();
        load.mean /= static_cast<double>(load.busy.size());
        all.push_back(std::move(load));
      }
    }
  }
  return all;
}

void add_bytes(const ChipConfig& chip, const Ledger& ledger, Result& result) {
  const auto granules = [&](Action near, Action far) {
    const std::uint64_t far_granule = chip.far_sram ? chip.far_sram->granule.count() : 0;
    return ledger.total(near) * chip.scratchpad.granule.count() + ledger.total(far) * far_granule;
  };
  const std::uint64_t burst = chip.hbm ? chip.hbm->burst().count() : 0;
  result.hbm_read_bytes = ledger.total(Action::hbm_read) * burst;
  result.hbm_write_bytes = ledger.total(Action::hbm_write) * burst;
  result.sram_read_bytes = granules(Action::scratchpad_read, Action::far_sram_read);
  result.sram_write_bytes = granules(Action::scratchpad_write, Action::far_sram_write);
  result.ici_bytes = ledger.total(Action::link_byte);
}

// Of the pod, one way each: a ring has two for each chip, a line two for each pair of neighbours.
double links(const std::vector<Axis>& axes, std::uint64_t chips) {
  double out = 0.0;
  for (const Axis& axis : axes) {
    if (axis.length > 1) {
      const std::uint64_t lines = chips / axis.length;
      out += static_cast<double>(2 * lines * (axis.wraps ? axis.length : axis.length - 1));
    }
  }
  return out;
}

double matrix_unit_utilisation(const MatrixUnitConfig& unit, const Ledger& ledger,
                               double cycles_of_pod) {
  double busy = 0.0;  // Cycles at peak rate.
  for (const Multiplier multiplier : kMultipliers) {
    const std::uint64_t done = ledger.total(mac_action(multiplier));
    if (done > 0) {
      busy += static_cast<double>(done) / unit.rate(multiplier);
    }
  }
  return busy / (static_cast<double>(unit.rows) * unit.columns * unit.count * cycles_of_pod);
}

void add_utilisation(const PodConfig& pod, const Ledger& ledger, Result& result) {
  const ChipConfig& chip = pod.chip;
  const double seconds = result.seconds();
  const auto chips = static_cast<double>(pod.chips());
  if (seconds == 0.0) {
    return;
  }
  const double period_s = to_seconds(period(chip.clock)).count();
  result.matrix_unit_utilisation =
      matrix_unit_utilisation(chip.matrix_unit, ledger, chips * seconds / period_s);
  const auto lanes = std::ranges::find(result.bounds, "vector_unit", &Bound::resource);
  result.vector_unit_utilisation = to_seconds(lanes->time).count() / seconds;
  std::uint64_t accesses = 0;
  for (const BillLine& line : result.bill.lines) {
    accesses += line.line.component == Component::scratchpad ? line.line.count : 0;
  }
  result.scratchpad_utilisation =
      static_cast<double>(accesses) /
      (static_cast<double>(chip.scratchpad.slots()) * chips * seconds / period_s);
  if (chip.hbm) {
    const auto moved = static_cast<double>(result.hbm_read_bytes + result.hbm_write_bytes);
    result.hbm_utilisation = moved / (chip.hbm->bandwidth.count() * chips * seconds);
  }
  if (const double all = links(pod.axes, pod.chips()); chip.ici && all > 0.0) {
    const auto moved = static_cast<double>(result.ici_bytes);
    result.ici_utilisation = moved / (chip.ici->bandwidth.count() * all * seconds);
  }
}

}  // namespace

Result evaluate(const PodConfig& pod, const Trace& trace, const EnergyModel& model,
                const MeasureOptions& options, const Simulation& run) {
  const Ledger& ledger = run.ledger;
  check_laws(pod, trace, ledger);
  Result result{};
  result.folded = run.folded;
  result.unfolded_because = run.unfolded_because;
  result.simulated_chips = run.simulated_chips;
  result.chips = pod.chips();
  result.elapsed = ledger.elapsed();
  result.cycles = cycles_in(ledger.elapsed(), period(pod.chip.clock));
  if (trace.output_tokens > 0) {
    result.output_tokens = trace.output_tokens;
  }
  result.causal = trace.causal;
  result.bill = price(ledger.lines(), ledger.operations(), model, pod.chip,
                      options.uncertainty.samples, options.uncertainty.seed, options.activities);
  result.power_limits = power_limits(pod.chip, model, result.bill);
  result.activities = options.activities;
  result.boundary = pod.chip.hbm ? "die+hbm" : "die";
  result.macs = expected(pod, trace).useful;
  result.bounds = time_bounds(pod, trace);
  result.bound_energy_j = ideal_energy(result.macs, model, pod.chip, options.activities);
  result.units = unit_times(ledger);
  result.links = link_loads(tensor_group(pod, trace.tensor), ledger);
  add_bytes(pod.chip, ledger, result);
  result.energy_model = model.name;
  result.chip = pod.chip;
  result.axes = pod.axes;
  result.uncertainty = options.uncertainty;
  add_utilisation(pod, ledger, result);
  check(result.power_w_per_chip() <= result.power_limits.all_busy,
        "law broken: no chip burns more than with all its units busy: {} W of {} W",
        result.power_w_per_chip(), result.power_limits.all_busy);
  return result;
}

Result measure(const PodConfig& pod, const Trace& trace, const EnergyModel& model,
               const MeasureOptions& options) {
  require_runnable(pod.chip, trace);
  const bool simulated = options.fidelity == Fidelity::event;
  if (!simulated && !pod.faults.empty()) {
    fail("pod '{}' has link faults, which only a simulation knows: use fidelity event", pod.name);
  }
  if (!simulated && options.recording != nullptr) {
    fail("an estimate has no timeline: use fidelity event");
  }
  const Simulation run = simulated ? simulate(pod, trace, options.folding, options.recording)
                                   : Simulation{.ledger = estimate(pod, trace),
                                                .folded = false,
                                                .simulated_chips = 0,
                                                .unfolded_because = "nothing is simulated"};
  Result result = evaluate(pod, trace, model, options, run);
  result.fidelity = name(options.fidelity);
  if (simulated) {
    result.windows = run.ledger.windows();
    result.by_chip = chip_counts(run.ledger, run.simulated_chips);
  }
  return result;
}

std::string config_hash(const std::map<std::string, std::string>& inputs) {
  nlohmann::json parts = inputs;
  parts.erase("trace");
  return content_hash(parts.dump());
}

}  // namespace systole
