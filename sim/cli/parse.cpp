// SPDX-License-Identifier: Apache-2.0
#include "cli/parse.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <optional>

#include "base/error.hpp"
#include "base/suggest.hpp"

namespace systole {
namespace {

namespace po = boost::program_options;

// Unix words without guessing: Boost's default takes --se for --seed.
constexpr int kStyle = po::command_line_style::unix_style ^ po::command_line_style::allow_guessing;

Diagnostic mistake(std::string message) {
  return {
      .message = std::move(message), .at = {}, .source = {}, .label = {}, .notes = {}, .also = {}};
}

po::options_description description(const Command& command) {
  po::options_description out;
  out.add_options()("help,h", "");
  for (const Option& option : command.options) {
    const std::string name =
        option.letter == 0 ? option.name : option.name + "," + std::string(1, option.letter);
    if (option.value.empty()) {
      out.add_options()(name.c_str(), "");
    } else {
      out.add_options()(name.c_str(), po::value<std::vector<std::string>>(), "");
    }
  }
  return out;
}

// A word like -4 is a number in the wrong range, not a bundle of one-letter options.
std::vector<po::option> negative_number(std::vector<std::string>& words) {
  const std::string& word = words.front();
  if (word.size() < 2 || word[0] != '-' || word[1] < '0' || word[1] > '9') {
    return {};
  }
  po::option out;
  out.value.push_back(word);
  out.original_tokens.push_back(word);
  words.erase(words.begin());
  return {out};
}

std::vector<std::string> spellings(const Command& command) {
  std::vector<std::string> out{"--help"};
  for (const Option& option : command.options) {
    out.push_back("--" + option.name);
  }
  return out;
}

// What Boost objects to, in our words.
[[noreturn]] void explain(const Command& command, const po::error& error) {
  const std::string hint = fmt::format(" ('systole {} -h' lists the options)", command.name);
  if (const auto* unknown = dynamic_cast<const po::unknown_option*>(&error)) {
    const std::string word = unknown->get_option_name();
    fail("unknown option '{}'{}{}", word, did_you_mean(word, spellings(command)), hint);
  }
  if (const auto* syntax = dynamic_cast<const po::invalid_command_line_syntax*>(&error)) {
    using Kind = po::invalid_syntax::kind_t;
    const std::string word = syntax->get_option_name();
    if (syntax->kind() == Kind::missing_parameter) {
      fail("option '{}' needs a value{}", word, hint);
    }
    if (syntax->kind() == Kind::extra_parameter) {
      fail("option '{}' takes no value{}", word, hint);
    }
  }
  fail("{}{}", error.what(), hint);
}

std::vector<po::option> split(const Command& command, const std::vector<std::string>& words) {
  const po::options_description options = description(command);
  try {
    return po::command_line_parser(words)
        .options(options)
        .style(kStyle)
        .extra_style_parser(negative_number)
        .run()
        .options;
  } catch (const po::error& error) {
    explain(command, error);
  }
}

// Empty if `value` is a whole number in the range.
std::string number_mistake(const std::string& what, const std::string& value, Range range) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool whole =
      end == value.data() + value.size() && !value.empty() && error != std::errc::invalid_argument;
  if (whole && error == std::errc{} && number >= range.least && number <= range.most) {
    return {};
  }
  return fmt::format("{} must be a whole number from {} to {}, got '{}'", what, range.least,
                     range.most, value);
}

// Empty if `value` is one of the choices, of which there may be none.
std::string choice_mistake(const std::string& what, const std::string& value,
                           const std::vector<std::string>& choices) {
  if (choices.empty() || std::ranges::find(choices, value) != choices.end()) {
    return {};
  }
  return fmt::format("{} takes {}; got '{}'{}", what, fmt::join(choices, ", "), value,
                     did_you_mean(value, choices));
}

std::string value_mistake(const Option& option, const std::string& value) {
  const std::string name = "--" + option.name;
  if (option.range) {
    return number_mistake(name, value, *option.range);
  }
  const std::string wrong = choice_mistake(name, value, option.choices);
  return wrong.empty() && value.empty() ? name + " is empty" : wrong;
}

std::string operand_mistake(const Positional& operand, const std::string& value) {
  return operand.range ? number_mistake(operand.name, value, *operand.range)
                       : choice_mistake(operand.name, value, operand.choices);
}

// Puts the words without an option's name in the operands' places.
void place_operands(const Command& command, const std::vector<std::string>& words, Arguments& out,
                    std::vector<Diagnostic>& mistakes) {
  for (std::size_t i = words.size(); i < command.operands.size(); ++i) {
    const Positional& operand = command.operands[i];
    if (operand.required) {
      mistakes.push_back(mistake(
          fmt::format("systole {} needs {}: {}", command.name, operand.name, operand.help)));
    }
  }
  const bool repeats = !command.operands.empty() && command.operands.back().repeats;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i >= command.operands.size() && !repeats) {
      mistakes.push_back(mistake(fmt::format("one word too many: '{}'", words[i])));
      continue;
    }
    const Positional& operand = command.operands[std::min(i, command.operands.size() - 1)];
    const std::string wrong = operand_mistake(operand, words[i]);
    if (!wrong.empty()) {
      mistakes.push_back(mistake(wrong));
    }
    out.add(operand.name, words[i]);
  }
}

void check_options(const Command& command, const Arguments& given,
                   std::vector<Diagnostic>& mistakes) {
  for (const Option& option : command.options) {
    const std::vector<std::string> values = given.all(option.name);
    if (values.empty() && option.required) {
      mistakes.push_back(mistake(fmt::format("systole {} needs --{} {}: {}", command.name,
                                             option.name, option.value, option.help)));
    }
    if (values.size() > 1 && !option.repeats) {
      mistakes.push_back(mistake(fmt::format("option '--{}' is given twice", option.name)));
    }
    for (const std::string& value : values) {
      const std::string wrong = option.value.empty() ? "" : value_mistake(option, value);
      if (!wrong.empty()) {
        mistakes.push_back(mistake(wrong));
      }
    }
  }
}

}  // namespace

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  std::optional<std::string> near = suggest(word, candidates);
  if (!near) {  // --js is too short to be near anything but begins only one.
    std::vector<std::string> longer;
    std::ranges::copy_if(candidates, std::back_inserter(longer),
                         [&](const std::string& c) { return c.starts_with(word); });
    near = longer.size() == 1 ? std::optional(longer.front()) : std::nullopt;
  }
  return near ? fmt::format("; did you mean '{}'?", *near) : "";
}

Arguments parse(const Command& command, const std::vector<std::string>& words) {
  Arguments out;
  std::vector<std::string> operands;
  const auto rest = command.rest.empty() ? words.end() : std::ranges::find(words, "--");
  for (auto word = rest; word != words.end() && ++word != words.end();) {
    out.add("--", *word);
  }
  for (const po::option& option : split(command, {words.begin(), rest})) {
    if (option.string_key.empty()) {
      operands.insert(operands.end(), option.value.begin(), option.value.end());
    } else {
      out.add(option.string_key, option.value.empty() ? "" : option.value.front());
    }
  }
  if (out.has("help")) {
    return out;
  }
  std::vector<Diagnostic> mistakes;
  place_operands(command, operands, out, mistakes);
  check_options(command, out, mistakes);
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
  return out;
}

}  // namespace systole
