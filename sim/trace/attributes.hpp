// SPDX-License-Identifier: Apache-2.0
// The key=value words of one line, read strictly: every getter checks form and range, and finish()
// reports what nobody asked for. A getter that fails notes the mistake and returns a harmless
// value, so that the rest of the line is still checked.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trace/source.hpp"
#include "trace/trace.hpp"

namespace systole {

class Attributes {
 public:
  // `line` names the line in messages and takes the blame for what is missing.
  Attributes(const Word& line, std::span<const Word> words, const SourceText& text,
             Mistakes& mistakes);

  [[nodiscard]] std::pair<Stationary, Operand> stationary();  // weight= or kv=, one of them.
  [[nodiscard]] std::uint64_t number(std::string_view key);
  [[nodiscard]] std::uint64_t number_or_zero(std::string_view key);
  [[nodiscard]] Bytes bytes(std::string_view key) { return Bytes{number(key)}; }
  [[nodiscard]] std::array<std::uint64_t, 3> shape(std::string_view key);
  [[nodiscard]] MatmulBlock block(std::string_view key);
  [[nodiscard]] DataType type(std::string_view key);
  [[nodiscard]] Place place(std::string_view key);
  [[nodiscard]] Operand operand(std::string_view key);
  [[nodiscard]] Stationary tensor(std::string_view key);
  [[nodiscard]] bool yes_or_no(std::string_view key);
  [[nodiscard]] std::vector<std::uint32_t> indices(std::string_view key);
  [[nodiscard]] std::vector<std::string> names_or_none(std::string_view key);
  void finish();

 private:
  struct Attribute {
    Word key;
    Word value;
    bool is_read = false;
  };

  // Null if absent; `form` is what the user should write behind the '='.
  const Word* find(std::string_view key);
  const Word* require(std::string_view key, std::string_view form);
  template <std::size_t n>
  std::array<std::uint64_t, n> extents(std::string_view key, std::string_view form);
  Operand operand_in(const Word& word);
  DataType type_in(const Word& word);
  Place place_in(const Word& word);

  Word line_;
  const SourceText& text_;
  Mistakes& mistakes_;
  std::vector<Attribute> attributes_;
  std::vector<std::string> known_;
};

// Whole, without sign or leading zero, below `limit`; 1 after a mistake.
std::uint64_t read_number(const Word& word, std::uint64_t limit, const SourceText& text,
                          Mistakes& mistakes);

inline constexpr std::uint64_t kNumberLimit = std::uint64_t{1} << 63;
inline constexpr std::uint64_t kSmallNumberLimit = std::uint64_t{1} << 32;

// "did you mean 'x'?" or, if nothing is near, the choices.
[[nodiscard]] std::string hint(std::string_view word, const std::vector<std::string>& choices);

}  // namespace systole
