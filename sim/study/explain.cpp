// SPDX-License-Identifier: Apache-2.0
#include "study/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "config/settings.hpp"
#include "study/point.hpp"
#include "study/worker_pool.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

// Number formats from wide to narrow, as far as each halves the bits or nearly so.
constexpr std::array<std::string_view, 4> kFormats{"bf16", "int8", "int4", "ternary"};

// What decides how p5 and p95 are drawn, not the machine.
bool is_beside_the_point(std::string_view key) {
  return key.starts_with("uncertainty.") || key.starts_with("values.");
}

// The canonical value of a setting; null if the result has none.
const Json* value_of(const Json& result, const Setting& setting) {
  const Json* node = nullptr;
  switch (setting.kind) {
    case FileKind::chip: node = &result.at("chip"); break;
    case FileKind::memory:
      if (!result.at("chip").contains("hbm")) {
        return nullptr;
      }
      node = &result.at("chip").at("hbm").at("memory");
      break;
    default: node = &result.at("config").at(std::string(name(setting.kind))); break;
  }
  std::string_view key = setting.row->key;
  while (!key.empty()) {
    const std::string leaf(key.substr(0, key.find('.')));
    key.remove_prefix(std::min(key.size(), leaf.size() + 1));
    if (!node->is_object() || !node->contains(leaf)) {
      return nullptr;
    }
    node = &node->at(leaf);
  }
  return node;
}

std::string with_unit(double value, Dimension dimension) {
  return dimension == Dimension::none ? print_number(value) : print_quantity(value, dimension);
}

// A price in its canonical form has its number inside.
std::optional<double> number_of(const Json& value) {
  if (value.is_number()) {
    return value.get<double>();
  }
  if (value.is_object() && value.contains("value") && value["value"].is_number()) {
    return value["value"].get<double>();
  }
  return std::nullopt;
}

std::optional<WhatIf> of_format(const Setting& setting, const Json& value) {
  if (setting.row->key != "workload.weights" && setting.row->key != "workload.kv_cache") {
    return std::nullopt;
  }
  const std::string now = value.get<std::string>();
  const auto place = std::ranges::find(kFormats, now);
  if (place == kFormats.end()) {
    return std::nullopt;
  }
  WhatIf out{.key = setting.key(), .before = now, .is_price = false, .halved = {}, .doubled = {}};
  const std::vector<std::string>& choices = setting.row->choices;
  const auto takes = [&](const auto* format) {
    return std::ranges::find(choices, *format) != choices.end() ? std::string(*format) : "";
  };
  if (place + 1 != kFormats.end()) {
    out.halved.value = takes(place + 1);
  }
  if (place != kFormats.begin()) {
    out.doubled.value = takes(place - 1);
  }
  return out;
}

std::optional<WhatIf> of_number(const Setting& setting, const Json& value) {
  const std::optional<double> now = number_of(value);
  if (!now || *now == 0.0) {
    return std::nullopt;
  }
  WhatIf out{.key = setting.key(),
             .before = {},
             .is_price = setting.kind == FileKind::energy_model,
             .halved = {},
             .doubled = {}};
  const Row& row = *setting.row;
  if (row.type == Type::integer) {
    const auto whole = static_cast<std::uint64_t>(*now);
    out.before = std::to_string(whole);
    out.halved.value = whole % 2 == 0 ? std::to_string(whole / 2) : "";
    out.doubled.value = std::to_string(whole * 2);
  } else if (row.type == Type::number || row.type == Type::quantity || row.type == Type::measured) {
    out.before = with_unit(*now, row.dimension);
    out.halved.value = with_unit(*now / 2, row.dimension);
    out.doubled.value = with_unit(*now * 2, row.dimension);
  } else {
    return std::nullopt;
  }
  return out;
}

std::vector<WhatIf> questions(const Json& result) {
  std::vector<WhatIf> out;
  for (const Setting& setting : settings()) {
    const Json* value = value_of(result, setting);
    if (value == nullptr || is_beside_the_point(setting.row->key)) {
      continue;
    }
    std::optional<WhatIf> question = value->is_string() && setting.kind == FileKind::run
                                         ? of_format(setting, *value)
                                         : of_number(setting, *value);
    if (question) {
      out.push_back(*std::move(question));
    }
  }
  return out;
}

struct Answer {
  double energy;
  double time;
  std::string binding;
};

// Over output tokens, so that results of other batches compare.
Answer answer_of(const Json& document) {
  const auto tokens = document.at("output_tokens").get<double>();
  const Json& rate = document.at("tokens_per_s_per_user");
  return {.energy = document.at("energy_j").at("nominal").get<double>() / tokens,
          .time = rate.is_null() ? document.at("time_s").get<double>() : 1 / rate.get<double>(),
          .binding = document.at("bound").at("binding").get<std::string>()};
}

Answer answer_of(const Result& result) {
  const auto tokens = static_cast<double>(result.output_tokens.value());
  const auto steps = static_cast<double>(result.tokens_per_user.value_or(1));
  return {.energy = result.bill.total_j.nominal / tokens,
          .time = result.seconds() / steps,
          .binding = result.binding().resource};
}

Answer ask(const Json& result, const std::string& key, const std::string& value, bool is_price) {
  const std::vector<Override> change{{.key = key, .value = value}};
  return is_price ? answer_of(price_with(result, change)) : answer_of(run_again(result, change));
}

// The first line of a message, without what stands before it.
std::string short_reason(const std::string& message) {
  const std::string line = message.substr(0, message.find('\n'));
  return line.starts_with("error: ") ? line.substr(7) : line;
}

}  // namespace

double WhatIf::strength() const {
  double most = 1;
  for (const Change* change : {&halved, &doubled}) {
    if (change->effect) {
      for (const double ratio : {change->effect->energy, change->effect->time}) {
        most = std::max({most, ratio, 1 / ratio});
      }
    }
  }
  return most;
}

std::vector<WhatIf> what_if(const nlohmann::ordered_json& result, std::size_t workers) {
  if (!result.is_object() || result.value("command", Json()) != "run") {
    fail("only results of 'systole run' can be explained");
  }
  std::vector<WhatIf> out = questions(result);
  std::vector<std::pair<WhatIf*, Change*>> jobs;
  for (WhatIf& question : out) {
    for (Change* change : {&question.halved, &question.doubled}) {
      if (!change->value.empty()) {
        jobs.emplace_back(&question, change);
      }
    }
  }
  const Answer before = answer_of(result);
  const auto job = [&](std::size_t index) {
    const auto& [question, change] = jobs[index];
    const Answer answer = ask(result, question->key, change->value, question->is_price);
    return Json{answer.energy, answer.time, answer.binding}.dump();
  };
  const auto done = [&](std::size_t index, const JobEnd& end) {
    Change& change = *jobs[index].second;
    if (end.kind != JobEnd::Kind::done) {
      change.why_not = short_reason(end.text);
      return;
    }
    const Json answer = Json::parse(end.text);
    change.effect = Effect{.energy = answer[0].get<double>() / before.energy,
                           .time = answer[1].get<double>() / before.time,
                           .binding = answer[2].get<std::string>()};
  };
  if (!run_jobs(jobs.size(), workers, job, done)) {
    return {};
  }
  std::ranges::stable_sort(out, std::ranges::greater{}, &WhatIf::strength);
  return out;
}

}  // namespace systole
