// SPDX-License-Identifier: Apache-2.0
// A list of link faults: each a small section whose keys are read as rows of their own.
#include <fmt/ranges.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "config/document_impl.hpp"

namespace systole {

// In the order in which a reader would write them.
const std::vector<Row>& fault_rows() {
  static const std::vector<Row> rows{
      {.key = "chip",
       .type = Type::integers,
       .least = "0",
       .doc = "Where the chip that sends stands, on each axis.",
       .example = "[0, 0, 0]"},
      {.key = "axis",
       .type = Type::integer,
       .least = "0",
       .most = "2",
       .doc = "Axis of the link.",
       .example = "0"},
      {.key = "direction",
       .type = Type::choice,
       .choices = {"up", "down"},
       .doc = "up: towards higher positions.",
       .example = "up"},
      {.key = "state",
       .type = Type::choice,
       .choices = {"down"},
       .required = false,
       .doc = "down: nothing crosses it.",
       .example = "down"},
      {.key = "bandwidth",
       .type = Type::quantity,
       .dimension = Dimension::data_rate,
       .required = false,
       .doc = "What is left of the link's own.",
       .example = "10 GB/s"},
  };
  return rows;
}

namespace {

using Mistakes = std::vector<Diagnostic>;

Row inner_row(const Row& list, const Row& row) {
  Row out = row;
  out.key = join(list.key, row.key);
  return out;
}

void check_keys(const Row& list, const Node& node, Mistakes& mistakes) {
  std::vector<std::string> known;
  std::vector<std::string> lacking;
  for (const Row& row : fault_rows()) {
    known.push_back(row.key);
    if (row.required && node.find(row.key) == nullptr) {
      lacking.push_back(fmt::format("'{}'", row.key));
    }
  }
  for (const Entry& entry : node.entries) {
    if (std::ranges::find(known, entry.key) == known.end()) {
      const auto near = suggest(entry.key, known);
      mistakes.push_back(
          diagnose(entry.at, fmt::format("unknown key '{}' in '{}'", shown(entry.key), list.key),
                   near ? fmt::format("did you mean '{}'?", *near) : "",
                   {fmt::format("keys here: {}", fmt::join(known, ", "))}));
    }
  }
  if (!lacking.empty()) {
    mistakes.push_back(
        diagnose(node.at, fmt::format("missing key{} {} in '{}'", lacking.size() == 1 ? "" : "s",
                                      fmt::join(lacking, ", "), list.key)));
  }
  if ((node.find("state") == nullptr) == (node.find("bandwidth") == nullptr)) {
    mistakes.push_back(diagnose(
        node.at, fmt::format("an item of '{}' says either 'state' or 'bandwidth'", list.key),
        "a link is down, or it is slow"));
  }
}

FaultEntry read_fault(const Row& list, const Node& node, Mistakes& mistakes) {
  check_keys(list, node, mistakes);
  FaultEntry out{};
  for (const Row& row : fault_rows()) {
    const Entry* entry = node.find(row.key);
    if (entry == nullptr) {
      continue;
    }
    const auto content = read_value(inner_row(list, row), *entry->value, mistakes);
    if (!content) {
      continue;
    }
    if (row.key == "chip") {
      out.chip = std::get<std::vector<std::uint64_t>>(*content);
    } else if (row.key == "axis") {
      out.axis = std::get<std::uint64_t>(*content);
    } else if (row.key == "direction") {
      out.up = std::get<std::string>(*content) == "up";
    } else if (row.key == "bandwidth") {
      out.bandwidth = std::get<double>(*content);
    }
  }
  return out;
}

}  // namespace

std::optional<Content> read_faults(const Row& row, const Node& node, Mistakes& mistakes) {
  const auto refuse = [&](const Node& at, std::string_view wanted) {
    mistakes.push_back(
        diagnose(at.at, fmt::format("'{}' must be {}, not {}", row.key, wanted, describe(at)),
                 fmt::format("for example {}", row.example)));
  };
  if (node.kind != Node::Kind::list) {
    refuse(node, "a list of sections");
    return std::nullopt;
  }
  const std::size_t before = mistakes.size();
  std::vector<FaultEntry> out;
  for (const Node* item : node.items) {
    if (item->kind == Node::Kind::map) {
      out.push_back(read_fault(row, *item, mistakes));
    } else {
      refuse(*item, "a list of sections");
    }
  }
  return mistakes.size() == before ? std::optional<Content>(std::move(out)) : std::nullopt;
}

}  // namespace systole
