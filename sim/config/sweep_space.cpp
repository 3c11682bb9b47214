// SPDX-License-Identifier: Apache-2.0
#include "config/sweep_space.hpp"

#include <algorithm>
#include <map>

#include "config/settings.hpp"

namespace systole {
namespace {

using Mistakes = std::vector<Diagnostic>;

SweepAxis variants(const Document& document) {
  SweepAxis out;
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

SweepAxis zipped(const Document& document, const std::string& section) {
  SweepAxis out;
  for (const std::string& key : document.names(section)) {
    const std::vector<std::string> values = document.texts(join(section, key));
    out.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      add(out[i], key, values[i]);
    }
  }
  return out;
}

SweepAxis listed(const Document& document, const std::string& key) {
  SweepAxis out;
  for (const std::string& value : document.texts("grid." + key)) {
    add(out.emplace_back(), key, value);
  }
  return out;
}

// In the order in which they vary, the last one fastest.
std::vector<SweepAxis> axes_of(const Document& document) {
  std::vector<SweepAxis> out;
  if (SweepAxis all = variants(document); !all.empty()) {
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

// How many keys have a value here that the exclusion names.
std::size_t met(const SweepExclusion& exclusion, const SweepPoint& point) {
  return static_cast<std::size_t>(std::ranges::count_if(exclusion, [&](const KeyValues& named) {
    const std::string* own = value_of(point, named.key);
    return own != nullptr && std::ranges::any_of(named.values, [&](const std::string& value) {
             return is_same(named.key, *own, value);
           });
  }));
}

std::vector<SweepExclusion> exclusions_of(const Document& document) {
  std::vector<SweepExclusion> out;
  for (const std::string& number : document.names("exclude")) {
    SweepExclusion& exclusion = out.emplace_back();
    const std::string section = join("exclude", number);
    for (const std::string& key : document.names(section)) {
      exclusion.push_back({.key = key, .values = document.texts(join(section, key))});
    }
  }
  return out;
}

// An exclusion that meets no point is a mistake: what it should leave out would be run. A key
// varies on one axis, so a point is met if the most that each axis can meet are all keys.
void check_exclusions(const Document& document, const SweepSpace& space, Mistakes& mistakes) {
  for (std::size_t i = 0; i < space.exclusions.size(); ++i) {
    std::size_t keys = 0;
    for (const SweepAxis& axis : space.axes) {
      std::size_t most = 0;
      for (const SweepPoint& value : axis) {
        most = std::max(most, met(space.exclusions[i], value));
      }
      keys += most;
    }
    if (keys < space.exclusions[i].size()) {
      mistakes.push_back(document.mistake(join("exclude", document.names("exclude")[i]),
                                          "this leaves out no point of the sweep"));
    }
  }
}

}  // namespace

double SweepSpace::size() const {
  double points = 1;
  for (const SweepAxis& axis : axes) {
    points *= static_cast<double>(axis.size());
  }
  return points;
}

SweepPoint SweepSpace::at(const std::vector<std::size_t>& place) const {
  SweepPoint out;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const SweepPoint& value = axes[i][place[i]];
    std::ranges::copy(value.overrides, std::back_inserter(out.overrides));
    std::ranges::copy(value.labels, std::back_inserter(out.labels));
  }
  return out;
}

bool SweepSpace::leaves_out(const SweepPoint& point) const {
  return std::ranges::any_of(exclusions, [&](const SweepExclusion& exclusion) {
    return met(exclusion, point) == exclusion.size();
  });
}

SweepSpace sweep_space(const Document& document) {
  SweepSpace out{.name = document.text("name"),
                 .base = document.path("base"),
                 .axes = axes_of(document),
                 .exclusions = exclusions_of(document)};
  if (document.has("teaches")) {
    out.teaches = document.text("teaches");
  }
  if (document.has("jobs")) {
    out.jobs = static_cast<std::uint32_t>(document.integer("jobs"));
  }
  Mistakes mistakes;
  check_overlap(document, mistakes);
  check_exclusions(document, out, mistakes);
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
  return out;
}

SweepSpace read_sweep_space(const std::string& file) {
  return sweep_space(load(FileKind::sweep, file));
}

}  // namespace systole
