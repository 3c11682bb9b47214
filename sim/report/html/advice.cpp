// SPDX-License-Identifier: Apache-2.0
#include "report/html/advice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/read.hpp"
#include "report/format.hpp"
#include "report/html/facts.hpp"
#include "report/html/palette.hpp"
#include "report/sweep_table.hpp"
#include "study/advice.hpp"

namespace systole::html {
namespace {

// As much of a result as advise() reads.
Result result_of(const Json& document) {
  Result out{};
  out.elapsed = to_femtoseconds(Seconds{document.at("time_s").get<double>()});
  out.bill.total_j.nominal = document.at("energy_j").at("nominal").get<double>();
  out.bill.static_j = document.at("energy_static_j").get<double>();
  for (const LedgerEntry& entry : ledger_of(document)) {
    out.bill.lines.push_back({.line = entry.line,
                              .operation = "",
                              .pj_each = entry.pj_each,
                              .energy_j = entry.energy_j});
  }
  for (const auto& [resource, seconds] : document.at("bounds").items()) {
    out.bounds.push_back(
        {.resource = resource, .time = to_femtoseconds(Seconds{seconds.get<double>()})});
  }
  out.matrix_unit_utilisation = document.at("utilisation").at("matrix_unit").get<double>();
  out.chip = chip_from_canonical(document.at("chip"), "chip of the result");
  const auto activity = [&](Tensor held) {
    const Json& one = document.at("activity").at(std::string(name(held)));
    out.activities[static_cast<std::size_t>(held)] = {.mac = one.at("mac").get<double>(),
                                                      .shift = one.at("shift").get<double>()};
  };
  if (document.contains("activity")) {
    activity(Tensor::weight);
    activity(Tensor::kv);
  }
  const Json& point = document.at("point");
  if (point.contains("batch")) {
    const auto type = [&](const char* key) {
      return data_type(point.at(key).get<std::string>()).value();
    };
    RunFacts facts{};
    facts.workload.phase = point.at("phase") == "decode" ? Phase::decode : Phase::prefill;
    facts.workload.batch = point.at("batch").get<std::uint64_t>();
    facts.workload.weights = type("weights");
    facts.workload.activations = type("activations");
    out.run = facts;
  }
  return out;
}

std::vector<Advice> half_of_components(const Json& document) {
  std::array<double, kComponents> dynamic{};
  double total = 0;
  double time = 0;
  for (const LedgerEntry& entry : ledger_of(document)) {
    total += entry.energy_j;
    if (is_static(entry.line.action)) {
      time += entry.energy_j;
    } else {
      dynamic[static_cast<std::size_t>(entry.line.component)] += entry.energy_j;
    }
  }
  std::vector<Advice> out;
  const auto add = [&](const std::string& change, double saved) {
    if (saved > 0.0005 * total) {
      out.push_back({.change = change, .saving = saved / total, .how = "re-priced"});
    }
  };
  add("half the static power", time / 2);
  for (std::size_t i = 0; i < kComponents; ++i) {
    add(fmt::format("half the energy of {}", words_for(static_cast<Component>(i))), dynamic[i] / 2);
  }
  std::ranges::stable_sort(out, std::greater{}, &Advice::saving);
  return out;
}

std::string times(double factor) { return three_digits(factor) + "x"; }

// "0.43 J/token at 14.7 ms a token".
std::string numbers_of(const ReportData& data, const SweepRow& row) {
  return fmt::format("{} at {}{}", si(row.energy_j, energy_unit(data)), si(row.step_s, "s"),
                     row.tokens_per_s_per_user ? " a token" : "");
}

Recommendation run_at_the_knee(const ReportData& data) {
  const SweepRow& knee = *data.detail().row;
  const std::size_t fastest = data.front.points.back();
  const SweepRow& fast = *data.points[fastest].row;
  std::string effect = numbers_of(data, knee);
  if (fastest == data.shown) {
    effect += ": no point is faster, and none beats it in both energy and time";
  } else {
    effect += fmt::format(": {} less energy than the fastest point ({}) for {} its time",
                          times(fast.energy_j / knee.energy_j), words_for(data.points[fastest]),
                          times(knee.step_s / fast.step_s));
  }
  return {.change = "Run at " + words_for(data.detail()),
          .effect = effect,
          .saving = 1.0 - knee.energy_j / fast.energy_j,
          .point = data.shown};
}

std::string change_of_time(double factor) {
  return factor > 1.005   ? fmt::format("{} the time", times(factor))
         : factor < 0.995 ? fmt::format("{} faster", times(1.0 / factor))
                          : "in the same time";
}

// From the point shown, the best value of each key alone.
std::vector<Recommendation> neighbours(const ReportData& data) {
  const SweepRow& now = *data.detail().row;
  std::vector<Recommendation> out;
  for (const Column& column : columns_of(data)) {
    std::optional<std::size_t> best;
    std::string value;
    for (const std::string& other : column.values) {
      const auto point = with_value(data, data.detail(), column.key, other);
      if (point &&
          (!best || data.points[*point].row->energy_j < data.points[*best].row->energy_j)) {
        best = point;
        value = other;
      }
    }
    if (!best || data.points[*best].row->energy_j > 0.995 * now.energy_j) {
      continue;
    }
    const SweepRow& then = *data.points[*best].row;
    out.push_back({.change = fmt::format("From there, {}", shown_value({column.key, value})),
                   .effect = fmt::format("{}, {}", numbers_of(data, then),
                                         change_of_time(then.step_s / now.step_s)),
                   .saving = 1.0 - then.energy_j / now.energy_j,
                   .point = best});
  }
  std::ranges::stable_sort(out, std::greater{}, &Recommendation::saving);
  return out;
}

// As `run` says it, but with the name of the resource.
std::string in_words(const std::string& change) {
  constexpr std::string_view kFaster = "twice the speed of ";
  return change.starts_with(kFaster)
             ? std::string(kFaster) + resource_name(std::string_view(change).substr(kFaster.size()))
             : change;
}

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text;
}

}  // namespace

std::vector<Advice> advice_for(const Json& document, const std::optional<EnergyModel>& prices) {
  if (document.is_null()) {
    return {};
  }
  return prices ? advise(result_of(document), *prices) : half_of_components(document);
}

std::vector<Recommendation> recommendations(const ReportData& data, std::size_t most) {
  std::vector<Recommendation> out;
  if (data.is_sweep()) {
    out.push_back(run_at_the_knee(data));
    std::ranges::move(neighbours(data), std::back_inserter(out));
    if (out.size() > most / 2 + 1) {
      out.resize(most / 2 + 1);
    }
  }
  for (const Advice& advice : data.advice) {
    if (out.size() == most || advice.saving < (out.size() < 3 ? 0.005 : 0.03)) {
      break;
    }
    // What a batch would do is in the sweep itself, if it has one.
    const bool is_known = data.is_sweep() && (advice.change.starts_with("batch") ||
                                              advice.change.ends_with("weights"));
    if (!is_known) {
      out.push_back({.change = capital(in_words(advice.change)),
                     .effect = advice.how,
                     .saving = advice.saving,
                     .point = {}});
    }
  }
  return out;
}

std::vector<KeyEffect> key_effects(const ReportData& data) {
  std::vector<KeyEffect> out;
  for (const Column& column : columns_of(data)) {
    KeyEffect effect{.key = column.key,
                     .name = column.name,
                     .least_j = 0,
                     .most_j = 0,
                     .least_value = {},
                     .most_value = {}};
    std::size_t count = 0;
    for (const std::string& value : column.values) {
      const auto point = with_value(data, data.detail(), column.key, value);
      if (!point) {
        continue;
      }
      const double energy = data.points[*point].row->energy_j;
      const std::string words = shown_value({column.key, value});
      if (count == 0 || energy < effect.least_j) {
        effect.least_j = energy;
        effect.least_value = words;
      }
      if (count == 0 || energy > effect.most_j) {
        effect.most_j = energy;
        effect.most_value = words;
      }
      ++count;
    }
    if (count > 1) {
      out.push_back(effect);
    }
  }
  std::ranges::stable_sort(out, std::greater{},
                           [](const KeyEffect& e) { return e.most_j / e.least_j; });
  return out;
}

}  // namespace systole::html
