// SPDX-License-Identifier: Apache-2.0
#include "config/sweep.hpp"

#include <algorithm>
#include <map>

#include "config/settings.hpp"

namespace systole {
namespace {

constexpr std::uint64_t kMostPoints = 100'000;

using Mistakes = std::vector<Diagnostic>;

// One thing that varies: its values, each with the overrides and labels that it stands for.
using Axis = std::vector<SweepPoint>;

Axis variants(const Document& document) {
  Axis out;
  for (const std::string& name : document.names("variants")) {
    SweepPoint point{.overrides = {}, .labels = {{.key = "variant", .value = name}}};
    const std::string section = "variants." + name;
    for (const std::string& key : document.names(section)) {
      point.overrides.push_back(
          {.key = key, .value = document.text(fmt::format("{}.{}", section, key))});
    }
    out.push_back(std::move(point));
  }
  return out;
}

void add(SweepPoint& point, const std::string& key, const std::string& value) {
  point.overrides.push_back({.key = key, .value = value});
  point.labels.push_back({.key = key, .value = value});
}

Axis zipped(const Document& document, const std::string& section) {
  Axis out;
  for (const std::string& key : document.names(section)) {
    const std::vector<std::string> values = document.texts(join(section, key));
    out.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      add(out[i], key, values[i]);
    }
  }
  return out;
}

Axis listed(const Document& document, const std::string& key) {
  Axis out;
  for (const std::string& value : document.texts("grid." + key)) {
    add(out.emplace_back(), key, value);
  }
  return out;
}

// In the order in which they vary, the last one fastest.
std::vector<Axis> axes_of(const Document& document) {
  std::vector<Axis> out;
  if (Axis all = variants(document); !all.empty()) {
    out.push_back(std::move(all));
  }
  for (const std::string& section : document.names("zip")) {
    out.push_back(zipped(document, join("zip", section)));
  }
  for (const std::string& key : document.names("grid")) {
    out.push_back(listed(document, key));
  }
  return out;
}

// Where a key varies, in words: "the grid". Twice would depend on who comes last.
void check_overlap(const Document& document, Mistakes& mistakes) {
  std::map<std::string, std::string> seen;
  const auto vary = [&](const std::string& section, const std::string& key,
                        const std::string& where) {
    const auto [found, is_new] = seen.emplace(key, where);
    if (!is_new) {
      mistakes.push_back(
          document.mistake(join(section, key),
                           fmt::format("'{}' varies in {} and in {}", key, where, found->second)));
    }
  };
  std::map<std::string, std::string> varied;
  for (const std::string& variant : document.names("variants")) {
    for (const std::string& key : document.names("variants." + variant)) {
      varied.emplace(key, fmt::format("variant '{}'", variant));
    }
  }
  seen = varied;
  for (const std::string& section : document.names("zip")) {
    for (const std::string& key : document.names(join("zip", section))) {
      vary(join("zip", section), key, "a zip");
    }
  }
  for (const std::string& key : document.names("grid")) {
    vary("grid", key, "the grid");
  }
}

void check_size(const Document& document, const std::vector<Axis>& axes, Mistakes& mistakes) {
  std::uint64_t points = 1;
  for (const Axis& axis : axes) {
    points = std::min(points * axis.size(), kMostPoints + 1);
  }
  if (points > kMostPoints) {
    mistakes.push_back(
        document.mistake("grid", fmt::format("a sweep has at most {} points", kMostPoints)));
  }
}

std::vector<SweepPoint> combinations(const std::vector<Axis>& axes) {
  std::vector<SweepPoint> out(1);
  for (const Axis& axis : axes) {
    std::vector<SweepPoint> next;
    next.reserve(out.size() * axis.size());
    for (const SweepPoint& point : out) {
      for (const SweepPoint& value : axis) {
        SweepPoint& extended = next.emplace_back(point);
        std::ranges::copy(value.overrides, std::back_inserter(extended.overrides));
        std::ranges::copy(value.labels, std::back_inserter(extended.labels));
      }
    }
    out = std::move(next);
  }
  return out;
}

// "1 GHz" and "1000 MHz" are one value.
bool is_same(const std::string& key, const std::string& a, const std::string& b) {
  if (a == b || key == "variant") {
    return a == b;
  }
  const Dimension dimension = find_setting(key).value().row->dimension;
  const Parsed<double> left = parse_quantity(a, dimension);
  const Parsed<double> right = parse_quantity(b, dimension);
  return left.ok() && right.ok() && left.value == right.value;
}

// What a point has for a key: a variant's name, or what an override says.
const std::string* value_of(const SweepPoint& point, const std::string& key) {
  if (key == "variant") {
    const auto label = std::ranges::find(point.labels, key, &SweepLabel::key);
    return label == point.labels.end() ? nullptr : &label->value;
  }
  const auto set = std::ranges::find(point.overrides, key, &Override::key);
  return set == point.overrides.end() ? nullptr : &set->value;
}

bool is_excluded(const Document& document, const std::string& section, const SweepPoint& point) {
  return std::ranges::all_of(document.names(section), [&](const std::string& key) {
    const std::string* own = value_of(point, key);
    return own != nullptr &&
           std::ranges::any_of(document.texts(join(section, key)),
                               [&](const std::string& value) { return is_same(key, *own, value); });
  });
}

// An exception that meets no point is a mistake: what it should leave out would be run.
void exclude(const Document& document, SweepConfig& sweep) {
  Mistakes mistakes;
  const std::vector<SweepPoint> all = sweep.points;
  for (const std::string& number : document.names("exclude")) {
    const std::string section = join("exclude", number);
    const auto meets = [&](const SweepPoint& point) {
      return is_excluded(document, section, point);
    };
    if (std::ranges::none_of(all, meets)) {
      mistakes.push_back(document.mistake(section, "this leaves out no point of the sweep"));
    }
    std::erase_if(sweep.points, meets);
  }
  sweep.excluded = all.size() - sweep.points.size();
  if (sweep.points.empty()) {
    mistakes.push_back(document.mistake("exclude", "every point of the sweep is left out"));
  }
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
}

// The first and the last of `points`, and what lies evenly between them.
SweepCheck check_of(const Document& document, std::size_t points) {
  const auto count = static_cast<std::size_t>(document.integer("check.points"));
  if (count > points) {
    throw UserError({document.mistake(
        "check.points", fmt::format("the sweep has only {} points to check", points))});
  }
  SweepCheck check;
  for (std::size_t i = 0; i < count; ++i) {
    check.points.push_back(count == 1 ? 0 : i * (points - 1) / (count - 1));
  }
  if (document.has("check.fail_above")) {
    check.fail_above = document.number("check.fail_above");
  }
  return check;
}

}  // namespace

SweepConfig sweep_config(const Document& document) {
  const std::vector<Axis> axes = axes_of(document);
  Mistakes mistakes;
  check_overlap(document, mistakes);
  check_size(document, axes, mistakes);
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
  SweepConfig out{.name = document.text("name"),
                  .base = document.path("base"),
                  .jobs = {},
                  .points = combinations(axes),
                  .check = {}};
  if (document.has("teaches")) {
    out.teaches = document.text("teaches");
  }
  if (document.has("jobs")) {
    out.jobs = static_cast<std::uint32_t>(document.integer("jobs"));
  }
  exclude(document, out);
  out.in_all = out.points.size();
  for (std::size_t i = 0; i < out.points.size(); ++i) {
    out.points[i].number = i + 1;
  }
  if (document.has("check")) {
    out.check = check_of(document, out.points.size());
  }
  return out;
}

SweepConfig read_sweep(const std::string& file) {
  return sweep_config(load(FileKind::sweep, file));
}

}  // namespace systole
