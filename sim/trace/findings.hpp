// SPDX-License-Identifier: Apache-2.0
// What verify() finds, put into words: at the line of the text if there is one, by the name
// "block.operation" if not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "trace/source.hpp"
#include "trace/trace.hpp"

namespace systole {

class Findings {
 public:
  static constexpr std::size_t kWhole = static_cast<std::size_t>(-1);  // No single item.

  Findings(const Trace& trace, const TraceSource* source) : trace_(trace), source_(source) {}

  // `key` is a word of the header; a buffer or store stands for its attribute of residency.
  void header(std::string_view key, std::string message, std::string label);
  void block(std::size_t block, std::string message, std::string label);
  // `key` is an attribute, or empty for the operation's name; `item` counts in a list.
  void operation(std::size_t block, std::size_t operation, std::string_view key, std::size_t item,
                 std::string message, std::string label);

  // Where an operation stands, for "first at ...": its line, or its place in the block.
  [[nodiscard]] std::string place_of(std::size_t block, std::size_t operation) const;

  [[nodiscard]] bool full() const { return mistakes_.full(); }
  [[nodiscard]] bool is_shown() const { return mistakes_.is_shown(); }
  void throw_if_any() && { std::move(mistakes_).throw_if_any(); }

 private:
  void add(const std::string& subject, const Word& at, std::string message, std::string label);
  [[nodiscard]] Word find(std::uint32_t line, std::string_view key, std::size_t item) const;

  const Trace& trace_;
  const TraceSource* source_;
  Mistakes mistakes_;
};

}  // namespace systole
