// SPDX-License-Identifier: Apache-2.0
// What varies in a sweep: its grid, its lists that move together and its exceptions, held against
// the tables of the keys that they name. What passes is kept as the text that --set would take.
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/suggest.hpp"
#include "config/document_impl.hpp"
#include "config/settings.hpp"

namespace systole {
namespace {

using Mistakes = std::vector<Diagnostic>;

constexpr std::uint64_t kMostValues = 10'000;  // Of one range.

// "[4, 4]" of a list, and what stands in single values.
std::string flow(const Node& node) {
  if (node.kind != Node::Kind::list) {
    return node.text;
  }
  std::vector<std::string> items;
  for (const Node* item : node.items) {
    items.push_back(flow(*item));
  }
  return fmt::format("[{}]", fmt::join(items, ", "));
}

// A measured price varies by its value alone.
Row varying(const Row& row) {
  Row out = row;
  if (row.type == Type::measured) {
    out.type = Type::quantity;
    out.example = row.example.empty() ? fmt::format("1 {}", base_unit(row.dimension)) : row.example;
  }
  return out;
}

bool has_values_on_a_line(const Row& row) {
  return row.type == Type::integer || row.type == Type::number || row.type == Type::quantity;
}

// A number without the noise of the last bits, so that 0.1 + 0.2 is written 0.3.
double rounded(double value) {
  if (value == 0.0) {
    return 0.0;
  }
  const double scale = std::pow(10.0, 11 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

// {from: 1, to: 1024, scale: powers_of_two}
class Range {
 public:
  Range(const Row& row, const Node& node, Mistakes& mistakes)
      : row_(row), node_(node), mistakes_(mistakes) {}

  // In the unit of `from`; nothing after a mistake.
  std::vector<std::string> values() {
    const std::size_t before = mistakes_.size();
    if (!has_values_on_a_line(row_)) {
      wrong(node_.at, fmt::format("'{}' has no range: write its values as a list", row_.key));
      return {};
    }
    for (const Entry& entry : node_.entries) {
      if (std::ranges::find(kKeys, entry.key) == kKeys.end()) {
        wrong(entry.at, fmt::format("unknown key '{}' in a range", shown(entry.key)));
      }
    }
    const std::optional<double> from = end("from");
    const std::optional<double> to = end("to");
    const std::string scale = scale_word();
    if (mistakes_.size() > before) {
      return {};
    }
    if (!(*from < *to)) {
      wrong(node_.at, fmt::format("'from' of '{}' must lie below 'to'", row_.key));
      return {};
    }
    std::vector<double> numbers =
        scale == "powers_of_two" ? doubled(*from, *to) : spread(*from, *to, scale == "log");
    std::vector<std::string> out;
    for (double& number : numbers) {
      number = row_.type == Type::integer ? std::round(number) : rounded(number);
      std::string text = print_number(number) + (unit_.empty() ? "" : " " + unit_);
      if (out.empty() || out.back() != text) {  // Whole numbers may fall together.
        out.push_back(std::move(text));
      }
    }
    return mistakes_.size() > before ? std::vector<std::string>{} : out;
  }

 private:
  static constexpr std::array<std::string_view, 5> kKeys{"from", "to", "step", "points", "scale"};

  void wrong(const Span& at, std::string message) {
    mistakes_.push_back(
        diagnose(at, std::move(message),
                 "a range is {from: A, to: B} with points: N or step: S, and scale: linear, log or "
                 "powers_of_two"));
  }

  // In the unit that `from` is written in.
  std::optional<double> end(const char* key) {
    const Entry* entry = node_.find(key);
    if (entry == nullptr) {
      wrong(node_.at, fmt::format("a range of '{}' needs '{}'", row_.key, key));
      return std::nullopt;
    }
    return number(*entry);
  }

  std::optional<double> number(const Entry& entry) {
    const std::optional<Content> content = read_value(row_, *entry.value, mistakes_);
    if (!content) {
      return std::nullopt;
    }
    if (const auto* whole = std::get_if<std::uint64_t>(&*content)) {
      return static_cast<double>(*whole);
    }
    if (row_.dimension == Dimension::none) {
      return std::get<double>(*content);
    }
    if (unit_.empty()) {
      unit_ = split_unit(entry.value->text).unit;
      one_ = parse_quantity("1 " + unit_, row_.dimension).value;
    }
    return rounded(std::get<double>(*content) / one_);
  }

  std::string scale_word() {
    const Entry* entry = node_.find("scale");
    if (entry == nullptr) {
      return "linear";
    }
    const Row row{.key = "scale",
                  .type = Type::choice,
                  .choices = {"linear", "log", "powers_of_two"},
                  .example = "log"};
    const std::optional<Content> content = read_value(row, *entry->value, mistakes_);
    return content ? std::get<std::string>(*content) : "";
  }

  std::vector<double> doubled(double from, double to) {
    if (node_.find("step") != nullptr || node_.find("points") != nullptr || from <= 0) {
      wrong(node_.at, fmt::format("powers of two of '{}' start above 0, and need no 'step' and no "
                                  "'points'",
                                  row_.key));
      return {};
    }
    std::vector<double> out;
    for (double at = from; at <= to; at *= 2) {
      out.push_back(at);
    }
    return out;
  }

  std::vector<double> spread(double from, double to, bool is_log) {
    const Entry* step = node_.find("step");
    const Entry* points = node_.find("points");
    if ((step == nullptr) == (points == nullptr) || (is_log && step != nullptr) ||
        (is_log && from <= 0)) {
      wrong(node_.at,
            is_log ? fmt::format("a log range of '{}' starts above 0 and needs 'points'", row_.key)
                   : fmt::format("a range of '{}' needs either 'points' or 'step'", row_.key));
      return {};
    }
    return step != nullptr ? stepped(from, to, *step) : pointed(from, to, *points, is_log);
  }

  std::vector<double> stepped(double from, double to, const Entry& entry) {
    const std::optional<double> step = number(entry);
    if (!step || !(*step > 0) || (to - from) / *step > static_cast<double>(kMostValues)) {
      if (step) {
        wrong(entry.value->at, fmt::format("a step of '{}' is above 0 and gives at most {} values",
                                           row_.key, kMostValues));
      }
      return {};
    }
    std::vector<double> out;
    const auto steps = static_cast<std::uint64_t>(std::floor((to - from) / *step * (1 + 1e-12)));
    for (std::uint64_t i = 0; i <= steps; ++i) {
      out.push_back(from + static_cast<double>(i) * *step);
    }
    return out;
  }

  std::vector<double> pointed(double from, double to, const Entry& entry, bool is_log) {
    const Row row{.key = "points",
                  .type = Type::integer,
                  .least = "2",
                  .most = std::to_string(kMostValues),
                  .example = "5"};
    const std::optional<Content> content = read_value(row, *entry.value, mistakes_);
    if (!content) {
      return {};
    }
    const auto points = std::get<std::uint64_t>(*content);
    std::vector<double> out;
    for (std::uint64_t i = 0; i < points; ++i) {
      const double part = static_cast<double>(i) / static_cast<double>(points - 1);
      out.push_back(is_log ? from * std::pow(to / from, part) : from + part * (to - from));
    }
    return out;
  }

  const Row& row_;
  const Node& node_;
  Mistakes& mistakes_;
  std::string unit_{};
  double one_ = 1;  // Of that unit, in base units.
};

class Sections {
 public:
  Sections(Document::Impl& document, Mistakes& mistakes)
      : document_(document), mistakes_(mistakes) {}

  void grid(const Row& row, const Node& node) {
    if (node.kind != Node::Kind::map) {
      report(diagnose(node.at,
                      fmt::format("'{}' is a section of keys, not {}", row.key, describe(node)),
                      "for example " + row.example));
      return;
    }
    SectionContent& content = document_.sections[row.key];
    content.at = node.at;
    for (const Entry& entry : node.entries) {
      lists(row.key, entry, content);
    }
  }

  void variants(const Row& row, const Node& node) {
    for (const Node* item : items(row, node)) {
      const Entry* label = item->find("name");
      if (label == nullptr) {
        report(diagnose(item->at, "a variant is a section with a name and keys",
                        "for example " + row.example));
        continue;
      }
      const Row name_row{.key = "variants.name", .type = Type::text, .example = "\"tensor 64\""};
      if (const auto named = read_value(name_row, *label->value, mistakes_)) {
        variant(row, *item, *label, std::get<std::string>(*named));
      }
    }
  }

  // Sections whose keys have lists of values: all of one length where `is_zip`.
  void groups(const Row& row, const Node& node, bool is_zip) {
    for (const Node* item : items(row, node)) {
      SectionContent& all = document_.sections[row.key];
      all.names.push_back(std::to_string(all.names.size() + 1));
      const std::string prefix = join(row.key, all.names.back());
      SectionContent content{.at = item->at, .names = {}};
      for (const Entry& entry : item->entries) {
        if (!is_zip && entry.key == "variant") {
          excluded_variant(prefix, entry, content);
        } else {
          lists(prefix, entry, content, !is_zip);
        }
      }
      if (is_zip) {
        require_one_length(prefix, content);
      }
      document_.sections[prefix] = std::move(content);
    }
  }

 private:
  void report(Diagnostic mistake) { mistakes_.push_back(std::move(mistake)); }

  // The sections of a list.
  std::vector<const Node*> items(const Row& row, const Node& node) {
    if (node.kind != Node::Kind::list || node.items.empty()) {
      report(diagnose(node.at, fmt::format("'{}' must be a list of sections", row.key),
                      "for example " + row.example));
      return {};
    }
    document_.sections[row.key].at = node.at;
    std::vector<const Node*> out;
    for (const Node* item : node.items) {
      if (item->kind == Node::Kind::map && !item->entries.empty()) {
        out.push_back(item);
      } else {
        report(diagnose(item->at, fmt::format("'{}' must be a list of sections", row.key),
                        "for example " + row.example));
      }
    }
    return out;
  }

  // The row of a key that a sweep varies; none after a mistake.
  std::optional<Row> setting_row(const Entry& entry) {
    if (const std::optional<Setting> setting = find_setting(entry.key)) {
      Row row = varying(*setting->row);
      row.key = entry.key;  // Messages name the key as it is written.
      return row;
    }
    std::vector<std::string> keys;
    std::vector<std::string> inside;
    std::string label;
    for (const Setting& candidate : settings()) {
      keys.push_back(candidate.key());
      if (keys.back().starts_with(entry.key + ".")) {
        inside.push_back(keys.back());
      }
      if (candidate.row->leaf() == entry.key && label.empty()) {
        label = fmt::format("did you mean '{}'?", keys.back());
      }
    }
    if (!inside.empty()) {
      report(diagnose(entry.at,
                      fmt::format("'{}' is a section; a sweep varies single keys", entry.key), "",
                      {fmt::format("keys there: {}", fmt::join(inside, ", "))}));
      return std::nullopt;
    }
    if (const auto near = suggest(entry.key, keys); near && label.empty()) {
      label = fmt::format("did you mean '{}'?", *near);
    }
    report(diagnose(entry.at, fmt::format("unknown key '{}'", shown(entry.key)), std::move(label),
                    {"keys are dotted, as in 'workload.batch' or 'chip.matrix_unit.rows'"}));
    return std::nullopt;
  }

  // As --set would give it: checked, paths resolved.
  std::optional<std::string> setting_text(const Row& row, const Node& node) {
    const auto content = read_value(row, node, mistakes_);
    if (!content) {
      return std::nullopt;
    }
    if (const auto* number = std::get_if<std::uint64_t>(&*content)) {
      return std::to_string(*number);  // "1_024" and "1Ki" are one label.
    }
    if (const auto* text = std::get_if<std::string>(&*content)) {
      return *text;
    }
    return flow(node);
  }

  // The values of a key: a list, a range, or, where `may_be_one`, a single value.
  void lists(const std::string& prefix, const Entry& entry, SectionContent& content,
             bool may_be_one = false) {
    const std::optional<Row> row = setting_row(entry);
    if (!row) {
      return;
    }
    const Node& node = *entry.value;
    std::vector<std::string> texts;
    if (node.kind == Node::Kind::map) {
      texts = Range(*row, node, mistakes_).values();
    } else if (node.kind == Node::Kind::list && !node.items.empty()) {
      for (const Node* item : node.items) {
        if (auto text = setting_text(*row, *item)) {
          texts.push_back(std::move(*text));
        }
      }
    } else if (may_be_one && node.kind == Node::Kind::scalar) {
      if (auto text = setting_text(*row, node)) {
        texts.push_back(std::move(*text));
      }
    } else {
      report(diagnose(node.at,
                      fmt::format("'{}' must be a list of values, not {}", entry.key,
                                  node.kind == Node::Kind::list ? "an empty list" : describe(node)),
                      fmt::format("for example [{}]", row->example)));
      return;
    }
    content.names.push_back(entry.key);
    document_.values[join(prefix, entry.key)] = {.content = std::move(texts), .at = node.at};
  }

  void excluded_variant(const std::string& prefix, const Entry& entry, SectionContent& content) {
    const Row row{.key = "exclude.variant", .type = Type::text, .example = "\"tensor 64\""};
    if (auto text = read_value(row, *entry.value, mistakes_)) {
      content.names.push_back(entry.key);
      document_.values[join(prefix, entry.key)] = {
          .content = std::vector<std::string>{std::get<std::string>(*text)}, .at = entry.value->at};
    }
  }

  void variant(const Row& row, const Node& node, const Entry& label,
               const std::string& variant_name) {
    SectionContent& all = document_.sections[row.key];
    if (std::ranges::find(all.names, variant_name) != all.names.end()) {
      report(
          diagnose(label.value->at, fmt::format("variant '{}' given twice", shown(variant_name))));
      return;
    }
    all.names.push_back(variant_name);
    const std::string prefix = join(row.key, variant_name);
    SectionContent content{.at = node.at, .names = {}};
    for (const Entry& entry : node.entries) {
      const std::optional<Row> key_row = entry.key == "name" ? std::nullopt : setting_row(entry);
      if (!key_row) {
        continue;
      }
      if (auto text = setting_text(*key_row, *entry.value)) {
        content.names.push_back(entry.key);
        document_.values[join(prefix, entry.key)] = {.content = std::move(*text),
                                                     .at = entry.value->at};
      }
    }
    document_.sections[prefix] = std::move(content);
  }

  void require_one_length(const std::string& prefix, const SectionContent& content) {
    std::optional<std::size_t> length;
    for (const std::string& key : content.names) {
      const Value& value = document_.values.find(join(prefix, key))->second;
      const std::size_t own = std::get<std::vector<std::string>>(value.content).size();
      if (length.value_or(own) != own) {
        report(diagnose(value.at, fmt::format("lists that move together have one length: '{}' has "
                                              "{} values, '{}' has {}",
                                              key, own, content.names.front(), *length)));
      }
      length = length.value_or(own);
    }
  }

  Document::Impl& document_;
  Mistakes& mistakes_;
};

}  // namespace

void read_sweep_section(Document::Impl& document, const Row& row, const Node& node,
                        std::vector<Diagnostic>& mistakes) {
  Sections sections(document, mistakes);
  switch (row.type) {
    case Type::grid: return sections.grid(row, node);
    case Type::variants: return sections.variants(row, node);
    case Type::zip: return sections.groups(row, node, true);
    case Type::exclude: return sections.groups(row, node, false);
    default: throw Bug(fmt::format("'{}' is no section of a sweep", row.key));
  }
}

}  // namespace systole
