// SPDX-License-Identifier: Apache-2.0
#include "report/sweep_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "report/format.hpp"
#include "report/sweep_labels.hpp"

namespace systole {
namespace {

constexpr std::size_t kWidth = 120;
constexpr std::size_t kLongestLabel = 24;

// Cells of text under two lines of heads. Columns are as wide as their widest cell.
struct Column {
  std::string group;  // Over neighbours that share it.
  std::string head;
  bool is_text = false;  // Left-aligned.
  std::vector<std::string> cells{};

  [[nodiscard]] std::size_t width() const {
    std::size_t out = head.size();
    for (const std::string& text : cells) {
      out = std::max(out, text.size());
    }
    return out;
  }
};

using Table = std::vector<Column>;

std::size_t width(const Table& table) {
  std::size_t out = 0;
  for (const Column& column : table) {
    out += column.width() + 2;
  }
  return out;
}

std::string aligned(const Column& column, const std::string& text) {
  return column.is_text ? fmt::format("  {:<{}}", text, column.width())
                        : fmt::format("  {:>{}}", text, column.width());
}

std::string without_trailing_spaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

// "--- mJ per token ---" over the columns that it is about.
std::string group_line(const Table& table) {
  std::string out;
  for (std::size_t i = 0; i < table.size();) {
    std::size_t next = i;
    std::size_t span = 0;
    while (next < table.size() && table[next].group == table[i].group) {
      span += table[next++].width() + 2;
    }
    const std::string& group = table[i].group;
    out += "  " + (group.empty() ? std::string(span - 2, ' ')
                                 : fmt::format("{:-^{}}", " " + group + " ", span - 2));
    i = next;
  }
  return without_trailing_spaces(out);
}

// An empty line wherever the cell of column `block` changes.
std::string text(const Table& table, std::optional<std::size_t> block) {
  std::string out = group_line(table);
  std::string head;
  for (const Column& column : table) {
    head += aligned(column, column.head);
  }
  out += without_trailing_spaces(head);
  for (std::size_t row = 0; row < table[0].cells.size(); ++row) {
    if (block && row > 0 && table[*block].cells[row] != table[*block].cells[row - 1]) {
      out += "\n";
    }
    std::string line;
    for (const Column& column : table) {
      line += aligned(column, column.cells[row]);
    }
    out += without_trailing_spaces(line);
  }
  return out;
}

// One unit for all energies of a sweep, in which the smallest total is at least 1.
struct EnergyUnit {
  std::string_view name = "J";
  double factor = 1.0;
};

EnergyUnit energy_unit(const SweepEnd& end) {
  double least = HUGE_VAL;
  for (const SweepOutcome& outcome : end.outcomes) {
    least = outcome.row ? std::min(least, outcome.row->energy_j) : least;
  }
  for (const EnergyUnit unit :
       {EnergyUnit{"J", 1.0}, EnergyUnit{"mJ", 1e3}, EnergyUnit{"uJ", 1e6}}) {
    if (least * unit.factor >= 1.0) {
      return unit;
    }
  }
  return {"nJ", 1e9};
}

// The tail of what is still long.
std::string shortened(const std::string& whole) {
  const std::string value = short_value(whole);
  return value.size() <= kLongestLabel ? value
                                       : ".." + value.substr(value.size() - kLongestLabel + 2);
}

std::string whole_percent(double share) { return fmt::format("{:.0f}%", 100.0 * share); }

std::string status_text(const SweepOutcome& outcome) {
  std::string out(name(outcome.status));
  std::ranges::replace(out, '_', ' ');
  return out;
}

using Indices = std::vector<std::size_t>;  // Of points.

// The swept keys that differ between these points.
Table label_columns(const SweepConfig& sweep, const std::vector<SweepColumn>& columns,
                    const Indices& points) {
  Table out;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].is_variant() || columns[i].values.size() < 2) {
      continue;
    }
    Column column{.group = "", .head = columns[i].name, .is_text = true, .cells = {}};
    for (const std::size_t point : points) {
      column.cells.push_back(shortened(sweep.points[point].labels[i].value));
    }
    column.is_text = !std::ranges::all_of(column.cells, [](const std::string& cell) {
      return cell.find_first_not_of("0123456789.") == std::string::npos;
    });
    out.push_back(std::move(column));
  }
  return out;
}

// A column of numbers; "-" where a point is not done.
template <class Value>
Column numbers(std::string group, std::string head, const SweepEnd& end, const Indices& points,
               Value value) {
  Column column{.group = std::move(group), .head = std::move(head), .is_text = false, .cells = {}};
  for (const std::size_t point : points) {
    const SweepOutcome& outcome = end.outcomes[point];
    column.cells.push_back(outcome.row ? value(*outcome.row) : "-");
  }
  return column;
}

// What binds and how much of the time its bound explains; why not, where a point is not done.
Column binding(std::string group, const SweepEnd& end, const Indices& points) {
  Column column{.group = std::move(group), .head = "binds", .is_text = true, .cells = {}};
  for (const std::size_t point : points) {
    const SweepOutcome& outcome = end.outcomes[point];
    column.cells.push_back(
        outcome.row ? fmt::format("{} {}", outcome.row->binding,
                                  whole_percent(outcome.row->bound_time_s / outcome.row->time_s))
                    : status_text(outcome));
  }
  return column;
}

std::string per_user(const SweepRow& row) {
  return row.tokens_per_s_per_user ? three_digits(*row.tokens_per_s_per_user) : "-";
}

Table energy_columns(const SweepEnd& end, const Indices& points, const EnergyUnit& unit) {
  const std::string group = fmt::format("{} per output token", unit.name);
  const auto joules = [&](std::string head, auto value) {
    return numbers(group, std::move(head), end, points, [&unit, value](const SweepRow& row) {
      return three_digits(value(row) * unit.factor);
    });
  };
  const auto of = [](Purpose purpose) {
    return [purpose](const SweepRow& row) { return row.purpose_j(purpose); };
  };
  const auto other = [](const SweepRow& row) {
    return row.purpose_j(Purpose::activations) + row.purpose_j(Purpose::vector_unit) +
           row.purpose_j(Purpose::instructions);
  };
  return {joules("total", [](const SweepRow& row) { return row.energy_j; }),
          joules("weights", of(Purpose::weights)),
          joules("KV", of(Purpose::kv_cache)),
          joules("MACs", of(Purpose::products)),
          joules("other", other),
          joules("links", of(Purpose::links)),
          joules("static", of(Purpose::fixed))};
}

Table whole_table(const SweepConfig& sweep, const std::vector<SweepColumn>& columns,
                  const SweepEnd& end, const Indices& points, const EnergyUnit& unit) {
  Table out = label_columns(sweep, columns, points);
  std::ranges::move(energy_columns(end, points, unit), std::back_inserter(out));
  out.push_back(numbers("", "w/dyn", end, points, [](const SweepRow& row) {
    return whole_percent(row.weights_share_of_dynamic());
  }));
  out.push_back(numbers("", "ms/step", end, points,
                        [](const SweepRow& row) { return three_digits(row.step_s * 1e3); }));
  out.push_back(numbers("", "tok/s/user", end, points, per_user));
  out.push_back(numbers("", "W/chip", end, points,
                        [](const SweepRow& row) { return three_digits(row.power_w_per_chip); }));
  out.push_back(binding("", end, points));
  while (width(out) > kWidth && out.size() > 2) {  // Many swept keys: what binds stays to the last.
    out.erase(out.end() - 2);
  }
  return out;
}

// Points of one variant, in order; all points where there are no variants.
std::vector<Indices> by_variant(const SweepConfig& sweep, const SweepColumn* variants) {
  std::vector<Indices> out(variants == nullptr ? 1 : variants->values.size());
  for (std::size_t i = 0; i < sweep.points.size(); ++i) {
    std::size_t variant = 0;
    if (variants != nullptr) {
      const auto& values = variants->values;
      variant = static_cast<std::size_t>(
          std::ranges::find(values, sweep.points[i].labels[0].value) - values.begin());
    }
    out[variant].push_back(i);
  }
  return out;
}

std::string side_by_side(const SweepConfig& sweep, const std::vector<SweepColumn>& columns,
                         const SweepEnd& end, const std::vector<Indices>& variants,
                         const EnergyUnit& unit) {
  Table out = label_columns(sweep, columns, variants[0]);
  const std::optional<std::size_t> block =
      out.size() > 1 ? std::optional<std::size_t>(0) : std::nullopt;
  for (const Indices& points : variants) {
    const std::string group = shortened(sweep.points[points[0]].labels[0].value);
    out.push_back(
        numbers(group, fmt::format("{}/token", unit.name), end, points,
                [&](const SweepRow& row) { return three_digits(row.energy_j * unit.factor); }));
    out.push_back(numbers(group, "ms/step", end, points,
                          [](const SweepRow& row) { return three_digits(row.step_s * 1e3); }));
    out.push_back(binding(group, end, points));
  }
  return width(out) > kWidth ? "" : "\nside by side\n" + text(out, block);
}

// A fact that all rows share, or nothing.
template <class Value>
std::string common(const SweepEnd& end, Value value) {
  std::string out;
  for (const SweepOutcome& outcome : end.outcomes) {
    if (!outcome.row) {
      continue;
    }
    const std::string text = value(*outcome.row);
    if (!out.empty() && out != text) {
      return "";
    }
    out = text;
  }
  return out;
}

// What all points have in common.
std::string heading(const SweepConfig& sweep, const std::vector<SweepColumn>& columns,
                    const SweepEnd& end) {
  std::string out = fmt::format("{} points", sweep.points.size());
  const auto add = [&](const std::string& fact) { out += fact.empty() ? "" : ", " + fact; };
  add(common(end, [](const SweepRow& row) { return row.model + " " + row.phase; }));
  add(common(end, [](const SweepRow& row) { return fmt::format("{} x {}", row.chip, row.chips); }));
  add(common(end, [](const SweepRow& row) { return "energy model " + row.energy_model; }));
  add(common(end, [](const SweepRow& row) { return "fidelity " + row.fidelity; }));
  for (const SweepColumn& column : columns) {
    add(column.values.size() == 1 ? column.name + " " + column.values[0] : "");
  }
  return paragraph(sweep.name + ": ", out, sweep.name.size() + 2, kWidth);
}

constexpr std::string_view kLegend =
    "weights, KV: moving them; other: activations, vector unit and instructions; w/dyn: weights in "
    "all that is not static; binds: the resource with the largest lower bound, and that bound in "
    "the time";

}  // namespace

std::string three_digits(double value) {
  if (value < 1e-6) {
    return "0";
  }
  const std::string rounded = fmt::format("{:.2e}", value);  // 9.999 has the exponent of 10.0.
  const int exponent = std::stoi(rounded.substr(rounded.find('e') + 1));
  return fmt::format("{:.{}f}", value, std::max(0, 2 - exponent));
}

std::string sweep_table(const SweepConfig& sweep, const SweepEnd& end) {
  const std::vector<SweepColumn> columns = sweep_columns(sweep);
  const bool has_variants = !columns.empty() && columns[0].is_variant();
  const std::vector<Indices> variants = by_variant(sweep, has_variants ? &columns[0] : nullptr);
  const EnergyUnit unit = energy_unit(end);

  std::string out = heading(sweep, columns, end);
  for (const Indices& points : variants) {
    const Table table = whole_table(sweep, columns, end, points, unit);
    const auto labels = std::ranges::count_if(columns, [](const SweepColumn& column) {
      return !column.is_variant() && column.values.size() > 1;
    });
    out += has_variants ? fmt::format("\n{}\n", sweep.points[points[0]].labels[0].value) : "\n";
    out += text(table, labels > 1 ? std::optional<std::size_t>(0) : std::nullopt);
  }
  if (variants.size() > 1) {
    out += side_by_side(sweep, columns, end, variants, unit);
  }
  return out + "\n" + paragraph("", kLegend, 0, kWidth);
}

}  // namespace systole
