// SPDX-License-Identifier: Apache-2.0
#include "study/baseline.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/number.hpp"
#include "study/json_reader.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kExact = 1e-9;  // Relative: of what is called equal of joules and seconds.
constexpr std::array<const char*, kMetrics> kKeys{"energy_per_output_token_j", "time_s",
                                                  "tokens_per_s", "power_w_per_chip"};

// "hbm layer.qkv weight hbm_read: 4096 x 31.2 pJ"
std::string text_of(const LedgerEntry& entry) {
  return fmt::format("{}: {} x {} pJ", entry.label(), entry.count, print_number(entry.pj_each));
}

// The text before and behind the last `separator`; false if there is none.
bool cut_last(std::string_view& text, std::string_view separator, std::string_view& behind) {
  const std::size_t at = text.rfind(separator);
  if (at == std::string_view::npos) {
    return false;
  }
  behind = text.substr(at + separator.size());
  text = text.substr(0, at);
  return true;
}

template <class T>
bool read_number(std::string_view text, T& out) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), out);
  return result.ec == std::errc{} && result.ptr == text.data() + text.size();
}

// An operation may hold spaces; the other three words do not.
std::optional<LedgerEntry> entry_of(std::string_view text) {
  std::string_view number;
  std::string_view price;
  std::string_view action;
  std::string_view tensor;
  LedgerEntry out;
  if (!text.ends_with(" pJ") || !cut_last(text, ": ", number) || !cut_last(number, " x ", price) ||
      !cut_last(text, " ", action) || !cut_last(text, " ", tensor)) {
    return std::nullopt;
  }
  price.remove_suffix(3);
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos || !read_number(number, out.count) ||
      !read_number(price, out.pj_each) || !(out.pj_each >= 0.0) || std::isinf(out.pj_each)) {
    return std::nullopt;
  }
  out.component = text.substr(0, space);
  out.operation = text.substr(space + 1);
  out.tensor = tensor;
  out.action = action;
  return out;
}

Json point_json(const RecordedPoint& point) {
  const Snapshot& shot = point.snapshot;
  Json metrics = Json::object();
  for (std::size_t i = 0; i < kMetrics; ++i) {
    metrics[kKeys.at(i)] = shot.metrics.at(i).value();
  }
  Json ledger = Json::array();
  for (const LedgerEntry& entry : shot.ledger) {
    ledger.push_back(text_of(entry));
  }
  return {{"name", point.name},
          {"energy_model", {{"name", shot.energy_model}, {"hash", shot.energy_model_hash}}},
          {"output_tokens", shot.output_tokens.value()},
          {"metrics", std::move(metrics)},
          {"ledger", std::move(ledger)}};
}

// The record holds no sum: the energy of the run is that of its lines.
Snapshot snapshot_of(const JsonReader& in) {
  Snapshot out{.energy_model = in["energy_model"]["name"].text(),
               .energy_model_hash = in["energy_model"]["hash"].text(),
               .output_tokens = in["output_tokens"].count()};
  for (std::size_t i = 0; i < kMetrics; ++i) {
    out.metrics.at(i) = in["metrics"][kKeys.at(i)].positive();
  }
  std::set<std::string> seen;
  for (const JsonReader& item : in["ledger"].items()) {
    std::optional<LedgerEntry> entry = entry_of(item.text());
    if (!entry) {
      item.wrong("a line such as 'hbm layer.qkv weight hbm_read: 4096 x 31.2 pJ'");
    }
    if (!seen.insert(entry->label()).second) {
      item.wrong("another line than those before");
    }
    out.ledger.push_back(std::move(*entry));
  }
  out.energy_j = energy_of(out.ledger);
  const double per_token = out.energy_j / static_cast<double>(*out.output_tokens);
  const double recorded = *out.metric(Metric::energy_per_output_token);
  if (*out.output_tokens == 0 ||
      std::abs(per_token - recorded) > kExact * std::max(per_token, recorded)) {
    fail(
        "the record is damaged: the ledger of '{}' adds up to {} J per output token, and its "
        "metric says {} J",
        in["name"].text(), per_token, recorded);
  }
  return out;
}

bool is_lower_better(Metric metric) { return metric != Metric::tokens_per_s; }

// `slack`: what rounding may do.
bool is_beyond(long double before, long double after, const Budget& budget, long double slack) {
  return (budget.up && after > before * (1.0L + *budget.up) + slack * before) ||
         (budget.down && after < before * (1.0L - *budget.down) - slack * before);
}

}  // namespace

const Snapshot* BaselineRecord::find(const std::string& name) const {
  const auto found = std::ranges::find(points, name, &RecordedPoint::name);
  return found == points.end() ? nullptr : &found->snapshot;
}

Json record_json(const std::string& baseline, const std::string& version,
                 const BaselineRecord& record) {
  Json points = Json::array();
  for (const RecordedPoint& point : record.points) {
    points.push_back(point_json(point));
  }
  return {{"schema", kBaselineSchema},
          {"systole", version},
          {"baseline", baseline},
          {"points", std::move(points)}};
}

BaselineRecord read_record(const Json& document) {
  const JsonReader in = reader_of(document, kBaselineSchema, "record");
  BaselineRecord out;
  for (const JsonReader& item : in["points"].items()) {
    std::string name = item["name"].text();
    if (out.find(name) != nullptr) {
      fail("the record is damaged: it has the point '{}' twice", name);
    }
    out.points.push_back({.name = std::move(name), .snapshot = snapshot_of(item)});
  }
  return out;
}

std::vector<Breach> breaches(const Snapshot& before, const Snapshot& after,
                             const Comparison& change, const Budgets& budgets) {
  std::vector<Breach> out;
  for (std::size_t i = 0; i < kMetrics; ++i) {
    const double b = before.metrics.at(i).value();
    const double a = after.metrics.at(i).value();
    if (is_beyond(b, a, budgets.metrics.at(i), kExact)) {
      const auto metric = static_cast<Metric>(i);
      out.push_back({.metric = metric,
                     .budget = budgets.metrics.at(i),
                     .before = b,
                     .after = a,
                     .is_better = is_lower_better(metric) == (a < b)});
    }
  }
  const auto lines =
      static_cast<std::size_t>(std::ranges::count_if(change.lines, [&](const LineChange& line) {
        return is_beyond(static_cast<long double>(line.before.count),
                         static_cast<long double>(line.after.count), budgets.counts, 0.0L);
      }));
  if (lines > 0) {
    out.push_back({.budget = budgets.counts, .lines = lines, .all_lines = change.lines.size()});
  }
  return out;
}

}  // namespace systole
