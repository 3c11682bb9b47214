// SPDX-License-Identifier: Apache-2.0
// One value of a file, read as its row of the table says. Every message names the key, what was
// found and what would be right.
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/suggest.hpp"
#include "config/document_impl.hpp"
#include "config/files.hpp"
#include "config/memory.hpp"

namespace systole {
namespace {

using Mistakes = std::vector<Diagnostic>;

constexpr std::uint64_t kMostClocks = 1'000'000;
constexpr double kLongestTiming = 1e-3;  // Seconds.

std::string with_article(std::string_view noun) {
  return fmt::format("{} {}", std::string_view("aeio").find(noun.front()) != noun.npos ? "an" : "a",
                     noun);
}

// What a row wants, in a few words: "a whole number".
std::string wanted(const Row& row) {
  switch (row.type) {
    case Type::section: return "a section of keys";
    case Type::integer: return "a whole number";
    case Type::number: return "a plain number";
    case Type::quantity: return with_article(name(row.dimension));
    case Type::text: return "text";
    case Type::choice: return fmt::format("one of {}", fmt::join(row.choices, ", "));
    case Type::path: return "the path of a file";
    case Type::integers: return "a list of whole numbers";
    case Type::booleans: return "a list of true or false";
    case Type::measured: return "an object with value, range, kind and source";
    case Type::timing: return "a time or a whole number of clocks";
    case Type::constraints: return "a list of constraints";
    case Type::faults: return "a list of sections";
    case Type::grid: return "a section of keys with lists of values";
    case Type::variants:
    case Type::zip:
    case Type::exclude: return "a list of sections";
  }
  return "";
}

std::string for_example(const Row& row) {
  return row.example.empty() ? "" : fmt::format("for example {}", row.example);
}

void add(Mistakes& mistakes, const Span& at, std::string message, std::string label = {},
         std::vector<std::string> notes = {}) {
  mistakes.push_back(diagnose(at, std::move(message), std::move(label), std::move(notes)));
}

// Adds a mistake unless the node is a single value.
bool is_scalar(const Row& row, const Node& node, Mistakes& mistakes) {
  if (node.kind == Node::Kind::scalar) {
    return true;
  }
  if (node.kind == Node::Kind::empty) {
    add(mistakes, node.at, fmt::format("'{}' has no value", row.key),
        fmt::format("{}; {}", describe(row), for_example(row)));
  } else {
    add(mistakes, node.at,
        fmt::format("'{}' must be {}, not {}", row.key, wanted(row), describe(node)),
        for_example(row));
  }
  return false;
}

// "B byte, b bit" where the two are easily taken for each other.
std::string missing_unit(const Row& row, std::string_view number) {
  const std::string_view likely = split_unit(row.example).unit;
  std::string label =
      fmt::format("{} expected, for example '{} {}'", name(row.dimension), number, likely);
  if (likely.find('B') != std::string_view::npos) {
    std::string bits(likely);
    std::ranges::replace(bits, 'B', 'b');
    label += fmt::format(" or '{} {}' (B byte, b bit)", number, bits);
  }
  return label;
}

void unknown_unit(const Row& row, const Node& node, Mistakes& mistakes) {
  const std::string_view unit = split_unit(node.text).unit;
  std::vector<std::string> symbols;
  for (const Unit& known : units(row.dimension)) {
    symbols.push_back(known.symbol);
  }
  const auto near = suggest(unit, symbols);
  add(mistakes, node.at, fmt::format("unknown unit '{}' in '{}'", shown(unit), row.key),
      near ? fmt::format("did you mean '{}'?", *near)
           : fmt::format("{} expected, {}", name(row.dimension), for_example(row)));
}

void wrong_unit(const Row& row, const Node& node, Mistakes& mistakes) {
  const std::string_view unit = split_unit(node.text).unit;
  add(mistakes, node.at,
      fmt::format("'{}' must be {}, and '{}' measures {}", row.key,
                  with_article(name(row.dimension)), unit,
                  with_article(name(dimensions_of(unit).front()))),
      for_example(row));
}

void leading_zero(const Row& row, const Node& node, Mistakes& mistakes) {
  const std::string_view text = node.text;
  const std::size_t digit = std::min(text.find_first_not_of("-0_"), text.size());
  const bool none_left = digit == text.size() || text[digit] < '0' || text[digit] > '9';
  add(mistakes, node.at, fmt::format("'{}' has a leading zero: '{}'", row.key, shown(text)),
      fmt::format("some readers take it for octal; write '{}{}{}'",
                  text.starts_with('-') ? "-" : "", none_left ? "0" : "",
                  shown(text.substr(digit))));
}

// A flaw that a number of any type can have.
void number_flaw(const Row& row, const Node& node, Flaw flaw, Mistakes& mistakes) {
  const NumberAndUnit parts = split_unit(node.text);
  switch (flaw) {
    case Flaw::leading_zero: leading_zero(row, node, mistakes); return;
    case Flaw::missing_unit:
      add(mistakes, node.at, fmt::format("'{}' needs a unit", row.key),
          missing_unit(row, shown(parts.number)));
      return;
    case Flaw::unknown_unit: unknown_unit(row, node, mistakes); return;
    case Flaw::wrong_unit: wrong_unit(row, node, mistakes); return;
    case Flaw::unwanted_unit:
      add(mistakes, node.at,
          fmt::format("'{}' must be {} without a unit, not '{}'", row.key, wanted(row),
                      shown(node.text)),
          for_example(row));
      return;
    case Flaw::too_large:
      add(mistakes, node.at,
          fmt::format("'{}' is beyond all bounds: '{}'", row.key, shown(node.text)), describe(row));
      return;
    case Flaw::negative:
      add(mistakes, node.at,
          fmt::format("'{}' must be at least {}, not {}", row.key,
                      row.least.empty() ? "0" : row.least, shown(node.text)));
      return;
    case Flaw::not_a_number:
    case Flaw::not_whole:
      add(mistakes, node.at,
          fmt::format("'{}' must be {}, not '{}'", row.key, wanted(row), shown(node.text)),
          for_example(row));
      return;
  }
}

bool within(const Row& row, const Node& node, bool low_enough, bool high_enough,
            Mistakes& mistakes) {
  if (low_enough && high_enough) {
    return true;
  }
  add(mistakes, node.at,
      fmt::format("'{}' must be at {} {}, not {}", row.key, high_enough ? "least" : "most",
                  high_enough ? row.least : row.most, shown(node.text)));
  return false;
}

bool is_unquoted(const Row& row, const Node& node, Mistakes& mistakes) {
  if (node.quoted) {
    add(mistakes, node.at, fmt::format("'{}' must be {}, not text", row.key, wanted(row)),
        "remove the quotation marks");
  }
  return !node.quoted;
}

std::optional<std::uint64_t> integer(const Row& row, const Node& node, Mistakes& mistakes) {
  if (!is_scalar(row, node, mistakes) || !is_unquoted(row, node, mistakes)) {
    return std::nullopt;
  }
  const Parsed<std::uint64_t> parsed = parse_integer(node.text);
  if (!parsed.ok()) {
    number_flaw(row, node, *parsed.flaw, mistakes);
    return std::nullopt;
  }
  const bool low = row.least.empty() || parsed.value >= parse_integer(row.least).value;
  const bool high = row.most.empty() || parsed.value <= parse_integer(row.most).value;
  return within(row, node, low, high, mistakes) ? std::optional(parsed.value) : std::nullopt;
}

// Plain numbers, and quantities in the base unit of their dimension.
std::optional<double> number(const Row& row, const Node& node, Mistakes& mistakes) {
  if (!is_scalar(row, node, mistakes) ||
      (row.dimension == Dimension::none && !is_unquoted(row, node, mistakes))) {
    return std::nullopt;
  }
  const Parsed<double> parsed = parse_quantity(node.text, row.dimension);
  if (!parsed.ok()) {
    number_flaw(row, node, *parsed.flaw, mistakes);
    return std::nullopt;
  }
  if (row.dimension == Dimension::bytes && parsed.value != std::floor(parsed.value)) {
    add(mistakes, node.at,
        fmt::format("'{}' must be a whole number of bytes, not {}", row.key, shown(node.text)));
    return std::nullopt;
  }
  if (parsed.value < 0 && row.least.empty()) {
    add(mistakes, node.at, fmt::format("'{}' cannot be negative: {}", row.key, shown(node.text)));
    return std::nullopt;
  }
  const bool low =
      row.least.empty() || parsed.value >= parse_quantity(row.least, row.dimension).value;
  const bool high =
      row.most.empty() || parsed.value <= parse_quantity(row.most, row.dimension).value;
  return within(row, node, low, high, mistakes) ? std::optional(parsed.value) : std::nullopt;
}

std::optional<bool> boolean(const Row& row, const Node& node, Mistakes& mistakes) {
  if (!is_scalar(row, node, mistakes) || !is_unquoted(row, node, mistakes)) {
    return std::nullopt;
  }
  if (node.text == "true" || node.text == "false") {
    return node.text == "true";
  }
  static const std::vector<std::string> yes{"on", "yes", "y",   "True", "TRUE",
                                            "On", "ON",  "Yes", "1"};
  static const std::vector<std::string> no{"off", "no",  "n",  "False", "FALSE",
                                           "Off", "OFF", "No", "0"};
  const bool is_yes = std::ranges::find(yes, node.text) != yes.end();
  const bool is_no = std::ranges::find(no, node.text) != no.end();
  add(mistakes, node.at,
      fmt::format("'{}' must be true or false, not '{}'", row.key, shown(node.text)),
      is_yes  ? "write 'true'"
      : is_no ? "write 'false'"
              : "");
  return std::nullopt;
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

std::optional<std::string> text(const Row& row, const Node& node, Mistakes& mistakes) {
  if (!is_scalar(row, node, mistakes)) {
    return std::nullopt;
  }
  std::string value = node.text;
  if (node.quoted && value.ends_with('\n')) {
    value.pop_back();  // A block keeps its last line end.
  }
  if (value.empty()) {
    add(mistakes, node.at, fmt::format("'{}' is empty", row.key), for_example(row));
    return std::nullopt;
  }
  const bool reads_as_other =
      parse_quantity(value, Dimension::none).ok() || value == "true" || value == "false";
  if (!node.quoted && reads_as_other) {
    add(mistakes, node.at, fmt::format("'{}' must be text, not {}", row.key, shown(value)),
        fmt::format("put it in quotation marks: \"{}\"", shown(value)));
    return std::nullopt;
  }
  if (has_control(value)) {
    add(mistakes, node.at, fmt::format("'{}' holds a line end or a control character", row.key),
        "write it in one line");
    return std::nullopt;
  }
  return value;
}

std::optional<std::string> choice(const Row& row, const Node& node, Mistakes& mistakes) {
  if (!is_scalar(row, node, mistakes)) {
    return std::nullopt;
  }
  if (std::ranges::find(row.choices, node.text) != row.choices.end()) {
    return node.text;
  }
  const auto near = suggest(node.text, row.choices);
  const std::string all = fmt::format("one of {}", fmt::join(row.choices, ", "));
  add(mistakes, node.at, fmt::format("'{}' cannot be '{}'", row.key, shown(node.text)),
      near ? fmt::format("did you mean '{}'?", *near) : all,
      near ? std::vector<std::string>{all} : std::vector<std::string>{});
  return std::nullopt;
}

std::optional<std::string> path(const Row& row, const Node& node, Mistakes& mistakes) {
  const std::optional<std::string> given = text(row, node, mistakes);
  if (!given) {
    return std::nullopt;
  }
  const std::string resolved = resolve(*node.at.source, *given);
  const auto problem = why_unreadable(resolved);
  if (!problem) {
    return resolved;
  }
  const auto near = similar_file(resolved);
  add(mistakes, node.at, fmt::format("'{}' names '{}': {}", row.key, shown(resolved), *problem),
      near ? fmt::format("did you mean '{}'?", shown(*near)) : "",
      {"a path in a file is relative to that file"});
  return std::nullopt;
}

// In normal form: "14 ns", or "4" clocks.
std::optional<std::string> timing(const Row& row, const Node& node, Mistakes& mistakes) {
  if (!is_scalar(row, node, mistakes)) {
    return std::nullopt;
  }
  if (const Parsed<std::uint64_t> clocks = parse_integer(node.text);
      clocks.ok() && clocks.value <= kMostClocks) {
    return std::to_string(clocks.value);
  }
  const Parsed<double> time = parse_quantity(node.text, row.dimension);
  if (time.ok() && time.value >= 0 && time.value <= kLongestTiming) {
    return print_quantity(time.value, row.dimension);
  }
  number_flaw(row, node, time.ok() ? Flaw::too_large : *time.flaw, mistakes);
  return std::nullopt;
}

std::optional<std::string> constraint(const Row& row, const Node& node, Mistakes& mistakes) {
  const std::optional<std::string> given = text(row, node, mistakes);
  if (!given) {
    return std::nullopt;
  }
  const ConstraintText parsed = parse_constraint(*given);
  if (!parsed.line) {
    add(mistakes, node.at, parsed.message, parsed.label);
    return std::nullopt;
  }
  return parsed.line->text;
}

template <class T, class Read>
std::optional<Content> list(const Row& row, const Node& node, Mistakes& mistakes, Read read) {
  if (node.kind != Node::Kind::list) {
    add(mistakes, node.at,
        fmt::format("'{}' must be {}, not {}", row.key, wanted(row), describe(node)),
        for_example(row));
    return std::nullopt;
  }
  if (node.items.empty()) {
    add(mistakes, node.at, fmt::format("'{}' is an empty list", row.key), for_example(row));
    return std::nullopt;
  }
  // An item is a value of its own kind under the key of the list.
  Row item = row;
  item.type = row.type == Type::integers ? Type::integer : Type::text;
  item.example.clear();
  std::vector<T> out;
  const std::size_t before = mistakes.size();
  for (const Node* child : node.items) {
    if (const auto value = read(item, *child, mistakes)) {
      out.push_back(*value);
    }
  }
  return mistakes.size() == before ? std::optional<Content>(std::move(out)) : std::nullopt;
}

}  // namespace

std::optional<Content> read_value(const Row& row, const Node& node, Mistakes& mistakes) {
  const auto wrap = [](auto value) {
    return value ? std::optional<Content>(std::move(*value)) : std::nullopt;
  };
  switch (row.type) {
    case Type::integer: return wrap(integer(row, node, mistakes));
    case Type::number:
    case Type::quantity: return wrap(number(row, node, mistakes));
    case Type::text: return wrap(text(row, node, mistakes));
    case Type::choice: return wrap(choice(row, node, mistakes));
    case Type::path: return wrap(path(row, node, mistakes));
    case Type::integers: return list<std::uint64_t>(row, node, mistakes, integer);
    case Type::booleans: return list<bool>(row, node, mistakes, boolean);
    case Type::measured: return read_measured(row, node, mistakes);
    case Type::timing: return wrap(timing(row, node, mistakes));
    case Type::constraints: return list<std::string>(row, node, mistakes, constraint);
    case Type::faults: return read_faults(row, node, mistakes);
    case Type::section:
    case Type::grid:
    case Type::variants:
    case Type::zip:
    case Type::exclude: break;
  }
  throw Bug(fmt::format("'{}' is not a single value", row.key));
}

}  // namespace systole
