// SPDX-License-Identifier: Apache-2.0
// A budget of a baseline: exact, free, or {up: 0.5 %, down: 2 %}.
#include <fmt/format.h>

#include "config/document_impl.hpp"

namespace systole {
namespace {

using Mistakes = std::vector<Diagnostic>;

void refuse(const Row& row, const Span& at, const std::string& what, Mistakes& mistakes) {
  mistakes.push_back(diagnose(at, what, fmt::format("for example {}", row.example),
                              {"a budget is exact, free, or {up: 0.5 %, down: 2 %}"}));
}

// "0.5 %" as a share; none after a mistake.
std::optional<double> percent(const Row& row, const Node& node, Mistakes& mistakes) {
  if (node.kind == Node::Kind::scalar) {
    const NumberAndUnit parts = split_unit(node.text);
    const Parsed<Decimal> decimal = take_apart(parts.number);
    if (parts.unit == "%" && decimal.ok()) {
      const Parsed<double> share = to_double(decimal.value, -2);
      if (share.ok() && share.value >= 0) {
        return share.value;
      }
    }
  }
  refuse(row, node.at,
         fmt::format("'{}' takes a percentage of at least 0, such as '0.5 %', not {}", row.key,
                     node.kind == Node::Kind::scalar ? "'" + shown(node.text) + "'"
                                                     : std::string(describe(node))),
         mistakes);
  return std::nullopt;
}

}  // namespace

std::optional<Content> read_budget(const Row& row, const Node& node, Mistakes& mistakes) {
  if (node.kind == Node::Kind::scalar && node.text == "exact") {
    return Budget{};
  }
  if (node.kind == Node::Kind::scalar && node.text == "free") {
    return Budget{.up = {}, .down = {}};
  }
  if (node.kind != Node::Kind::map || node.entries.empty()) {
    refuse(row, node.at,
           fmt::format("'{}' is no budget: {}", row.key,
                       node.kind == Node::Kind::scalar ? "'" + shown(node.text) + "'"
                                                       : std::string(describe(node))),
           mistakes);
    return std::nullopt;
  }
  Budget out{.up = {}, .down = {}};
  const std::size_t before = mistakes.size();
  for (const Entry& entry : node.entries) {
    if (entry.key == "up") {
      out.up = percent(row, *entry.value, mistakes);
    } else if (entry.key == "down") {
      out.down = percent(row, *entry.value, mistakes);
    } else {
      refuse(row, entry.at, fmt::format("unknown key '{}' in '{}'", shown(entry.key), row.key),
             mistakes);
    }
  }
  return mistakes.size() == before ? std::optional<Content>(out) : std::nullopt;
}

}  // namespace systole
