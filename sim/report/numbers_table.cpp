// SPDX-License-Identifier: Apache-2.0
#include "report/numbers_table.hpp"

#include <fmt/format.h>

#include "report/format.hpp"

namespace systole {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kLabel = 44;

// Three significant digits in the row's own unit, so that rows can be compared by eye; joules and
// watts get a prefix.
std::string in_unit(double value, const std::string& unit) {
  if (unit == "J" || unit == "W") {
    return si(value, unit);
  }
  const int decimals = value < 0.0995 ? 3 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {:<4}", value, decimals, unit);
}

std::string ratio_text(double ratio) {
  return ratio < 9.95 ? fmt::format("{:.2g}x", ratio) : fmt::format("{:.0f}x", ratio);
}

std::string row_text(const Number& row) {
  if (!row.value) {
    return paragraph(fmt::format("{:<{}}", row.label, kLabel), "n/a: " + row.how, kLabel + 5,
                     kWidth);
  }
  std::string line =
      fmt::format("{:<{}}{:>13}{:>9}", row.label, kLabel, in_unit(*row.value, row.unit),
                  row.ratio ? ratio_text(*row.ratio) : "");
  if (row.p5 && row.p95) {
    line += fmt::format("   {} .. {}", in_unit(*row.p5, row.unit), in_unit(*row.p95, row.unit));
  }
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

template <class T>
nlohmann::ordered_json or_null(const std::optional<T>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

}  // namespace

std::string numbers_table(const Numbers& numbers, bool sources) {
  std::string out = fmt::format("{} under {}; ratios to {}, ranges 5% .. 95%\n", numbers.chip,
                                numbers.energy_model, numbers.reference);
  for (const Number& row : numbers.rows) {
    out += row_text(row);
    if (sources && row.value) {
      out += paragraph("    ", row.how, 4, kWidth);
      for (const std::string& source : row.sources) {
        out += paragraph("    ", source, 6, kWidth);
      }
    }
  }
  return out;
}

nlohmann::ordered_json numbers_json(const Numbers& numbers) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const Number& row : numbers.rows) {
    rows.push_back({{"key", row.key},
                    {"label", row.label},
                    {"unit", row.unit},
                    {"value", or_null(row.value)},
                    {"p5", or_null(row.p5)},
                    {"p95", or_null(row.p95)},
                    {"ratio", or_null(row.ratio)},
                    {"how", row.how},
                    {"sources", row.sources}});
  }
  return {{"schema", "systole.numbers/1"},
          {"chip", numbers.chip},
          {"energy_model", numbers.energy_model},
          {"reference", numbers.reference},
          {"rows", std::move(rows)}};
}

}  // namespace systole
