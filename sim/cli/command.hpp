// SPDX-License-Identifier: Apache-2.0
// A subcommand as data: one table of operands and options feeds the parser, the help text and the
// suggestions, so none of them can disagree.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace systole {

// Whole numbers that an operand or option takes.
struct Range {
  std::int64_t least;
  std::int64_t most;
};

// What a word names, so that a shell can complete it; words that are listed are `choices`.
enum class Holds : std::uint8_t {
  word,  // Numbers, names, anything.
  file,
  folder,
  yaml,     // A configuration file.
  json,     // A result.
  setting,  // KEY=VALUE of a run.
  command,  // One of systole's.
  topic,    // A command, a kind of file or a key.
  preset    // The name of a shipped file of the kind that the word before it says.
};

struct Positional {
  std::string name{};  // As help shows it: "FILE".
  std::string help{};
  bool required = true;
  bool repeats = false;                // The last operand only.
  std::vector<std::string> choices{};  // The words it takes; empty: any text.
  std::optional<Range> range{};        // A whole number.
  Holds holds = Holds::word;
};

struct Option {
  std::string name{};      // "energy-model", written --energy-model.
  char letter = 0;         // 'j', written -j; 0: none.
  std::string value{};     // As help shows it: "FILE"; empty for a switch.
  std::string help{};      // One line, with the unit where there is one.
  std::string fallback{};  // What holds where it is not given, in words; empty: nothing.
  bool required = false;
  bool repeats = false;
  std::vector<std::string> choices{};  // The words it takes; empty: any text.
  std::optional<Range> range{};        // A whole number.
  Holds holds = Holds::word;
};

// A command line that passed its command's table: numbers are in range, words are choices.
class Arguments {
 public:
  [[nodiscard]] bool has(std::string_view name) const { return values_.contains(name); }

  // The value of an operand or option; a repeated option's last. Bug if it was not given.
  [[nodiscard]] const std::string& text(std::string_view name) const;
  [[nodiscard]] std::uint64_t number(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> maybe(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;

  void add(const std::string& name, std::string value) {
    values_[name].push_back(std::move(value));
  }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

struct Command {
  std::string name;
  std::string summary;                // One line, lower case, no full stop.
  std::vector<std::string> examples;  // Whole command lines.
  std::vector<Positional> operands;
  std::vector<Option> options;                 // --help is every command's and not listed.
  std::string rest{};                          // What words behind a "--" are; empty: none.
  std::function<int(const Arguments&)> run{};  // Returns the exit code.
};

}  // namespace systole
