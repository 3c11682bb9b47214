// SPDX-License-Identifier: Apache-2.0
#include "report/console.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "report/format.hpp"
#include "study/purpose.hpp"

namespace systole {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kIndent = 14;  // Where the facts of a line begin.
constexpr std::size_t kDrivers = 3;
constexpr std::size_t kAdvice = 5;

// By Purpose.
constexpr std::array<std::string_view, kPurposes> kPurposeLabels{
    "weights moved", "KV cache moved", "multiply-adds", "activations moved",
    "vector unit",   "instructions",   "links",         "static"};

std::string fact(std::string_view name, std::string_view text) {
  return paragraph(fmt::format("  {}", name), text, kIndent, kWidth);
}

std::string pod_text(const Result& result) {
  if (result.chips == 1) {
    return fmt::format("{} x 1", result.chip.name);
  }
  std::vector<std::uint32_t> lengths;
  std::size_t rings = 0;
  std::size_t lines = 0;
  for (const Axis& axis : result.axes) {
    lengths.push_back(axis.length);
    if (axis.length > 1) {
      (axis.wraps ? rings : lines) += 1;
    }
  }
  const char* kind = lines == 0 ? "torus" : rings == 0 ? "mesh" : "mesh, some axes wrap";
  return fmt::format("{} x {} ({} {})", result.chip.name, result.chips, fmt::join(lengths, "x"),
                     kind);
}

std::string layout_name(const ShardingConfig& sharding) {
  return sharding.x_axes.empty()
             ? std::string(name(sharding.layout))
             : fmt::format("{} x [{}]", name(sharding.layout), fmt::join(sharding.x_axes, ", "));
}

// The usual layout is not worth a word; one that was chosen says against which.
std::string layout_text(const RunFacts& run) {
  if (run.layouts.empty()) {
    return run.sharding.layout == Layout::one_d ? "" : ", layout " + layout_name(run.sharding);
  }
  std::vector<std::string> considered;
  for (const ScoredLayout& layout : run.layouts) {
    considered.push_back(layout_name(layout.sharding) + " " +
                         (layout.score ? si(*layout.score, "s") : "does not fit"));
  }
  return fmt::format(", layout {}, chosen by the bounds of each: {}", layout_name(run.sharding),
                     fmt::join(considered, "; "));
}

std::string workload_text(const RunFacts& run) {
  const WorkloadConfig& work = run.workload;
  const std::string what =
      work.phase == Phase::decode
          ? fmt::format("decode, batch {}, context {}, {} step{}", work.batch, work.context,
                        work.steps, work.steps == 1 ? "" : "s")
          : fmt::format("prefill, batch {}, prompt {}, causal {}", work.batch, work.prompt,
                        work.causal == Causal::half ? "half" : "full");
  return paragraph(
             "",
             fmt::format("{}: {} weights, {} activations, {} KV cache; tensor {} x data {}{}",
                         run.model, name(work.weights), name(work.activations), name(work.kv_cache),
                         run.sharding.tensor, run.sharding.data, layout_text(run)),
             0, kWidth) +
         what + "\n";
}

std::string gemm_text(const GemmFacts& gemm, const ChipConfig& chip) {
  const MatrixUnitConfig& unit = chip.matrix_unit;
  const char* dataflow = unit.dataflow == Dataflow::weight_stationary   ? "weight stationary"
                         : unit.dataflow == Dataflow::output_stationary ? "output stationary"
                                                                        : "input stationary";
  return paragraph("",
                   fmt::format("gemm M {} N {} K {}: {} weights, {} activations, operands in {}",
                               gemm.m, gemm.n, gemm.k, name(gemm.weights), name(gemm.activations),
                               gemm.hbm ? "memory" : "an SRAM without limit"),
                   0, kWidth) +
         fmt::format("one {}x{} array, {}, {}\n", unit.rows, unit.columns, dataflow,
                     unit.preload == Preload::serial ? "serial" : "double-buffered");
}

std::string collective_text(const CollectiveFacts& collective) {
  return fmt::format("{} of {} bytes over all chips\n", name(collective.kind),
                     collective.bytes.count());
}

// What was run, in the words of its command.
std::string subject(const Result& result) {
  if (result.run) {
    return workload_text(*result.run);
  }
  return result.collective ? collective_text(*result.collective)
                           : gemm_text(result.gemm.value(), result.chip);
}

std::string heading(const Result& result) {
  const std::string folding = result.chips == 1 ? ""
                              : result.folded
                                  ? ", folded onto one chip"
                                  : fmt::format(", not folded: {} ({} chips simulated)",
                                                result.unfolded_because, result.simulated_chips);
  return paragraph("", fmt::format("{}; fidelity {}{}", pod_text(result), result.fidelity, folding),
                   0, kWidth) +
         subject(result);
}

// The unit in which energy is told, and how many of them the result holds.
struct Share {
  std::string of;  // " per output token"; empty for the whole.
  double parts;
};

Share share_of(const Result& result) {
  if (result.output_tokens) {
    return {" per output token", static_cast<double>(*result.output_tokens)};
  }
  return {"", 1.0};
}

std::string energy(const Result& result) {
  const Share share = share_of(result);
  const Spread& total = result.bill.total_j;
  const auto joules = [&](double whole) { return si(whole / share.parts, "J"); };
  std::string out =
      fmt::format("  energy{}  {}   ({} .. {}, 5% .. 95% by the ranges of {})\n", share.of,
                  joules(total.nominal), joules(total.p5), joules(total.p95), result.energy_model);
  const std::array<double, kPurposes> sums = by_purpose(result.bill);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    order.push_back(i);
  }
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return sums[a] > sums[b]; });
  for (const std::size_t i : order) {
    if (sums[i] != 0.0) {
      const double part = sums[i] / total.nominal;
      const std::string row = fmt::format("    {:<19}{:>9}  {:>6}  {}", kPurposeLabels[i],
                                          joules(sums[i]), percent(part), bar(part, 40));
      out += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
    }
  }
  return out;
}

// Components that the chip has and the bill charges nothing for, with the reason.
std::string without_energy(const Result& result) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < kComponents; ++i) {
    const auto component = static_cast<Component>(i);
    const bool is_absent = (component == Component::far_sram && !result.chip.far_sram) ||
                           (component == Component::hbm && !result.chip.hbm) ||
                           (component == Component::ici && !result.chip.ici);
    std::uint64_t count = 0;
    double sum = 0.0;
    for (const BillLine& line : result.bill.lines) {
      if (line.line.component == component) {
        count += line.line.count;
        sum += line.energy_j;
      }
    }
    if (!is_absent && sum == 0.0) {
      parts.push_back(fmt::format("{} ({})", name(component),
                                  count == 0
                                      ? "count 0: nothing used it"
                                      : fmt::format("structural zero in {}", result.energy_model)));
    }
  }
  return parts.empty() ? "" : fact("no energy", fmt::format("{}", fmt::join(parts, ", ")));
}

std::string speed(const Result& result) {
  const double seconds = result.seconds();
  std::vector<std::string> parts;
  const auto rate = [&](std::uint64_t tokens, const char* unit) {
    parts.push_back(si_of(static_cast<double>(tokens) / seconds, unit));
  };
  if (seconds > 0.0 && result.tokens_per_user) {
    rate(*result.tokens_per_user, "tokens/s/user");
  }
  if (seconds > 0.0 && result.output_tokens) {
    rate(*result.output_tokens, "tokens/s");
  }
  if (seconds > 0.0 && result.run && result.run->workload.phase == Phase::prefill) {
    rate(result.run->workload.batch * result.run->workload.prompt, "prompt tokens/s");
  }
  const std::uint64_t steps = result.tokens_per_user.value_or(1);
  parts.push_back(fmt::format("{}{}", steps > 1 || result.tokens_per_user ? "step " : "",
                              si(seconds / static_cast<double>(steps), "s")));
  parts.push_back(fmt::format("{} cycles in all", result.cycles.count()));
  return fact("speed", fmt::format("{}", fmt::join(parts, ", ")));
}

std::string bound(const Result& result) {
  const Bound& binding = result.binding();
  const double share =
      result.seconds() > 0.0 ? to_seconds(binding.time).count() / result.seconds() : 0.0;
  std::string text = fmt::format(
      "{}, whose bound is {} of the elapsed time; utilisation: matrix unit {}, "
      "vector unit {}",
      binding.resource, percent(share), percent(result.matrix_unit_utilisation),
      percent(result.vector_unit_utilisation));
  if (result.has_slots()) {
    text += ", scratchpad " + percent(result.scratchpad_utilisation);
  }
  if (result.chip.hbm) {
    text += ", hbm " + percent(result.hbm_utilisation);
  }
  if (result.has_links()) {
    text += ", links " + percent(result.ici_utilisation);
  }
  return fact("bound by", text);
}

// A collective beside the largest of its bounds, and what its links did.
std::string collective_time(const Result& result) {
  const Bound& binding = result.binding();
  const double bound_s = to_seconds(binding.time).count();
  std::string out =
      fact("time", fmt::format("{}, {} cycles", si(result.seconds(), "s"), result.cycles.count())) +
      fact("bound",
           fmt::format("{} by {}, of links of {} one way", si(bound_s, "s"),
                       binding.resource == "ici" ? "the bytes that cross links" : "start and hops",
                       si(result.chip.ici.value().bandwidth.count(), "B/s"))) +
      fact("ratio", fmt::format("{:.3f}", result.seconds() / bound_s));
  for (const LinkLoad& load : result.links) {
    const std::string share = load.least == load.most
                                  ? percent(load.mean)
                                  : fmt::format("{} .. {}, mean {}", percent(load.least),
                                                percent(load.most), percent(load.mean));
    out += fact(fmt::format("axis {} {}", load.axis, load.up ? "up" : "down"),
                fmt::format("busy {} of the time ({} links)", share, load.links));
  }
  return out + fact("moved", fmt::format("{} bytes x links", result.ici_bytes));
}

std::string power(const Result& result) {
  if (result.seconds() == 0.0) {
    return "";
  }
  const double watts =
      result.bill.total_j.nominal / result.seconds() / static_cast<double>(result.chips);
  const PowerLimits& limits = result.power_limits;
  const PowerProfile profile =
      power_profile(result.windows, result.bill, result.chips, result.seconds());
  std::string text = fmt::format("{} per chip ({})", si(watts, "W"), result.boundary);
  if (!result.windows.lines.empty()) {
    text +=
        fmt::format(", {} in the hottest {}", si(profile.peak(), "W"), si(profile.window_s, "s"));
  }
  text += fmt::format("; with all units busy {}", si(limits.all_busy, "W"));
  if (limits.workloads && watts > *limits.workloads) {
    text += fmt::format("; warning: above the {} that real workloads were published to burn",
                        si(*limits.workloads, "W"));
  }
  return fact("power", text);
}

// What numbers the operands hold, and what that does to products and shifts.
std::string data(const Result& result) {
  if (!result.run || result.run->values == OperandValues{}) {
    return fact("data", "random");
  }
  const OperandValues& values = result.run->values;
  const auto words = [](const ValuesConfig& config) {
    return config.distribution == Distribution::sparse
               ? fmt::format("sparse, {} zeros", percent(config.zeros))
               : std::string(name(config.distribution));
  };
  const auto switching = [&](Tensor held) {
    const Activity& activity = result.activities[static_cast<std::size_t>(held)];
    return fmt::format("{} in products, {} in shifts", percent(activity.mac),
                       percent(activity.shift));
  };
  return fact("data",
              fmt::format("weights {}, activations {}, KV cache {}; registers switch, "
                          "against random data: weights {}; KV cache {}",
                          words(values.weights), words(values.activations), words(values.kv_cache),
                          switching(Tensor::weight), switching(Tensor::kv)));
}

std::string trust(const Result& result) {
  const Share share = share_of(result);
  std::vector<std::string> parts;
  for (const Driver& driver : result.bill.drivers) {
    if (parts.size() < kDrivers) {
      const auto [least, most] = std::minmax(driver.low_j, driver.high_j);
      parts.push_back(fmt::format("{} ({} .. {})", driver.key, si(least / share.parts, "J"),
                                  si(most / share.parts, "J")));
    }
  }
  std::string text =
      fmt::format("{} of the energy rests on assumed numbers", percent(result.bill.assumed_share));
  if (!parts.empty()) {
    text += fmt::format("; what moves the total most: {}", fmt::join(parts, ", "));
  }
  return fact("trust", text);
}

std::string next(const Result& result) {
  if (result.next.empty()) {
    return "";
  }
  std::string out = "\n  next:\n";
  for (std::size_t i = 0; i < std::min(kAdvice, result.next.size()); ++i) {
    const Advice& advice = result.next[i];
    out += paragraph(fmt::format("    {:<36}saves {:>6}", advice.change, percent(advice.saving)),
                     advice.how, 54, kWidth);
  }
  return out;
}

}  // namespace

std::string console(const Result& result) {
  if (result.collective) {
    return heading(result) + "\n" + collective_time(result) + "\n" + energy(result) +
           power(result) + trust(result);
  }
  return heading(result) + "\n" + energy(result) + speed(result) + bound(result) + power(result) +
         data(result) + trust(result) + without_energy(result) + next(result);
}

}  // namespace systole
