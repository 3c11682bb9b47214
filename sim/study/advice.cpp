// SPDX-License-Identifier: Apache-2.0
#include "study/advice.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/error.hpp"

namespace systole {
namespace {

// What the ledger says of one kind of traffic.
struct Traffic {
  double weight = 0.0;
  double all = 0.0;
  [[nodiscard]] double weight_share() const { return all > 0.0 ? weight / all : 0.0; }
};

class Adviser {
 public:
  Adviser(const Result& result, EnergyModel model) : r_(result), model_(std::move(model)) {
    model_.overridden.clear();  // A what-if reads what it likes.
  }

  std::vector<Advice> advise() && {
    if (r_.bill.total_j.nominal <= 0.0) {
      return {};
    }
    prices();
    faster();
    if (r_.run && r_.run->workload.phase == Phase::decode) {
      larger_batch();
    }
    if (r_.run) {
      narrower_weights(DataType::int4);
      narrower_weights(DataType::ternary);
    }
    std::ranges::stable_sort(out_, std::greater{}, &Advice::saving);
    return std::move(out_);
  }

 private:
  void add(std::string change, double saved_j, std::string how) {
    const double saving = saved_j / r_.bill.total_j.nominal;
    if (saving > 0.0005) {  // What does not show in the printed digits helps nobody.
      out_.push_back({std::move(change), saving, std::move(how)});
    }
  }

  [[nodiscard]] double total_under(const EnergyModel& model) const {
    std::vector<LedgerLine> lines;
    std::vector<std::string> operations;
    for (const BillLine& line : r_.bill.lines) {
      lines.push_back(line.line);
      operations.resize(std::max<std::size_t>(operations.size(), line.line.operation + 1));
    }
    return price(lines, operations, model, r_.chip, 1, 0, r_.activities).total_j.nominal;
  }

  // The ledger under half the price of everything whose key begins so.
  void half(std::string_view prefix, std::string what) {
    EnergyModel cheaper = model_;
    for (Parameter& parameter : cheaper.parameters) {
      if (parameter.key.starts_with(prefix) && parameter.key != "sram.write_factor") {
        parameter.value /= 2.0;
      }
    }
    add("half the energy of " + std::move(what), r_.bill.total_j.nominal - total_under(cheaper),
        "re-priced");
  }

  void prices() {
    half("mac.", "multiply-adds");
    half("wire.", "on-chip wires");
    half("sram.", "SRAM banks");
    half("accumulator.", "accumulators");
    half("vector.", "the vector unit");
    if (r_.chip.hbm) {
      half("hbm." + r_.chip.hbm->memory.name + ".", "HBM and its PHY");
    }
    // Static power is linear in itself, whichever of its parts shrink.
    add("half the static power", r_.bill.static_j / 2.0, "re-priced");
  }

  // Elapsed time if every bound became what `time_of` says. In a step the fixed costs, the arrays,
  // the lanes and the links wait for each other, so their bounds add up; stores work ahead or
  // beside them, and the longest counts. What none explains is kept.
  template <class TimeOf>
  [[nodiscard]] double elapsed_with(TimeOf time_of) const {
    const auto longest = [this](const auto& time) {
      double chain = 0.0;
      double store = 0.0;
      for (const Bound& b : r_.bounds) {
        if (read_from(b)) {
          store = std::max(store, time(b));
        } else {
          chain += time(b);
        }
      }
      return std::max(chain, store);
    };
    return r_.seconds() + longest(time_of) - longest(seconds_of);
  }

  [[nodiscard]] static double seconds_of(const Bound& b) { return to_seconds(b.time).count(); }

  [[nodiscard]] double static_with(double elapsed) const {
    return r_.seconds() > 0.0 ? r_.bill.static_j * elapsed / r_.seconds() : 0.0;
  }

  void faster() {
    const std::string& binding = r_.binding().resource;
    const double elapsed = elapsed_with(
        [&](const Bound& b) { return seconds_of(b) / (b.resource == binding ? 2.0 : 1.0); });
    add(binding == "latency" ? "half the fixed latencies" : "twice the speed of " + binding,
        r_.bill.static_j - static_with(elapsed),
        fmt::format("estimate: static energy of a step {:.0f}% shorter",
                    100.0 * (1.0 - elapsed / r_.seconds())));
  }

  // Energy of lines that `is_chosen` picks.
  template <class Chosen>
  [[nodiscard]] double energy(Chosen is_chosen) const {
    double sum = 0.0;
    for (const BillLine& line : r_.bill.lines) {
      sum += is_chosen(line.line) ? line.energy_j : 0.0;
    }
    return sum;
  }

  [[nodiscard]] Traffic traffic(Action action) const {
    Traffic sum;
    for (const BillLine& line : r_.bill.lines) {
      if (line.line.action == action) {
        const auto count = static_cast<double>(line.line.count);
        sum.all += count;
        sum.weight += line.line.tensor == Tensor::weight ? count : 0.0;
      }
    }
    return sum;
  }

  // What reads the store that a bound is about; nothing if it is about something else.
  [[nodiscard]] static std::optional<Action> read_from(const Bound& b) {
    return b.resource == "hbm"          ? std::optional(Action::hbm_read)
           : b.resource == "far_sram"   ? std::optional(Action::far_sram_read)
           : b.resource == "scratchpad" ? std::optional(Action::scratchpad_read)
                                        : std::nullopt;
  }

  // Time of a resource at twice the batch: what moves weights stays, what else it does doubles.
  [[nodiscard]] double at_twice_the_batch(const Bound& b) const {
    const double now = seconds_of(b);
    if (const std::optional<Action> read = read_from(b)) {
      return now * (2.0 - traffic(*read).weight_share());
    }
    if (b.resource == "matrix_unit") {  // Bound by loads until the products take longer.
      const double products = r_.matrix_unit_utilisation * r_.seconds();
      return std::max(now * (2.0 - traffic(Action::weight_shift_bit).weight_share()),
                      2.0 * products);
    }
    return b.resource == "latency" ? now : 2.0 * now;
  }

  void larger_batch() {
    const double elapsed = elapsed_with([this](const Bound& b) { return at_twice_the_batch(b); });
    const double weights =
        energy([](const LedgerLine& l) { return l.tensor == Tensor::weight && !is_mac(l.action); });
    // Of two steps now, one at twice the batch: weights move once, static power runs `elapsed`.
    const double saved = (weights + 2.0 * r_.bill.static_j - static_with(elapsed)) / 2.0;
    add(fmt::format("batch {}", 2 * r_.run->workload.batch), saved,
        fmt::format("estimate: weights shared by twice the tokens, step {:.2f}x as long",
                    elapsed / r_.seconds()));
  }

  [[nodiscard]] double narrower_line(const BillLine& line, DataType type) const {
    const LedgerLine& l = line.line;
    if (l.tensor != Tensor::weight) {
      return line.energy_j;
    }
    const WorkloadConfig& work = r_.run->workload;
    const Multiplier before = multiplier_for(work.weights, work.activations);
    const Multiplier after = multiplier_for(type, work.activations);
    const double storage = static_cast<double>(bits(type)) / bits(work.weights);
    if (is_mac(l.action)) {
      const PriceList prices = price_list(model_, r_.chip);
      const auto pj = [&](Multiplier m) {
        return prices.pj[static_cast<std::size_t>(mac_action(m))].value_or(0.0);
      };
      return pj(before) > 0.0 ? line.energy_j * pj(after) / pj(before) : line.energy_j;
    }
    if (l.action == Action::weight_shift_bit) {
      return line.energy_j * operand_bits(after) / operand_bits(before);
    }
    if (l.action == Action::dequantise) {
      return needs_dequantisation(type, after) ? line.energy_j : 0.0;
    }
    const bool is_by_element =
        l.action == Action::far_sram_element || l.action == Action::hbm_element;
    return is_by_element ? line.energy_j : line.energy_j * storage;
  }

  void narrower_weights(DataType type) {
    const WorkloadConfig& work = r_.run->workload;
    const Multiplier after = multiplier_for(type, work.activations);
    if (bits(type) >= bits(work.weights) || r_.chip.matrix_unit.rate(after) == 0) {
      return;
    }
    const double ratio = static_cast<double>(bits(type)) / bits(work.weights);
    const auto time_of = [&](const Bound& b) {
      const std::optional<Action> read = read_from(b);
      const double share = read ? traffic(*read).weight_share() : 0.0;
      return seconds_of(b) * (1.0 - share * (1.0 - ratio));
    };
    const double elapsed = elapsed_with(time_of);
    double after_j = static_with(elapsed);
    for (const BillLine& line : r_.bill.lines) {
      after_j += is_static(line.line.action) ? 0.0 : narrower_line(line, type);
    }
    add(fmt::format("{} weights", name(type)), r_.bill.total_j.nominal - after_j,
        fmt::format("estimate: {:.2g}x the weight bytes, step {:.2f}x as long", ratio,
                    elapsed / r_.seconds()));
  }

  const Result& r_;
  EnergyModel model_;
  std::vector<Advice> out_;
};

}  // namespace

std::vector<Advice> advise(const Result& result, const EnergyModel& model) {
  return Adviser(result, model).advise();
}

}  // namespace systole
