// SPDX-License-Identifier: Apache-2.0
#include "report/explain_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/format.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLines = 12;
constexpr std::size_t kQuestions = 15;
constexpr double kWeak = 1.01;  // Changes of less than 1% are only counted.

struct Energy {
  double joules;  // Per output token.
  double time;    // Per output token of a user, or the whole.
  std::uint64_t tokens;
};

Energy energy_of(const Json& result) {
  const auto tokens = result.at("output_tokens").get<std::uint64_t>();
  const Json& rate = result.at("tokens_per_s_per_user");
  return {.joules = result.at("energy_j").at("nominal").get<double>() / static_cast<double>(tokens),
          .time = rate.is_null() ? result.at("time_s").get<double>() : 1 / rate.get<double>(),
          .tokens = tokens};
}

std::string text_at(const Json& line, const char* key) { return line.at(key).get<std::string>(); }

// The largest ledger lines, and what is left.
std::string top_lines(const Json& result, const Energy& energy) {
  std::vector<const Json*> lines;
  for (const Json& line : result.at("ledger")) {
    lines.push_back(&line);
  }
  const auto joules = [](const Json* line) { return line->at("energy_j").get<double>(); };
  std::ranges::stable_sort(lines, std::ranges::greater{}, joules);
  const double total = result.at("energy_j").at("nominal").get<double>();
  std::string out =
      "where it goes\n  share  J/token    component       operation                 tensor      "
      "action                 count x pJ\n";
  double shown = 0;
  for (std::size_t i = 0; i < std::min(kLines, lines.size()); ++i) {
    const Json& line = *lines[i];
    shown += joules(&line);
    out += fmt::format("  {:>5}  {:<9}  {:<14}  {:<24}  {:<10}  {:<16}  {} x {:.4g}\n",
                       percent(joules(&line) / total),
                       si(joules(&line) / static_cast<double>(energy.tokens), "J"),
                       text_at(line, "component"), text_at(line, "operation"),
                       text_at(line, "tensor"), text_at(line, "action"),
                       line.at("count").get<std::uint64_t>(), line.at("pj_each").get<double>());
  }
  if (lines.size() > kLines) {
    out += fmt::format("  {:>5}  {} other lines\n", percent((total - shown) / total),
                       lines.size() - kLines);
  }
  return out;
}

// Each resource's lower bound on the time, the binding one first.
std::string bounds(const Json& result) {
  std::vector<std::pair<std::string, double>> all;
  for (const auto& [resource, seconds] : result.at("bounds").items()) {
    all.emplace_back(resource, seconds.get<double>());
  }
  std::ranges::stable_sort(all, std::ranges::greater{}, &std::pair<std::string, double>::second);
  const auto time = result.at("time_s").get<double>();
  std::string out = "what binds: no machine of these parts is faster than each of these\n";
  for (const auto& [resource, seconds] : all) {
    if (seconds > 0) {
      out += fmt::format("  {:<16}{:>10}  {:>6} of the time  {}", resource, si(seconds, "s"),
                         percent(seconds / time), bar(seconds / time, 40));
      out = out.substr(0, out.find_last_not_of(' ') + 1) + "\n";
    }
  }
  return out;
}

std::string effect(const Change& change) {
  if (change.effect) {
    return fmt::format("{:>+6.1f}% {:>+7.1f}%", 100 * (change.effect->energy - 1),
                       100 * (change.effect->time - 1));
  }
  return fmt::format("{:^15}", change.value.empty() ? "-" : "not possible");
}

std::string changes(const Json& result, const std::vector<WhatIf>& questions) {
  std::string out =
      "what would change it: energy per token and time, one thing at a time\n"
      "                                        now               halved           doubled\n";
  std::size_t weak = 0;
  std::size_t shown = 0;
  for (const WhatIf& question : questions) {
    if (question.strength() < kWeak || shown == kQuestions) {
      weak += 1;
      continue;
    }
    shown += 1;
    out += fmt::format("  {:<38}{:<15} {}  {}\n", question.key, question.before,
                       effect(question.halved), effect(question.doubled));
  }
  out += weak > 0 ? fmt::format("  and {} more that matter less\n", weak) : "";
  for (const WhatIf& question : questions) {
    for (const Change* change : {&question.halved, &question.doubled}) {
      const std::string now = result.at("bound").at("binding").get<std::string>();
      if (change->effect && change->effect->binding != now) {
        out += fmt::format("  with {} {}, {} binds instead of {}\n", question.key, change->value,
                           change->effect->binding, now);
      }
    }
  }
  return out;
}

Json change_json(const Change& change) {
  if (change.value.empty()) {
    return nullptr;
  }
  Json out{{"value", change.value}};
  if (change.effect) {
    out["energy_ratio"] = change.effect->energy;
    out["time_ratio"] = change.effect->time;
    out["binding"] = change.effect->binding;
  } else {
    out["why_not"] = change.why_not;
  }
  return out;
}

}  // namespace

std::string explain_table(const Json& result, const std::vector<WhatIf>& questions) {
  const Energy energy = energy_of(result);
  const Json& point = result.at("point");
  const bool is_decode = text_at(point, "phase") == "decode";
  return fmt::format("{} {}, batch {}, on {} x {}: {} per output token, {} {}\n\n",
                     text_at(point, "model"), text_at(point, "phase"),
                     point.at("batch").get<std::uint64_t>(), text_at(point, "chip"),
                     result.at("chips").get<std::uint64_t>(), si(energy.joules, "J"),
                     si(energy.time, "s"), is_decode ? "a step" : "in all") +
         top_lines(result, energy) + "\n" + bounds(result) + "\n" + changes(result, questions);
}

nlohmann::ordered_json explain_json(const Json& result, const std::vector<WhatIf>& questions) {
  Json list = Json::array();
  for (const WhatIf& question : questions) {
    list.push_back({{"key", question.key},
                    {"now", question.before},
                    {"by", question.is_price ? "price" : "run"},
                    {"halved", change_json(question.halved)},
                    {"doubled", change_json(question.doubled)}});
  }
  return {{"schema", "systole.explain/1"},
          {"config_hash", result.at("config_hash")},
          {"what_if", std::move(list)}};
}

}  // namespace systole
