// SPDX-License-Identifier: Apache-2.0
#include "config/range.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace systole {
namespace {

using Mistakes = std::vector<Diagnostic>;

constexpr std::uint64_t kMostValues = 10'000;  // Of one range.

bool has_values_on_a_line(const Row& row) {
  return row.type == Type::integer || row.type == Type::number || row.type == Type::quantity;
}

// A number without the noise of the last bits, so that 0.1 + 0.2 is written 0.3.
double rounded(double value) {
  if (value == 0.0) {
    return 0.0;
  }
  const double scale = std::pow(10.0, 11 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

class Range {
 public:
  Range(const Row& row, const Node& node, Mistakes& mistakes)
      : row_(row), node_(node), mistakes_(mistakes) {}

  std::vector<std::string> values() {
    const std::size_t before = mistakes_.size();
    if (!has_values_on_a_line(row_)) {
      wrong(node_.at, fmt::format("'{}' has no range: write its values as a list", row_.key));
      return {};
    }
    for (const Entry& entry : node_.entries) {
      if (std::ranges::find(kKeys, entry.key) == kKeys.end()) {
        wrong(entry.at, fmt::format("unknown key '{}' in a range", shown(entry.key)));
      }
    }
    const std::optional<double> from = end("from");
    const std::optional<double> to = end("to");
    const std::string scale = scale_word();
    if (mistakes_.size() > before) {
      return {};
    }
    if (!(*from < *to)) {
      wrong(node_.at, fmt::format("'from' of '{}' must lie below 'to'", row_.key));
      return {};
    }
    std::vector<double> numbers =
        scale == "powers_of_two" ? doubled(*from, *to) : spread(*from, *to, scale == "log");
    std::vector<std::string> out;
    for (double& number : numbers) {
      number = row_.type == Type::integer ? std::round(number) : rounded(number);
      std::string text = print_number(number) + (unit_.empty() ? "" : " " + unit_);
      if (out.empty() || out.back() != text) {  // Whole numbers may fall together.
        out.push_back(std::move(text));
      }
    }
    return mistakes_.size() > before ? std::vector<std::string>{} : out;
  }

 private:
  static constexpr std::array<std::string_view, 5> kKeys{"from", "to", "step", "points", "scale"};

  void wrong(const Span& at, std::string message) {
    mistakes_.push_back(
        diagnose(at, std::move(message),
                 "a range is {from: A, to: B} with points: N or step: S, and scale: linear, log or "
                 "powers_of_two"));
  }

  // In the unit that `from` is written in.
  std::optional<double> end(const char* key) {
    const Entry* entry = node_.find(key);
    if (entry == nullptr) {
      wrong(node_.at, fmt::format("a range of '{}' needs '{}'", row_.key, key));
      return std::nullopt;
    }
    return number(*entry);
  }

  std::optional<double> number(const Entry& entry) {
    const std::optional<Content> content = read_value(row_, *entry.value, mistakes_);
    if (!content) {
      return std::nullopt;
    }
    if (const auto* whole = std::get_if<std::uint64_t>(&*content)) {
      return static_cast<double>(*whole);
    }
    if (row_.dimension == Dimension::none) {
      return std::get<double>(*content);
    }
    if (unit_.empty()) {
      unit_ = split_unit(entry.value->text).unit;
      one_ = parse_quantity("1 " + unit_, row_.dimension).value;
    }
    return rounded(std::get<double>(*content) / one_);
  }

  std::string scale_word() {
    const Entry* entry = node_.find("scale");
    if (entry == nullptr) {
      return "linear";
    }
    const Row row{.key = "scale",
                  .type = Type::choice,
                  .choices = {"linear", "log", "powers_of_two"},
                  .example = "log"};
    const std::optional<Content> content = read_value(row, *entry->value, mistakes_);
    return content ? std::get<std::string>(*content) : "";
  }

  std::vector<double> doubled(double from, double to) {
    if (node_.find("step") != nullptr || node_.find("points") != nullptr || from <= 0) {
      wrong(node_.at, fmt::format("powers of two of '{}' start above 0, and need no 'step' and no "
                                  "'points'",
                                  row_.key));
      return {};
    }
    std::vector<double> out;
    for (double at = from; at <= to; at *= 2) {
      out.push_back(at);
    }
    return out;
  }

  std::vector<double> spread(double from, double to, bool is_log) {
    const Entry* step = node_.find("step");
    const Entry* points = node_.find("points");
    if ((step == nullptr) == (points == nullptr) || (is_log && step != nullptr) ||
        (is_log && from <= 0)) {
      wrong(node_.at,
            is_log ? fmt::format("a log range of '{}' starts above 0 and needs 'points'", row_.key)
                   : fmt::format("a range of '{}' needs either 'points' or 'step'", row_.key));
      return {};
    }
    return step != nullptr ? stepped(from, to, *step) : pointed(from, to, *points, is_log);
  }

  std::vector<double> stepped(double from, double to, const Entry& entry) {
    const std::optional<double> step = number(entry);
    if (!step || !(*step > 0) || (to - from) / *step > static_cast<double>(kMostValues)) {
      if (step) {
        wrong(entry.value->at, fmt::format("a step of '{}' is above 0 and gives at most {} values",
                                           row_.key, kMostValues));
      }
      return {};
    }
    std::vector<double> out;
    const auto steps = static_cast<std::uint64_t>(std::floor((to - from) / *step * (1 + 1e-12)));
    for (std::uint64_t i = 0; i <= steps; ++i) {
      out.push_back(from + static_cast<double>(i) * *step);
    }
    return out;
  }

  std::vector<double> pointed(double from, double to, const Entry& entry, bool is_log) {
    const Row row{.key = "points",
                  .type = Type::integer,
                  .least = "2",
                  .most = std::to_string(kMostValues),
                  .example = "5"};
    const std::optional<Content> content = read_value(row, *entry.value, mistakes_);
    if (!content) {
      return {};
    }
    const auto points = std::get<std::uint64_t>(*content);
    std::vector<double> out;
    for (std::uint64_t i = 0; i < points; ++i) {
      const double part = static_cast<double>(i) / static_cast<double>(points - 1);
      out.push_back(is_log ? from * std::pow(to / from, part) : from + part * (to - from));
    }
    return out;
  }

  const Row& row_;
  const Node& node_;
  Mistakes& mistakes_;
  std::string unit_{};
  double one_ = 1;  // Of that unit, in base units.
};

}  // namespace

std::vector<std::string> range_values(const Row& row, const Node& node,
                                      std::vector<Diagnostic>& mistakes) {
  return Range(row, node, mistakes).values();
}

}  // namespace systole
