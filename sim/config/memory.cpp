// SPDX-License-Identifier: Apache-2.0
#include "config/memory.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/hash.hpp"
#include "base/suggest.hpp"
#include "base/units.hpp"
#include "config/source.hpp"
#include "config/table.hpp"

namespace systole {
namespace {

using Mistakes = std::vector<Diagnostic>;

constexpr const char* kForm = "write 'SCOPE COMMAND -> COMMAND: TIMING + ... [in N]'";
constexpr std::uint64_t kWidestWindow = 64;

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) {
      out.emplace_back(text.substr(0, end));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

template <std::size_t N>
std::vector<std::string> list_of(const std::array<std::string_view, N>& names) {
  return {std::begin(names), std::end(names)};
}

// The timings that a constraint may name.
std::vector<std::string> timing_names() {
  std::vector<std::string> out{"burst"};
  for (const char* section : {"presets.jedec", "timings"}) {
    for (const Row* row : rows_in(FileKind::memory, section)) {
      out.emplace_back(row->leaf());
    }
  }
  return out;
}

ConstraintText wrong(std::string message, std::string label) {
  return {.line = {}, .message = std::move(message), .label = std::move(label)};
}

// Nothing if `word` is one of `known`.
std::optional<ConstraintText> unknown(std::string_view what, const std::string& word,
                                      const std::vector<std::string>& known) {
  if (std::ranges::find(known, word) != known.end()) {
    return std::nullopt;
  }
  const auto near = suggest(word, known);
  return wrong(fmt::format("unknown {} '{}' in a constraint", what, shown(word)),
               near ? fmt::format("did you mean '{}'?", *near)
                    : fmt::format("one of {}", fmt::join(known, ", ")));
}

bool is_of_all_banks(std::string_view command) {
  return command == "precharge_all" || command == "refresh";
}

// "bank activate -> read" in its four words.
std::optional<ConstraintText> read_pair(std::string_view text, ConstraintLine& line) {
  const std::vector<std::string> words = words_of(text);
  if (words.size() != 4 || words[2] != "->") {
    return wrong(fmt::format("'{}' is not a pair of commands", shown(text)), kForm);
  }
  line.scope = words[0];
  line.from = words[1];
  line.to = words[3];
  if (auto mistake = unknown("scope", line.scope, list_of(kMemoryScopes))) {
    return mistake;
  }
  for (const std::string& command : {line.from, line.to}) {
    if (auto mistake = unknown("command", command, list_of(kMemoryCommands))) {
      return mistake;
    }
    if (line.scope != "channel" && is_of_all_banks(command)) {
      return wrong(fmt::format("'{}' is for all banks, not for one {}", command, line.scope),
                   "its scope is 'channel'");
    }
  }
  return std::nullopt;
}

// "tCWL + burst + tWTR_L in 4".
std::optional<ConstraintText> read_sum(std::string_view text, ConstraintLine& line) {
  std::vector<std::string> words = words_of(text);
  if (words.size() >= 3 && words[words.size() - 2] == "in") {
    const auto window = parse_integer(words.back());
    if (!window.ok() || window.value < 2 || window.value > kWidestWindow) {
      return wrong(fmt::format("a window holds 2 to {} commands, not '{}'", kWidestWindow,
                               shown(words.back())),
                   "for example 'in 4'");
    }
    line.window = static_cast<std::uint32_t>(window.value);
    words.resize(words.size() - 2);
  }
  if (words.size() % 2 == 0) {
    return wrong(fmt::format("'{}' is not a sum of timings", shown(text)), kForm);
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i % 2 == 1) {
      if (words[i] != "+") {
        return wrong(fmt::format("'{}' is not a sum of timings", shown(text)), kForm);
      }
    } else if (auto mistake = unknown("timing", words[i], timing_names())) {
      return mistake;
    } else {
      line.sum.push_back(words[i]);
    }
  }
  return std::nullopt;
}

std::string normal_form(const ConstraintLine& line) {
  return fmt::format("{} {} -> {}: {}{}", line.scope, line.from, line.to,
                     fmt::join(line.sum, " + "),
                     line.window == 1 ? "" : fmt::format(" in {}", line.window));
}

// The number of bits of a power of two; nothing for other numbers.
std::optional<std::uint32_t> bits_of(std::uint64_t n) {
  return std::has_single_bit(n) ? std::optional(static_cast<std::uint32_t>(std::countr_zero(n)))
                                : std::nullopt;
}

class Reader {
 public:
  explicit Reader(const Document& document) : document_(document) {}

  MemoryConfig read() {
    out_.name = document_.text("name");
    out_.channels = count("channels");
    out_.burst = Bytes{static_cast<std::uint64_t>(document_.number("burst"))};
    out_.burst_cycles = count("burst_cycles");
    out_.cycle = to_femtoseconds(Seconds{document_.number("cycle")});
    out_.groups = power_of_two("groups");
    out_.banks = power_of_two("banks");
    out_.rows = power_of_two("rows");
    out_.columns = power_of_two("columns");
    out_.timings = timings("timings");
    for (const std::string& preset : document_.names("presets")) {
      out_.presets[preset] = timings(join("presets", preset));
    }
    constraints();
    for (const std::string& name : document_.names("mappings")) {
      mapping(name);
    }
    if (!mistakes_.empty()) {
      throw UserError(std::move(mistakes_));
    }
    out_.hash = content_hash(document_.canonical().dump());
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::uint32_t count(const std::string& key) const {
    return static_cast<std::uint32_t>(document_.integer(key));
  }

  std::uint32_t power_of_two(const std::string& key) {
    const std::uint32_t n = count(key);
    if (!bits_of(n)) {
      mistake(key, fmt::format("'{}' must be a power of two, not {}", key, n));
    }
    return n;
  }

  [[nodiscard]] Timings timings(const std::string& section) const {
    Timings out;
    for (const std::string& leaf : document_.names(section)) {
      out[leaf] = parse_timing(document_.text(join(section, leaf))).value();
    }
    return out;
  }

  [[nodiscard]] bool is_given(const std::string& name) const {
    return name == "burst" || out_.timings.contains(name) ||
           out_.presets.at("jedec").contains(name);
  }

  void constraints() {
    std::set<std::string> seen;
    std::set<std::string, std::less<>> used{"tREFI", "tCL", "tCWL"};  // The device has them.
    for (const std::string& text : document_.texts("constraints")) {
      ConstraintLine line = parse_constraint(text).line.value();
      if (!seen.insert(fmt::format("{} {} {} {}", line.scope, line.from, line.to, line.window))
               .second) {
        mistake("constraints",
                fmt::format("two constraints for '{} {} -> {}'", line.scope, line.from, line.to));
      }
      for (const std::string& name : line.sum) {
        used.insert(name);
        if (!is_given(name)) {
          mistake("constraints",
                  fmt::format("'{}' needs '{}', which 'timings' does not give", line.text, name));
        }
      }
      out_.constraints.push_back(std::move(line));
    }
    require_read("timings", out_.timings, used);
    for (const auto& [preset, timings_of] : out_.presets) {
      require_read(join("presets", preset), timings_of, used);
      for (const auto& [name, value] : out_.presets.at("jedec")) {
        if (!timings_of.contains(name)) {
          mistake(join("presets", preset), fmt::format("preset '{}' lacks '{}'", preset, name));
        }
      }
    }
  }

  void require_read(const std::string& section, const Timings& given,
                    const std::set<std::string, std::less<>>& used) {
    for (const auto& [name, value] : given) {
      if (!used.contains(name)) {
        mistake(join(section, name), fmt::format("no constraint reads '{}'", name));
      }
    }
  }

  void mapping(const std::string& name) {
    const std::string key = join("mappings", name);
    std::map<std::string, std::uint64_t> given;
    std::vector<MappingWord>& out = out_.mappings[name];
    for (const std::string& word : words_of(document_.text(key))) {
      if (const auto parsed = mapping_word(key, word)) {
        if (parsed->with.empty()) {
          given[parsed->field] += parsed->field == "channel" ? 1 : parsed->bits;
        }
        out.push_back(*parsed);
      }
    }
    complete(key, given);
  }

  [[nodiscard]] std::uint64_t size_of(const std::string& field) const {
    return field == "group"    ? out_.groups
           : field == "bank"   ? out_.banks
           : field == "column" ? out_.columns
           : field == "row"    ? out_.rows
                               : out_.channels;
  }

  // Every bit of a bank's, row's and column's number once, and the channel once: a bijection.
  void complete(const std::string& key, std::map<std::string, std::uint64_t>& given) {
    if (given["channel"] != 1) {
      mistake(key, fmt::format("'{}' must name channel once, not {} times", key, given["channel"]));
    }
    for (const char* field : {"group", "bank", "column", "row"}) {
      const auto bits = bits_of(size_of(field));
      if (bits && given[field] != *bits) {
        mistake(key, fmt::format("'{}' gives {} bits of {}, and there are {}", key, given[field],
                                 field, *bits));
      }
    }
  }

  std::optional<MappingWord> mapping_word(const std::string& key, const std::string& word) {
    const std::vector<std::string> fields{"channel", "group", "bank", "column", "row"};
    const auto refuse = [&](const std::string& why) {
      mistake(key, fmt::format("'{}' in '{}': {}", shown(word), key, why));
      return std::nullopt;
    };
    const std::size_t colon = word.find(':');
    std::string field = word.substr(0, colon);
    std::string with;
    if (const std::size_t hat = field.find('^'); hat != std::string::npos) {
      with = field.substr(hat + 1);
      field.resize(hat);
    }
    for (const std::string& one : {field, with}) {
      if ((!one.empty() || &one == &field) && std::ranges::find(fields, one) == fields.end()) {
        const auto near = suggest(one, fields);
        return refuse(near ? fmt::format("did you mean '{}'?", *near)
                           : "fields are channel, group, bank, column and row");
      }
    }
    if (field == "channel" || with == "channel") {
      return word == "channel" ? std::optional(MappingWord{"channel", "", 0})
                               : refuse("channel stands alone: it need not be a power of two");
    }
    const auto bits = parse_integer(colon == std::string::npos ? "" : word.substr(colon + 1));
    if (!bits.ok() || bits.value == 0 || bits.value > 32) {
      return refuse("a field has its number of bits behind it, as in 'column:5'");
    }
    const std::uint64_t room = std::min(size_of(field), size_of(with.empty() ? field : with));
    if (!with.empty() && (with == field || bits.value > bits_of(room).value_or(32))) {
      return refuse("a field is flipped by bits that another one has");
    }
    return MappingWord{field, with, static_cast<std::uint32_t>(bits.value)};
  }

  void mistake(const std::string& key, std::string message) {
    mistakes_.push_back(document_.mistake(key, std::move(message)));
  }

  const Document& document_;
  MemoryConfig out_{};
  Mistakes mistakes_;
};

}  // namespace

ConstraintText parse_constraint(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return wrong(fmt::format("'{}' has no timing", shown(text)), kForm);
  }
  ConstraintLine line;
  if (auto mistake = read_pair(text.substr(0, colon), line)) {
    return *mistake;
  }
  if (auto mistake = read_sum(text.substr(colon + 1), line)) {
    return *mistake;
  }
  line.text = normal_form(line);
  return {.line = std::move(line), .message = {}, .label = {}};
}

std::optional<Timing> parse_timing(std::string_view text) {
  if (const auto clocks = parse_integer(text); clocks.ok()) {
    return Cycles{clocks.value};
  }
  const auto time = parse_quantity(text, Dimension::time);
  return time.ok() ? std::optional<Timing>(to_femtoseconds(Seconds{time.value})) : std::nullopt;
}

Femtoseconds cycle_for(const MemoryConfig& memory, std::uint64_t channels,
                       BytesPerSecond bandwidth) {
  const auto bytes = static_cast<double>(memory.burst.count() * channels);
  return Femtoseconds{static_cast<std::uint64_t>(
      std::llround(bytes / (memory.burst_cycles * bandwidth.count()) * 1e15))};
}

MemoryConfig memory_config(const Document& document) { return Reader(document).read(); }

MemoryConfig read_memory(const std::string& file) {
  return memory_config(load(FileKind::memory, file));
}

}  // namespace systole
