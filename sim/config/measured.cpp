// SPDX-License-Identifier: Apache-2.0
// A number that says where it comes from: {value, range, kind, source, note}.
#include <fmt/ranges.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "config/document_impl.hpp"

namespace systole {

const std::vector<Row>& measured_rows() {
  static const std::vector<Row> rows{
      {.key = "value", .type = Type::quantity, .doc = "Central value.", .example = "0.65 pJ"},
      {.key = "range",
       .type = Type::section,
       .required = false,
       .doc = "Factors on the value between which 90% of the belief lies.",
       .example = "[0.69, 1.55]"},
      {.key = "kind",
       .type = Type::choice,
       .choices = {"measured", "measured_scaled", "published", "derived", "fit", "assumed",
                   "structural_zero"},
       .doc = "How the number was found.",
       .example = "derived"},
      {.key = "source",
       .type = Type::text,
       .doc = "Where it was found.",
       .example = "\"paper, table\""},
      {.key = "note",
       .type = Type::text,
       .required = false,
       .doc = "What else to know.",
       .example = "\"scaled from 16 nm\""},
  };
  return rows;
}

namespace {

using Mistakes = std::vector<Diagnostic>;

// A row of an entry under the full key of the entry: "mac.bf16.kind".
Row inner_row(const Row& row, std::string_view leaf) {
  Row out = *std::ranges::find(measured_rows(), leaf, &Row::key);
  out.key = join(row.key, leaf);
  if (leaf == "value") {
    out.dimension = row.dimension;
    out.most = row.most;
    const std::string_view example = row.example;
    const std::size_t start = example.find(' ') + 1;  // "{value: 0.65 pJ, ..."
    out.example = std::string(example.substr(start, example.find(',') - start));
    out.type = row.dimension == Dimension::none ? Type::number : Type::quantity;
  }
  return out;
}

void check_keys(const Row& row, const Node& node, Mistakes& mistakes) {
  std::vector<std::string> known;
  for (const Row& inner : measured_rows()) {
    known.push_back(inner.key);
  }
  for (const Entry& entry : node.entries) {
    if (std::ranges::find(known, entry.key) == known.end()) {
      const auto near = suggest(entry.key, known);
      mistakes.push_back(
          diagnose(entry.at, fmt::format("unknown key '{}' in '{}'", shown(entry.key), row.key),
                   near ? fmt::format("did you mean '{}'?", *near) : "",
                   {fmt::format("keys here: {}", fmt::join(known, ", "))}));
    }
  }
}

std::string text_of(const Row& row, const Node& node, std::string_view leaf, Mistakes& mistakes) {
  const Entry* entry = node.find(leaf);
  if (entry == nullptr) {
    return {};
  }
  const auto content = read_value(inner_row(row, leaf), *entry->value, mistakes);
  return content ? std::get<std::string>(*content) : std::string{};
}

// [low, high] around 1.
void read_range(const Row& row, const Node& node, Measured& out, Mistakes& mistakes) {
  const auto wrong = [&](const Span& at, const char* why) {
    mistakes.push_back(diagnose(at, fmt::format("'{}.range' {}", row.key, why),
                                "factors on the value, for example [0.7, 1.4]"));
  };
  if (node.kind != Node::Kind::list || node.items.size() != 2) {
    wrong(node.at, "must be a list of two factors");
    return;
  }
  Row factor{.key = row.key + ".range", .type = Type::number};
  const auto low = read_value(factor, *node.items[0], mistakes);
  const auto high = read_value(factor, *node.items[1], mistakes);
  if (!low || !high) {
    return;
  }
  out.low = std::get<double>(*low);
  out.high = std::get<double>(*high);
  if (!(out.low > 0 && out.low <= 1)) {
    wrong(node.items[0]->at, "must begin with a factor above 0 and not above 1");
  }
  if (out.high < 1) {
    wrong(node.items[1]->at, "must end with a factor of at least 1");
  }
}

void check_complete(const Row& row, const Node& node, bool is_zero, Mistakes& mistakes) {
  std::vector<std::string> missing;
  for (const char* leaf : {"value", "range", "kind", "source"}) {
    const bool needed = std::string_view(leaf) != "range" || !is_zero;
    if (needed && node.find(leaf) == nullptr) {
      missing.emplace_back(leaf);
    }
  }
  if (!missing.empty()) {
    mistakes.push_back(
        diagnose(node.at, fmt::format("'{}' lacks {}", row.key, fmt::join(missing, ", ")),
                 "every number of an energy model has value, range, kind and source"));
  }
}

}  // namespace

std::optional<Content> read_measured(const Row& row, const Node& node, Mistakes& mistakes) {
  if (node.kind != Node::Kind::map) {
    mistakes.push_back(
        diagnose(node.at,
                 fmt::format("'{}' needs unit, range, kind and source, not {}", row.key,
                             node.kind == Node::Kind::scalar ? "a bare number" : describe(node)),
                 "for example " + row.example));
    return std::nullopt;
  }
  const std::size_t before = mistakes.size();
  Measured out{.value = 0, .low = 1, .high = 1, .kind = {}, .source = {}, .note = {}};
  check_keys(row, node, mistakes);
  out.kind = text_of(row, node, "kind", mistakes);
  out.source = text_of(row, node, "source", mistakes);
  out.note = text_of(row, node, "note", mistakes);
  const bool is_structural = out.kind == "structural_zero";
  check_complete(row, node, is_structural, mistakes);
  if (const Entry* range = node.find("range")) {
    read_range(row, *range->value, out, mistakes);
  }
  if (const Entry* value = node.find("value")) {
    const auto content = read_value(inner_row(row, "value"), *value->value, mistakes);
    out.value = content ? std::get<double>(*content) : 0;
    if (content && !out.kind.empty() && (out.value == 0) != is_structural) {
      mistakes.push_back(diagnose(
          value->value->at,
          is_structural ? fmt::format("'{}' is a structural zero, and its value is not 0", row.key)
                        : fmt::format("'{}' is 0, and its kind is not structural_zero", row.key),
          "a zero that is meant says 'kind: structural_zero'"));
    }
  }
  return mistakes.size() == before ? std::optional<Content>(std::move(out)) : std::nullopt;
}

}  // namespace systole
