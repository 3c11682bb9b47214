// SPDX-License-Identifier: Apache-2.0
#include "config/baseline.hpp"

#include <filesystem>

#include "base/error.hpp"

namespace systole {
namespace {

constexpr Budget kFree{.up = {}, .down = {}};

Budget budget_of(const Document& document, const std::string& point, std::string_view metric,
                 const Budget& fallback) {
  for (const std::string& section : {"points.[" + point + "].budgets", std::string("budgets")}) {
    const std::string key = fmt::format("{}.{}", section, metric);
    if (document.has(key)) {
      return document.budget(key);
    }
  }
  return fallback;
}

// Exact, but for what follows from energy and time: a budget of those would mean nothing.
Budget fallback(Metric metric) {
  return metric == Metric::energy_per_output_token || metric == Metric::time ? Budget{} : kFree;
}

Budgets budgets_of(const Document& document, const std::string& point) {
  Budgets out;
  for (std::size_t i = 0; i < kMetrics; ++i) {
    const auto metric = static_cast<Metric>(i);
    out.metrics.at(i) = budget_of(document, point, name(metric), fallback(metric));
  }
  out.counts = budget_of(document, point, "counts", {});
  return out;
}

}  // namespace

std::string_view name(Metric metric) {
  switch (metric) {
    case Metric::energy_per_output_token: return "energy_per_output_token";
    case Metric::time: return "time";
    case Metric::tokens_per_s: return "tokens_per_s";
    case Metric::power_w_per_chip: return "power_w_per_chip";
  }
  return "";
}

std::string BaselineConfig::record() const {
  return std::filesystem::path(file).replace_extension(".json").string();
}

BaselineConfig baseline_config(const Document& document) {
  BaselineConfig out{.name = document.text("name"), .file = {}, .points = {}};
  for (const std::string& point : document.names("points")) {
    const std::string section = "points.[" + point + "]";
    BaselinePoint& added =
        out.points.emplace_back(BaselinePoint{.name = point,
                                              .run = document.path(section + ".run"),
                                              .overrides = {},
                                              .budgets = budgets_of(document, point),
                                              .line = document.mistake(section, "").at.line});
    for (const std::string& key : document.names(section + ".set")) {
      added.overrides.push_back(
          {.key = key, .value = document.text(fmt::format("{}.set.{}", section, key))});
    }
  }
  return out;
}

BaselineConfig read_baseline(const std::string& file) {
  BaselineConfig out = baseline_config(load(FileKind::baseline, file));
  out.file = file;
  if (out.record() == file) {
    fail("'{}' is where the recorded values would stand; a baseline file ends in .yaml", file);
  }
  return out;
}

}  // namespace systole
