// SPDX-License-Identifier: Apache-2.0
#include "study/measurements.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/number.hpp"
#include "base/suggest.hpp"
#include "config/files.hpp"
#include "config/source.hpp"
#include "study/validation_runs.hpp"

namespace systole {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr std::size_t kMostMistakes = 20;
constexpr std::array kRoles{Role::fit, Role::check, Role::information};
// What may be fitted. Anything else comes from the model or from what is published.
const std::vector<std::string> kConstants{"kernel_start", "ici.collective_start", "ici.bandwidth",
                                          "clock"};

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> out;
  for (std::string word; stream >> word;) {
    out.push_back(word);
  }
  return out;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& words) {
  const auto near = suggest(word, words);
  return near ? fmt::format("; did you mean '{}'?", *near) : "";
}

// Rows of a file with a known header; collects mistakes.
class Table {
 public:
  Table(const std::string& file, std::vector<std::string> columns)
      : source_(file, read_text(file, kMostBytes)), columns_(std::move(columns)) {
    const auto header = source_.lines() > 0 ? csv_fields(source_.line(1)) : std::nullopt;
    if (header != columns_) {
      throw UserError(
          {diagnose({.source = &source_, .line = 1, .column = 1},
                    fmt::format("the first line must be {}", fmt::join(columns_, ",")))});
    }
  }

  // Calls `take` with each row that has all its fields; then throws if there were mistakes.
  template <class Take>
  void each(Take take) {
    for (line_ = 2; line_ <= source_.lines() && mistakes_.size() < kMostMistakes; ++line_) {
      const std::string_view text = source_.line(line_);
      if (text.find_first_not_of(" \t\r") == std::string_view::npos) {
        continue;
      }
      const auto fields = csv_fields(text);
      if (!fields) {
        mistake("a quote is not closed, or stands inside a field without quotes", "");
      } else if (fields->size() != columns_.size()) {
        mistake(fmt::format("{} fields, {} expected", fields->size(), columns_.size()), "");
      } else {
        take(*fields);
      }
    }
    if (!mistakes_.empty()) {
      throw UserError(std::move(mistakes_));
    }
  }

  // At the first place of `word` in the present line.
  void mistake(const std::string& message, const std::string& word) {
    const std::string_view text = source_.line(line_);
    const std::size_t found = word.empty() ? std::string_view::npos : text.find(word);
    const std::size_t bytes = found == std::string_view::npos ? 0 : found;
    const auto width = found == std::string_view::npos ? characters(text) : characters(word);
    mistakes_.push_back(
        diagnose({.source = &source_,
                  .line = line_,
                  .column = source_.column(line_, bytes),
                  .width = static_cast<std::uint32_t>(std::max<std::size_t>(1, width))},
                 message));
  }

 private:
  Source source_;
  std::vector<std::string> columns_;
  std::uint32_t line_ = 1;
  std::vector<Diagnostic> mistakes_;
};

std::optional<double> number(const std::string& text) {
  const Parsed<Decimal> decimal = take_apart(text);
  if (!decimal.ok()) {
    return std::nullopt;
  }
  const Parsed<double> value = to_double(decimal.value, 0);
  return value.ok() && value.value > 0.0 ? std::optional(value.value) : std::nullopt;
}

std::optional<Role> role(const std::string& text) {
  const auto* const found =
      std::ranges::find(kRoles, text, [](Role r) { return std::string(name(r)); });
  return found == kRoles.end() ? std::nullopt : std::optional(*found);
}

// "m=8 n=9" as the kind needs it.
std::map<std::string, std::string> parameters(Table& table, const RunKind& kind,
                                              const std::string& text) {
  std::map<std::string, std::string> out;
  for (const std::string& word : words(text)) {
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const bool known = std::ranges::find(kind.parameters, key) != kind.parameters.end() ||
                       (kind.can_be_part && key == "part");
    if (equals == std::string::npos || !known) {
      table.mistake(fmt::format("'{}' is no parameter of {}{}", word, kind.name,
                                did_you_mean(key, kind.parameters)),
                    word);
      continue;
    }
    const std::string value = word.substr(equals + 1);
    if (const auto why = kind.why_wrong(key, value)) {
      table.mistake(fmt::format("{} must be {}", key, *why), word);
    }
    out[key] = value;
  }
  for (const std::string& key : kind.parameters) {
    if (!out.contains(key)) {
      table.mistake(fmt::format("{} needs the parameter {}", kind.name, key), text);
    }
  }
  return out;
}

// Value, role and metric.
void check_fields(Table& table, const RunKind& kind, const std::vector<std::string>& f) {
  if (!number(f[6])) {
    table.mistake(fmt::format("'{}' is not a number above zero", shown(f[6])), f[6]);
  }
  if (!role(f[7])) {
    table.mistake(fmt::format("unknown role '{}' (fit, check or information)", shown(f[7])), f[7]);
  }
  if (!kind.has(f[4], f[5])) {
    table.mistake(fmt::format("{} has no metric '{}' in '{}' (there are {})", kind.name,
                              shown(f[4]), shown(f[5]), fmt::join(kind.metrics(), ", ")),
                  f[4]);
  }
}

}  // namespace

std::string_view name(Role role) {
  switch (role) {
    case Role::fit: return "fit";
    case Role::check: return "check";
    case Role::information: return "information";
  }
  return "";
}

std::vector<Measurement> read_measurements(const std::string& file) {
  Table table(file, {"id", "chip", "run", "parameters", "metric", "unit", "measured", "role",
                     "source", "note"});
  std::vector<Measurement> out;
  table.each([&](const std::vector<std::string>& f) {
    const RunKind* const kind = run_kind(f[2]);
    if (kind == nullptr) {
      table.mistake(fmt::format("unknown run '{}'{}", shown(f[2]), did_you_mean(f[2], run_kinds())),
                    f[2]);
      return;
    }
    const auto value = number(f[6]);
    check_fields(table, *kind, f);
    if (std::ranges::find(out, f[0], &Measurement::id) != out.end()) {
      table.mistake(fmt::format("a row '{}' exists already", shown(f[0])), f[0]);
    }
    out.push_back({.id = f[0],
                   .chip = f[1],
                   .run = f[2],
                   .parameters = parameters(table, *kind, f[3]),
                   .metric = f[4],
                   .unit = f[5],
                   .measured = value.value_or(1.0),
                   .role = role(f[7]).value_or(Role::information),
                   .source = f[8],
                   .note = f[9]});
  });
  return out;
}

std::vector<FittedConstant> read_constants(const std::string& file,
                                           const std::vector<Measurement>& measurements) {
  Table table(file, {"chip", "constant", "rows", "note"});
  std::vector<FittedConstant> out;
  table.each([&](const std::vector<std::string>& f) {
    if (std::ranges::find(kConstants, f[1]) == kConstants.end()) {
      table.mistake(
          fmt::format("'{}' may not be fitted (only {})", shown(f[1]), fmt::join(kConstants, ", ")),
          f[1]);
    }
    FittedConstant constant{.chip = f[0], .key = f[1], .rows = words(f[2]), .note = f[3]};
    for (const std::string& id : constant.rows) {
      const auto row = std::ranges::find(measurements, id, &Measurement::id);
      if (row == measurements.end() || row->chip != f[0] || row->role != Role::fit) {
        table.mistake(fmt::format("'{}' is no row of role fit of {}", shown(id), shown(f[0])), id);
      }
    }
    if (constant.rows.empty()) {
      table.mistake("a constant needs a row that it was fitted on", "");
    }
    out.push_back(std::move(constant));
  });
  return out;
}

}  // namespace systole
