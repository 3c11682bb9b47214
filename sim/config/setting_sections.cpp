// SPDX-License-Identifier: Apache-2.0
// Sections of settings: what varies in a sweep, what a baseline's point changes; held against the
// tables of the keys that they name. What passes is kept as the text that --set would take.
#include <fmt/ranges.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "config/document_impl.hpp"
#include "config/range.hpp"
#include "config/settings.hpp"

namespace systole {
namespace {

using Mistakes = std::vector<Diagnostic>;

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

  // Keys, each with one value.
  void settings(const Row& row, const std::string& key, const Node& node) {
    if (node.kind == Node::Kind::map) {
      single_values(node, key);
    } else {
      report(diagnose(node.at,
                      fmt::format("'{}' is a section of keys, not {}", row.key, describe(node)),
                      "for example " + row.example));
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
    for (const Setting& candidate : systole::settings()) {
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
      texts = range_values(*row, node, mistakes_);
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
    single_values(node, join(row.key, variant_name), "name");
  }

  // Kept as the section `prefix`. The key `other` is not one.
  void single_values(const Node& node, const std::string& prefix, std::string_view other = {}) {
    SectionContent content{.at = node.at, .names = {}};
    for (const Entry& entry : node.entries) {
      const std::optional<Row> row = entry.key == other ? std::nullopt : setting_row(entry);
      if (!row) {
        continue;
      }
      if (auto text = setting_text(*row, *entry.value)) {
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

void read_setting_sections(Document::Impl& document, const Row& row, const std::string& key,
                           const Node& node, std::vector<Diagnostic>& mistakes) {
  Sections sections(document, mistakes);
  switch (row.type) {
    case Type::grid: return sections.grid(row, node);
    case Type::variants: return sections.variants(row, node);
    case Type::zip: return sections.groups(row, node, true);
    case Type::exclude: return sections.groups(row, node, false);
    case Type::settings: return sections.settings(row, key, node);
    default: throw Bug(fmt::format("'{}' is no section of settings", row.key));
  }
}

}  // namespace systole
