// SPDX-License-Identifier: Apache-2.0
// A trace's text with its lines, so that every mistake, also one found long after parsing, points
// at the words that caused it.
//
// Columns count bytes. In what is shown of a line every byte that is not plain ASCII becomes '?':
// one byte stays one column, and nothing of a hostile file reaches the terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace systole {

// A piece of one line. The text lives as long as the SourceText does and stays where it is.
struct Word {
  std::string_view text;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  // A part of this word that starts `offset` characters into it.
  [[nodiscard]] Word part(std::size_t offset, std::size_t length = std::string_view::npos) const;
};

class SourceText {
 public:
  SourceText() = default;
  SourceText(std::string_view text, std::string file);

  [[nodiscard]] std::uint32_t lines() const { return static_cast<std::uint32_t>(starts_.size()); }
  [[nodiscard]] std::string_view line(std::uint32_t number) const;  // From 1, without its newline.

  // The words of a line up to its comment, parted by spaces and tabs.
  void words(std::uint32_t number, std::vector<Word>& out) const;

  // A mistake at a word; at line 0 it concerns the file as a whole.
  [[nodiscard]] Diagnostic mistake(const Word& at, std::string message, std::string label) const;

 private:
  std::string text_;
  std::string file_;
  std::vector<std::size_t> starts_;
};

// The lines at which the parts of a parsed trace stand.
struct BlockLines {
  std::uint32_t header = 0;
  std::vector<std::uint32_t> operations;
};

struct TraceLines {
  std::uint32_t pod = 0;
  std::uint32_t tensor = 0;
  std::uint32_t data = 0;
  std::uint32_t output_tokens = 0;
  std::uint32_t causal = 0;
  std::uint32_t residency = 0;
  std::vector<BlockLines> blocks;
};

struct TraceSource {
  SourceText text;
  TraceLines lines;
};

// Gathers mistakes. Reading stops at kMost: a file with more of them is the wrong file.
class Mistakes {
 public:
  static constexpr std::size_t kMost = 1000;

  void add(Diagnostic mistake) {
    if (!full()) {
      found_.push_back(std::move(mistake));
    }
  }
  [[nodiscard]] bool full() const { return found_.size() >= kMost; }
  // Past the first few nobody sees a suggestion, which is the dear part of a mistake.
  [[nodiscard]] bool is_shown() const { return found_.size() < 20; }
  void throw_if_any() &&;

 private:
  std::vector<Diagnostic> found_;
};

// Text of the user inside a message: plain ASCII, not too long, in quotes.
[[nodiscard]] std::string quoted(std::string_view text);

// True for what names a block or an operation: letters, digits, '_' and '-', at most 64.
[[nodiscard]] bool is_name(std::string_view text);

// True for a pod's hash: as a name, also with '.' and ':', at most 128.
[[nodiscard]] bool is_hash(std::string_view text);

}  // namespace systole
