// SPDX-License-Identifier: Apache-2.0
#include "report/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace systole {
namespace {

struct Prefix {
  double factor;
  const char* letter;
};
constexpr std::array kPrefixes{Prefix{1e15, "P"},  Prefix{1e12, "T"}, Prefix{1e9, "G"},
                               Prefix{1e6, "M"},   Prefix{1e3, "k"},  Prefix{1.0, ""},
                               Prefix{1e-3, "m"},  Prefix{1e-6, "u"}, Prefix{1e-9, "n"},
                               Prefix{1e-12, "p"}, Prefix{1e-15, "f"}};

// Digits behind the point that leave three significant ones.
int decimals(double scaled) { return scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0; }

}  // namespace

std::string si(double value, std::string_view unit) {
  const double size = std::abs(value);
  for (const Prefix& prefix : kPrefixes) {
    // What rounds up to the next prefix is shown there: 999.7 pJ is 1.00 nJ.
    if (size >= prefix.factor * (prefix.factor == 1e-15 ? 1.0 : 0.9995)) {
      const double scaled = value / prefix.factor;
      return fmt::format("{:.{}f} {}{}", scaled, decimals(std::abs(scaled)), prefix.letter, unit);
    }
  }
  return fmt::format("0 {}", unit);
}

std::string si_of(double value, std::string_view noun) {
  const std::string number = si(value, "");
  return fmt::format("{}{}{}", number, number.ends_with(' ') ? "" : " ", noun);
}

std::string percent(double share) { return fmt::format("{:.1f}%", 100.0 * share); }

std::string signed_si(double value, std::string_view unit) {
  return (value > 0.0 ? "+" : "") + si(value, unit);
}

std::string signed_percent(double share) {
  const double size = std::abs(100.0 * share);
  return size >= 999.5 ? fmt::format("{:+.0f}%", 100.0 * share)
         : size == 0.0 ? "0%"
                       : fmt::format("{:+.3g}%", 100.0 * share);
}

std::string bar(double share, std::size_t width) {
  const double length = std::clamp(share, 0.0, 1.0) * static_cast<double>(width);
  std::string out(static_cast<std::size_t>(length + 0.5), '#');
  return out;
}

std::string paragraph(std::string_view head, std::string_view text, std::size_t indent,
                      std::size_t width) {
  std::string out(head);
  std::size_t column = out.size();
  const auto move_to_indent = [&] {
    out.append(indent - std::min(indent, column), ' ');
    column = std::max(column, indent);
  };
  move_to_indent();
  bool is_first = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!is_first && column + 1 + word.size() > width) {
      out += '\n';
      column = 0;
      move_to_indent();
    } else if (!is_first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    is_first = false;
  }
  return out + '\n';
}

}  // namespace systole
