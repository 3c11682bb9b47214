// SPDX-License-Identifier: Apache-2.0
#include "report/compare_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/check_text.hpp"
#include "report/format.hpp"

namespace systole {
namespace {

constexpr double kFolded = 1e-3;           // Of all that moved: smaller parts are "others".
constexpr std::size_t kInputs = 20;        // Lines of inputs, if not all.
constexpr std::size_t kLongestValue = 60;  // Of an input.

std::string value_text(const nlohmann::ordered_json& value, const std::string& unit) {
  if (value.is_null()) {
    return "-";
  }
  if (unit == "share" && value.is_number()) {
    return percent(value.get<double>());
  }
  if (!unit.empty() && value.is_number_float()) {
    // Nouns stand apart from a prefix: "8.62 k tokens/s".
    return unit.size() > 2 ? si_of(value.get<double>(), unit) : si(value.get<double>(), unit);
  }
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  return text.size() > kLongestValue ? text.substr(0, kLongestValue - 3) + "..." : text;
}

std::string change_text(const ValueChange& change) {
  if (change.before == change.after) {
    return "";
  }
  if (!change.before.is_number() || !change.after.is_number()) {
    return "differs";
  }
  return relative(change.before.get<double>(), change.after.get<double>());
}

std::string metrics_table(const std::vector<ValueChange>& metrics) {
  std::string out = fmt::format("  {:<26}{:>16}{:>16}  {}\n", "", "A", "B", "change");
  for (const ValueChange& metric : metrics) {
    std::string row =
        fmt::format("  {:<26}{:>16}{:>16}  {}", metric.key, value_text(metric.before, metric.unit),
                    value_text(metric.after, metric.unit), change_text(metric));
    out += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string parts_row(const Parts& parts) {
  return fmt::format("{:>10} {:>10} {:>10} {:>10} {:>10}", si(parts.before_j, "J"),
                     si(parts.after_j, "J"), signed_si(parts.after_j - parts.before_j, "J"),
                     signed_si(parts.activity_j, "J"), signed_si(parts.price_j, "J"));
}

std::string headings(const std::string& what) {
  return fmt::format("  {:<26}{:>10} {:>10} {:>10} {:>10} {:>10}\n", what, "A", "B", "change",
                     "activity", "price");
}

std::string others_text(std::size_t count) {
  return fmt::format("{} other{}", count, count == 1 ? "" : "s");
}

// Largest first; what moved less than kFolded of all is one row.
template <class Row, class Label>
std::string rows(std::vector<Row> all, const Comparison& change, bool show_all, Label label) {
  const double least = show_all ? 0.0 : kFolded * [&] {
    double sum = 0.0;
    for (const LineChange& line : change.lines) {
      sum += line.parts.moved_j();
    }
    return sum;
  }();
  std::ranges::stable_sort(
      all, [](const Row& a, const Row& b) { return a.parts.moved_j() > b.parts.moved_j(); });
  std::string out;
  Parts others;
  std::size_t folded = 0;
  for (const Row& row : all) {
    if (show_all || (row.parts.moved_j() > 0.0 && row.parts.moved_j() >= least)) {
      out += label(row);
    } else {
      ++folded;
      others.before_j += row.parts.before_j;
      others.after_j += row.parts.after_j;
      others.activity_j += row.parts.activity_j;
      others.price_j += row.parts.price_j;
    }
  }
  if (folded > 0) {
    out += fmt::format("  {:<26}{}\n", others_text(folded), parts_row(others));
  }
  return out;
}

std::string groups(const std::string& what, const std::vector<GroupChange>& all,
                   const Comparison& change, bool show_all) {
  return headings(what) + rows(all, change, show_all, [](const GroupChange& group) {
           return fmt::format("  {:<26}{}\n", group.name, parts_row(group.parts));
         });
}

// Ledger lines as parts, so that each stands beside its own reason.
std::string lines(const Comparison& change, bool show_all) {
  const std::vector<MovedPart> parts = moved_parts(change);
  double moved = 0.0;
  for (const MovedPart& part : parts) {
    moved += std::abs(part.joules);
  }
  const auto shown = static_cast<std::size_t>(std::ranges::count_if(parts, [&](const auto& part) {
    return show_all || (part.joules != 0.0 && std::abs(part.joules) >= kFolded * moved);
  }));
  std::string out = "  ledger lines: component operation tensor action\n";
  // Where nothing is charged for what moved, counts are all there is to show.
  for (const std::string& line : attribution(change, shown == 0 ? kInputs : shown)) {
    out += "    " + line + "\n";
  }
  return out;
}

std::string inputs_table(const std::vector<ValueChange>& inputs, bool show_all) {
  const std::size_t shown = show_all ? inputs.size() : std::min(kInputs, inputs.size());
  std::string out = "  inputs that differ\n";
  for (std::size_t i = 0; i < shown; ++i) {
    out += fmt::format("    {:<38} {} -> {}\n", inputs[i].key, value_text(inputs[i].before, ""),
                       value_text(inputs[i].after, ""));
  }
  if (shown < inputs.size()) {
    out += fmt::format("    {} others (--all)\n", inputs.size() - shown);
  }
  return out;
}

bool are_equal(const std::vector<ValueChange>& changes) {
  return std::ranges::all_of(changes, [](const auto& c) { return c.before == c.after; });
}

}  // namespace

bool Compared::is_identical() const {
  return energy.count_moved() == 0 && inputs.empty() && are_equal(metrics);
}

Compared compare_documents(const nlohmann::ordered_json& before,
                           const nlohmann::ordered_json& after) {
  return {.energy = compare(snapshot(before), snapshot(after)),
          .metrics = metric_changes(before, after),
          .inputs = input_changes(before, after)};
}

std::string compare_table(const Compared& compared, bool all) {
  const Comparison& change = compared.energy;
  const std::string what = fmt::format("{} ledger lines (counts and prices), {} metrics",
                                       change.lines.size(), compared.metrics.size());
  if (compared.is_identical()) {
    return fmt::format("identical: {} and all inputs are equal\n", what);
  }
  const bool same_energy = change.count_moved() == 0;
  if (same_energy && are_equal(compared.metrics)) {
    return fmt::format("identical: {}; only inputs differ\n\n", what) +
           inputs_table(compared.inputs, all);
  }
  const Parts& total = change.total;
  std::string out = fmt::format(
      "energy{} {} ({}) = activity {} + price {}\n\n", change.per_token ? " per output token" : "",
      from_to(total.before_j, total.after_j, "J"), relative(total.before_j, total.after_j),
      signed_si(total.activity_j, "J"), signed_si(total.price_j, "J"));
  out += metrics_table(compared.metrics);
  if (!same_energy) {
    const std::string per = change.per_token ? ", J/token" : ", J";
    out += "\n" + groups("component" + per, change.components, change, all) + "\n" +
           groups("operation" + per, change.operations, change, all) + "\n" + lines(change, all);
  } else {
    out +=
        fmt::format("\n  {} ledger lines: all counts and prices are equal\n", change.lines.size());
  }
  return out + "\n" +
         (compared.inputs.empty() ? "  all inputs are equal\n"
                                  : inputs_table(compared.inputs, all));
}

}  // namespace systole
