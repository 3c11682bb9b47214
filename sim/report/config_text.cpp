// SPDX-License-Identifier: Apache-2.0
#include "report/config_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace systole {
namespace {

constexpr std::string_view kIndent = "  ";

std::string margin(std::size_t depth) {
  std::string out;
  for (std::size_t i = 0; i < depth; ++i) {
    out += kIndent;
  }
  return out;
}

// A part, or an item of a list, stands one level deeper than its key.
std::string below(const ListedValue& setting) {
  const std::string indent = margin(setting.path.size());
  std::string out;
  for (const auto& [part, text] : setting.parts) {
    out += fmt::format("{}{}: {}\n", indent, part, text);
  }
  for (const std::string& item : setting.items) {
    out += fmt::format("{}- {}\n", indent, item);
  }
  return out;
}

std::string side(std::string_view file, const Difference::Side& side) {
  return side.text.empty() ? fmt::format("  {}: not given\n", file)
                           : fmt::format("  {}: {}  # {}\n", file, side.text, side.origin);
}

}  // namespace

std::string config_yaml(const std::vector<ListedValue>& settings, bool with_origins) {
  std::string out;
  std::vector<std::string> open;  // The sections that the last line stands in.
  for (const ListedValue& setting : settings) {
    const std::vector<std::string>& path = setting.path;
    const std::size_t depth = path.size() - 1;
    const auto differ = std::mismatch(open.begin(), open.end(), path.begin(), path.end() - 1);
    open.erase(differ.first, open.end());
    while (open.size() < depth) {
      out += fmt::format("{}{}:\n", margin(open.size()), path[open.size()]);
      open.push_back(path[open.size()]);
    }
    out += fmt::format("{}{}:{}{}{}\n", margin(depth), path.back(), setting.text.empty() ? "" : " ",
                       setting.text, with_origins ? "  # " + setting.origin : "");
    out += below(setting);
  }
  return out;
}

std::string config_difference(const std::vector<Difference>& differences, const std::string& a,
                              const std::string& b) {
  std::string out;
  for (const Difference& difference : differences) {
    out += difference.key + "\n" + side("a", difference.a) + side("b", difference.b);
  }
  const std::size_t count = differences.size();
  return out + (count == 0 ? fmt::format("a {} and b {} mean the same\n", a, b)
                           : fmt::format("{} key{} differ{}: a is {}, b is {}\n", count,
                                         count == 1 ? "" : "s", count == 1 ? "s" : "", a, b));
}

}  // namespace systole
