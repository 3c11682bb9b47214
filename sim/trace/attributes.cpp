// SPDX-License-Identifier: Apache-2.0
#include "trace/attributes.hpp"

#include <algorithm>
#include <optional>

#include "base/suggest.hpp"

namespace systole {
namespace {

constexpr std::size_t kMostAttributes = 32;                      // More than any operation has.
constexpr Operand kHarmless{DataType::bf16, Place::scratchpad};  // After a mistake.

std::optional<std::uint64_t> digits(std::string_view text, std::uint64_t limit) {
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (limit - 1 - digit) / 10) {
      return std::nullopt;
    }
    value = value * 10 + digit;
  }
  return value;
}

// "a,b,c" in its parts; "a,,c" has an empty one.
std::vector<Word> parts(const Word& list, char separator) {
  std::vector<Word> out;
  for (std::size_t start = 0;;) {
    const std::size_t end = list.text.find(separator, start);
    if (end == std::string_view::npos) {
      out.push_back(list.part(start));
      return out;
    }
    out.push_back(list.part(start, end - start));
    start = end + 1;
  }
}

template <class Choices>
std::vector<std::string> names_of(const Choices& choices) {
  std::vector<std::string> out;
  out.reserve(std::size(choices));
  for (const auto choice : choices) {
    out.emplace_back(name(choice));
  }
  return out;
}

}  // namespace

std::uint64_t read_number(const Word& word, std::uint64_t limit, const SourceText& text,
                          Mistakes& mistakes) {
  const auto wrong = [&](std::string message, std::string label) {
    mistakes.add(text.mistake(word, std::move(message), std::move(label)));
    return std::uint64_t{1};
  };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (word.text.empty() || !std::all_of(word.text.begin(), word.text.end(), is_digit)) {
    return wrong(quoted(word.text) + " is not a whole number",
                 "digits only: no sign, unit, point or exponent");
  }
  if (word.text.size() > 1 && word.text.front() == '0') {
    return wrong(quoted(word.text) + " has a leading zero", "write it without");
  }
  if (const auto value = digits(word.text, limit)) {
    return *value;
  }
  return wrong(quoted(word.text) + " is too large", "must be at most " + std::to_string(limit - 1));
}

Attributes::Attributes(const Word& line, std::span<const Word> words, const SourceText& text,
                       Mistakes& mistakes)
    : line_(line), text_(text), mistakes_(mistakes) {
  for (const Word& word : words) {
    if (attributes_.size() == kMostAttributes) {
      mistakes_.add(text_.mistake(word, "too many attributes", "no operation has this many"));
      return;
    }
    const std::size_t equals = word.text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      mistakes_.add(text_.mistake(word, quoted(word.text) + " is not an attribute",
                                  "expected key=value, without spaces around '='"));
      continue;
    }
    const Attribute added{word.part(0, equals), word.part(equals + 1)};
    const auto same = [&](const Attribute& a) { return a.key.text == added.key.text; };
    if (std::any_of(attributes_.begin(), attributes_.end(), same)) {
      mistakes_.add(text_.mistake(added.key,
                                  "attribute " + quoted(added.key.text) + " is given twice",
                                  "keep one of them"));
      continue;
    }
    attributes_.push_back(added);
  }
}

const Word* Attributes::find(std::string_view key) {
  known_.emplace_back(key);
  for (Attribute& attribute : attributes_) {
    if (attribute.key.text == key) {
      attribute.is_read = true;
      return &attribute.value;
    }
  }
  return nullptr;
}

const Word* Attributes::require(std::string_view key, std::string_view form) {
  const Word* found = find(key);
  if (found == nullptr) {
    mistakes_.add(text_.mistake(line_, quoted(line_.text) + " lacks " + quoted(key),
                                fmt::format("add {}={}", key, form)));
  }
  return found;
}

std::pair<Stationary, Operand> Attributes::stationary() {
  const Word* weight = find("weight");
  const Word* kv = find("kv");
  if (weight == nullptr && kv == nullptr) {
    mistakes_.add(text_.mistake(line_, quoted(line_.text) + " lacks a stationary operand",
                                "add weight=TYPE@PLACE or kv=TYPE@PLACE"));
    return {Stationary::weight, kHarmless};
  }
  if (weight != nullptr && kv != nullptr) {
    mistakes_.add(text_.mistake(*kv, "both weight= and kv= are given",
                                "a matmul has one stationary operand"));
  }
  return kv != nullptr ? std::pair{Stationary::kv, operand_in(*kv)}
                       : std::pair{Stationary::weight, operand_in(*weight)};
}

std::uint64_t Attributes::number(std::string_view key) {
  const Word* value = require(key, "NUMBER");
  return value == nullptr ? 1 : read_number(*value, kNumberLimit, text_, mistakes_);
}

std::uint64_t Attributes::number_or_zero(std::string_view key) {
  const Word* value = find(key);
  return value == nullptr ? 0 : read_number(*value, kNumberLimit, text_, mistakes_);
}

template <std::size_t n>
std::array<std::uint64_t, n> Attributes::extents(std::string_view key, std::string_view form) {
  std::array<std::uint64_t, n> out;
  out.fill(1);
  const Word* value = require(key, form);
  if (value == nullptr) {
    return out;
  }
  const std::vector<Word> given = parts(*value, 'x');
  if (given.size() != n) {
    mistakes_.add(text_.mistake(*value, fmt::format("{} needs {} numbers", quoted(key), n),
                                fmt::format("write {}", form)));
    return out;
  }
  for (std::size_t i = 0; i < n; ++i) {
    out.at(i) = read_number(given[i], kNumberLimit, text_, mistakes_);
  }
  return out;
}

std::array<std::uint64_t, 3> Attributes::shape(std::string_view key) {
  return extents<3>(key, "ROWSxDEPTHxCOLUMNS");
}

MatmulBlock Attributes::block(std::string_view key) {
  const auto [products, rows, depth, columns] = extents<4>(key, "PRODUCTSxROWSxDEPTHxCOLUMNS");
  return {.products = products, .rows = rows, .depth = depth, .columns = columns};
}

DataType Attributes::type_in(const Word& word) {
  if (const auto type = data_type(word.text)) {
    return *type;
  }
  mistakes_.add(text_.mistake(word, "unknown type " + quoted(word.text),
                              fmt::format("one of: {}", fmt::join(names_of(kDataTypes), ", "))));
  return DataType::bf16;
}

Place Attributes::place_in(const Word& word) {
  for (const Place place : kPlaces) {
    if (systole::name(place) == word.text) {
      return place;
    }
  }
  mistakes_.add(text_.mistake(word, "unknown place " + quoted(word.text),
                              hint(word.text, names_of(kPlaces))));
  return Place::scratchpad;
}

DataType Attributes::type(std::string_view key) {
  const Word* value = require(key, "TYPE");
  return value == nullptr ? DataType::bf16 : type_in(*value);
}

Place Attributes::place(std::string_view key) {
  const Word* value = require(key, "PLACE");
  return value == nullptr ? Place::scratchpad : place_in(*value);
}

Operand Attributes::operand_in(const Word& word) {
  const std::size_t at = word.text.find('@');
  if (at == std::string_view::npos) {
    mistakes_.add(text_.mistake(word, quoted(word.text) + " is not a type and its place",
                                "write TYPE@PLACE, as in bf16@hbm"));
    return kHarmless;
  }
  const DataType type = type_in(word.part(0, at));
  return {type, place_in(word.part(at + 1))};
}

Operand Attributes::operand(std::string_view key) {
  const Word* value = require(key, "TYPE@PLACE");
  return value == nullptr ? kHarmless : operand_in(*value);
}

Stationary Attributes::tensor(std::string_view key) {
  const Word* value = require(key, "TENSOR");
  if (value == nullptr || value->text == systole::name(Stationary::weight)) {
    return Stationary::weight;
  }
  if (value->text != systole::name(Stationary::kv)) {
    mistakes_.add(
        text_.mistake(*value, "unknown tensor " + quoted(value->text), "one of: weight, kv"));
  }
  return Stationary::kv;
}

bool Attributes::yes_or_no(std::string_view key) {
  const Word* value = require(key, "yes or no");
  if (value != nullptr && value->text != "yes" && value->text != "no") {
    mistakes_.add(text_.mistake(*value, quoted(value->text) + " is neither yes nor no",
                                fmt::format("write {}=yes or {}=no", key, key)));
  }
  return value != nullptr && value->text == "yes";
}

std::vector<std::uint32_t> Attributes::indices(std::string_view key) {
  std::vector<std::uint32_t> out;
  if (const Word* value = require(key, "INDEX,...")) {
    for (const Word& part : parts(*value, ',')) {
      out.push_back(
          static_cast<std::uint32_t>(read_number(part, kSmallNumberLimit, text_, mistakes_)));
    }
  }
  return out;
}

std::vector<std::string> Attributes::names_or_none(std::string_view key) {
  std::vector<std::string> out;
  if (const Word* value = find(key)) {
    for (const Word& part : parts(*value, ',')) {
      if (!is_name(part.text)) {
        mistakes_.add(text_.mistake(part, quoted(part.text) + " is not a name",
                                    "names of operations, parted by ',' without spaces"));
      }
      out.emplace_back(part.text);
    }
  }
  return out;
}

void Attributes::finish() {
  for (const Attribute& attribute : attributes_) {
    if (!attribute.is_read) {
      mistakes_.add(
          text_.mistake(attribute.key, "unknown attribute " + quoted(attribute.key.text),
                        mistakes_.is_shown() ? hint(attribute.key.text, known_) : std::string()));
    }
  }
}

std::string hint(std::string_view word, const std::vector<std::string>& choices) {
  if (const auto near = suggest(word, choices)) {
    return "did you mean '" + *near + "'?";
  }
  constexpr std::size_t kListed = 16;  // A longer list helps nobody.
  const auto end = choices.begin() + static_cast<std::ptrdiff_t>(std::min(choices.size(), kListed));
  return fmt::format("one of: {}{}", fmt::join(choices.begin(), end, ", "),
                     end == choices.end() ? "" : ", ...");
}

}  // namespace systole
