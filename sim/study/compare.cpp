// SPDX-License-Identifier: Apache-2.0
#include "study/compare.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "base/error.hpp"
#include "study/json_reader.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

// What is still called equal to the change of the energy: double has 53 bits, and each part of each
// line is rounded to it once.
constexpr double kResidue = 1e-12;

// Long doubles hold a count and its price exactly, and their products nearly so.
struct Exact {
  long double before = 0;
  long double after = 0;
  long double activity = 0;
  long double price = 0;

  Exact& operator+=(const Exact& other) {
    before += other.before;
    after += other.after;
    activity += other.activity;
    price += other.price;
    return *this;
  }
  // The one rounding.
  [[nodiscard]] Parts rounded() const {
    return {.before_j = static_cast<double>(before),
            .after_j = static_cast<double>(after),
            .activity_j = static_cast<double>(activity),
            .price_j = static_cast<double>(price)};
  }
};

// Units of work.
struct Units {
  long double before = 1;
  long double after = 1;
};

// Equal units divide last, so that equal counts give an activity of exactly 0.
Exact exact_parts(const LedgerEntry& before, const LedgerEntry& after, const Units& units) {
  constexpr long double kJoules = 1e-12L;
  const auto n0 = static_cast<long double>(before.count);
  const auto n1 = static_cast<long double>(after.count);
  const auto p0 = static_cast<long double>(before.pj_each);
  const auto p1 = static_cast<long double>(after.pj_each);
  const long double more =
      units.before == units.after ? (n1 - n0) / units.before : n1 / units.after - n0 / units.before;
  return {.before = n0 * p0 / units.before * kJoules,
          .after = n1 * p1 / units.after * kJoules,
          .activity = more * p0 * kJoules,
          .price = n1 / units.after * (p1 - p0) * kJoules};
}

// The lines of both ledgers, matched by their keys.
std::vector<LineChange> matched(const Snapshot& before, const Snapshot& after) {
  std::vector<LineChange> out;
  std::map<std::string, const LedgerEntry*> later;
  for (const LedgerEntry& entry : after.ledger) {
    later[entry.label()] = &entry;
  }
  for (const LedgerEntry& entry : before.ledger) {
    const auto found = later.find(entry.label());
    LineChange line{.before = entry, .after = entry, .parts = {}};
    if (found == later.end()) {
      line.after.count = 0;
    } else {
      line.after = *found->second;
      later.erase(found);
    }
    out.push_back(std::move(line));
  }
  for (const LedgerEntry& entry : after.ledger) {
    if (later.contains(entry.label())) {
      LineChange line{.before = entry, .after = entry, .parts = {}};
      line.before.count = 0;
      out.push_back(std::move(line));
    }
  }
  return out;
}

// Sums by name, in the order in which names are met.
class Groups {
 public:
  void add(const std::string& name, const Exact& parts) {
    const auto found = std::ranges::find(names_, name);
    const auto index = static_cast<std::size_t>(found - names_.begin());
    if (found == names_.end()) {
      names_.push_back(name);
      sums_.emplace_back();
    }
    sums_[index] += parts;
  }
  [[nodiscard]] std::vector<GroupChange> rounded() const {
    std::vector<GroupChange> out;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      out.push_back({.name = names_[i], .parts = sums_[i].rounded()});
    }
    return out;
  }

 private:
  std::vector<std::string> names_;
  std::vector<Exact> sums_;
};

// Null where a key on the way is missing or nothing.
Json at(const Json& document, const std::string& path) {
  const Json::json_pointer pointer(path);
  return document.contains(pointer) ? document.at(pointer) : Json(nullptr);
}

using Leaves = std::vector<std::pair<std::string, Json>>;

// Every value that is no object under its dotted key.
void flatten(const Json& json, const std::string& key, Leaves& out) {
  if (!json.is_object()) {
    out.emplace_back(key, json);
    return;
  }
  for (const auto& [name, value] : json.items()) {
    flatten(value, key.empty() ? name : fmt::format("{}.{}", key, name), out);
  }
}

Leaves inputs_of(const Json& document, bool whole) {
  Leaves out;
  flatten(at(document, "/fidelity"), "fidelity", out);
  if (whole) {
    flatten(at(document, "/config"), "", out);
    return out;
  }
  flatten(at(document, "/point"), "", out);
  std::erase_if(out, [](const auto& leaf) { return leaf.first == "layouts"; });  // An outcome.
  flatten(at(document, "/chip"), "chip", out);
  flatten(at(document, "/stamp/energy_model"), "energy_model", out);
  return out;
}

}  // namespace

double Parts::moved_j() const { return std::abs(activity_j) + std::abs(price_j); }

std::size_t Comparison::count_moved() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(lines, [](const LineChange& line) { return line.has_moved(); }));
}

Comparison compare(const Snapshot& before, const Snapshot& after) {
  Comparison out{
      .per_token = before.output_tokens.value_or(0) > 0 && after.output_tokens.value_or(0) > 0,
      .total = {},
      .lines = matched(before, after),
      .components = {},
      .operations = {}};
  Units units;
  if (out.per_token) {
    units = {.before = static_cast<long double>(*before.output_tokens),
             .after = static_cast<long double>(*after.output_tokens)};
  }
  Exact total;
  Groups components;
  Groups operations;
  for (LineChange& line : out.lines) {
    const Exact parts = exact_parts(line.before, line.after, units);
    line.parts = parts.rounded();
    total += parts;
    components.add(line.before.component, parts);
    operations.add(line.before.operation, parts);
  }
  out.total = total.rounded();
  out.components = components.rounded();
  out.operations = operations.rounded();
  const auto e0 = static_cast<double>(static_cast<long double>(before.energy_j) / units.before);
  const auto e1 = static_cast<double>(static_cast<long double>(after.energy_j) / units.after);
  check(
      std::abs(out.total.activity_j + out.total.price_j - (e1 - e0)) <= kResidue * std::max(e0, e1),
      "activity {} J and price {} J are not the change from {} J to {} J", out.total.activity_j,
      out.total.price_j, e0, e1);
  return out;
}

std::vector<ValueChange> metric_changes(const Json& before, const Json& after) {
  struct Source {
    const char* key;
    const char* path;
    const char* unit;
  };
  static constexpr std::array kSources{
      Source{"time", "/time_s", "s"},
      Source{"cycles", "/cycles", "cycles"},
      Source{"output tokens", "/output_tokens", "tokens"},
      Source{"energy", "/energy_j/nominal", "J"},
      Source{"energy per output token", "/energy_per_output_token_j/nominal", "J"},
      Source{"tokens/s", "/tokens_per_s", "tokens/s"},
      Source{"tokens/s/user", "/tokens_per_s_per_user", "tokens/s"},
      Source{"power per chip", "/power_w_per_chip", "W"},
      Source{"bound", "/bound/time_s", "s"},
      Source{"bound by", "/bound/binding", ""},
      Source{"matrix unit", "/utilisation/matrix_unit", "share"},
      Source{"vector unit", "/utilisation/vector_unit", "share"},
      Source{"scratchpad", "/utilisation/scratchpad", "share"},
      Source{"hbm", "/utilisation/hbm", "share"},
      Source{"links", "/utilisation/ici", "share"}};
  std::vector<ValueChange> out;
  for (const Source& source : kSources) {
    ValueChange change{.key = source.key,
                       .unit = source.unit,
                       .before = at(before, source.path),
                       .after = at(after, source.path)};
    if (!change.before.is_null() || !change.after.is_null()) {
      out.push_back(std::move(change));
    }
  }
  return out;
}

std::vector<ValueChange> input_changes(const Json& before, const Json& after) {
  const bool whole = before.contains("config") && after.contains("config");
  const Leaves old_leaves = inputs_of(before, whole);
  Leaves new_leaves = inputs_of(after, whole);
  std::vector<ValueChange> out;
  for (const auto& [key, value] : old_leaves) {
    const auto found = std::ranges::find(new_leaves, key, &Leaves::value_type::first);
    const Json other = found == new_leaves.end() ? Json(nullptr) : found->second;
    if (found != new_leaves.end()) {
      new_leaves.erase(found);
    }
    if (other != value) {
      out.push_back({.key = key, .unit = {}, .before = value, .after = other});
    }
  }
  for (const auto& [key, value] : new_leaves) {
    out.push_back({.key = key, .unit = {}, .before = nullptr, .after = value});
  }
  return out;
}

}  // namespace systole
