// SPDX-License-Identifier: Apache-2.0
#include "report/check_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/number.hpp"
#include "report/format.hpp"

namespace systole {
namespace {

constexpr std::size_t kParts = 8;       // Of a point that is not ok.
constexpr std::size_t kHashDigits = 8;  // Enough to tell two energy models apart.

// The side of a budget that was broken: "+0.5%".
std::string budget_text(const Breach& breach) {
  if (breach.budget.is_exact()) {
    return "budget exact";
  }
  const bool is_up = breach.after > breach.before;
  const double share = (is_up ? breach.budget.up : breach.budget.down).value_or(0.0);
  return fmt::format("budget {}{:g}%", is_up ? "+" : "-", 100.0 * share);
}

std::string counts_budget(const Budget& budget) {
  if (budget.is_exact()) {
    return "budget exact";
  }
  const auto side = [](const char* sign, const std::optional<double>& share) {
    return share ? fmt::format(" {}{:g}%", sign, 100.0 * *share) : "";
  };
  return "budget" + side("+", budget.up) + side("-", budget.down);
}

// "0.65 -> 0.75 pJ": six digits, or all where those do not tell the two apart.
std::string prices(double before, double after) {
  const std::string b = fmt::format("{:.6g}", before);
  const std::string a = fmt::format("{:.6g}", after);
  return a != b ? fmt::format("{} -> {} pJ", b, a)
                : fmt::format("{} -> {} pJ", print_number(before), print_number(after));
}

// A word for the shell.
std::string quoted(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=,:+@%";
  if (word.find_first_not_of(kPlain) == std::string::npos) {
    return word;
  }
  std::string out = "'";
  for (const char c : word) {
    out += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return out + "'";
}

}  // namespace

std::string from_to(double before, double after, const std::string& unit) {
  const auto text = [&](double value) {
    return unit.size() > 2 ? si_of(value, unit) : si(value, unit);
  };
  const std::string b = text(before);
  const std::string a = text(after);
  return a != b || before == after
             ? fmt::format("{} -> {}", b, a)
             : fmt::format("{0} {2} -> {1} {2}", print_number(before), print_number(after), unit);
}

std::string relative(double before, double after) {
  return before == after ? "0%"
         : before == 0.0 ? "new"
         : after == 0.0  ? "gone"
                         : signed_percent((after - before) / before);
}

std::string unit_of(Metric metric) {
  switch (metric) {
    case Metric::energy_per_output_token: return "J";
    case Metric::time: return "s";
    case Metric::tokens_per_s: return "tokens/s";
    case Metric::power_w_per_chip: return "W";
  }
  return "";
}

std::string breach_text(const Breach& breach) {
  if (!breach.metric) {
    return fmt::format("counts: {} of {} ledger lines moved too far ({})", breach.lines,
                       breach.all_lines, counts_budget(breach.budget));
  }
  return fmt::format("{} {} ({}, {}{})", name(*breach.metric),
                     from_to(breach.before, breach.after, unit_of(*breach.metric)),
                     relative(breach.before, breach.after), budget_text(breach),
                     breach.is_better ? "; better, and asks for a review" : "");
}

std::vector<MovedPart> moved_parts(const Comparison& change) {
  std::vector<MovedPart> out;
  for (const LineChange& line : change.lines) {
    const LedgerEntry& b = line.before;
    const LedgerEntry& a = line.after;
    if (b.count != a.count) {
      out.push_back({.is_price = false,
                     .joules = line.parts.activity_j,
                     .text = fmt::format(
                         "{}: {} -> {} ({})", b.label(), b.count, a.count,
                         relative(static_cast<double>(b.count), static_cast<double>(a.count)))});
    }
    if (b.pj_each != a.pj_each) {
      out.push_back({.is_price = true,
                     .joules = line.parts.price_j,
                     .text = fmt::format("{}: {} ({})", b.label(), prices(b.pj_each, a.pj_each),
                                         relative(b.pj_each, a.pj_each))});
    }
  }
  std::ranges::stable_sort(out, [](const MovedPart& a, const MovedPart& b) {
    return std::abs(a.joules) > std::abs(b.joules);
  });
  return out;
}

std::vector<std::string> attribution(const Comparison& change, std::size_t most) {
  const std::vector<MovedPart> parts = moved_parts(change);
  std::vector<std::string> out;
  double rest = 0.0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i < most) {
      out.push_back(fmt::format("{:<8} {:>9}  {}", parts[i].is_price ? "price" : "activity",
                                signed_si(parts[i].joules, "J"), parts[i].text));
    } else {
      rest += parts[i].joules;
    }
  }
  if (parts.size() > most) {
    out.push_back(fmt::format("{:<8} {:>9}  {} other{}", "", signed_si(rest, "J"),
                              parts.size() - most, parts.size() - most == 1 ? "" : "s"));
  }
  return out;
}

std::string energy_model_change(const Snapshot& before, const Snapshot& after) {
  if (before.energy_model_hash == after.energy_model_hash) {
    return "";
  }
  return fmt::format("energy model {} {} -> {} {}", before.energy_model,
                     before.energy_model_hash.substr(0, kHashDigits), after.energy_model,
                     after.energy_model_hash.substr(0, kHashDigits));
}

std::string run_line(const BaselinePoint& point) {
  std::string out =
      "systole run " + quoted(std::filesystem::path(point.run).lexically_normal().string());
  for (const Override& set : point.overrides) {
    out += " --set " + quoted(set.key + "=" + set.value);
  }
  return out;
}

std::vector<std::string> findings(const PointCheck& check) {
  if (check.has_failed()) {
    return {check.run.message.substr(0, check.run.message.find_last_not_of('\n') + 1)};
  }
  std::vector<std::string> out;
  for (const Breach& breach : check.breaches) {
    out.push_back(breach_text(breach));
  }
  std::ranges::move(attribution(*check.change, kParts), std::back_inserter(out));
  if (std::string model = energy_model_change(*check.before, *check.run.now); !model.empty()) {
    out.push_back(std::move(model));
  }
  return out;
}

}  // namespace systole
