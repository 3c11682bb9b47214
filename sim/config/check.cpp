// SPDX-License-Identifier: Apache-2.0
// A whole tree held against the table of its kind. Every mistake is reported; missing keys come
// last, since a misspelt key explains many of them.
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/suggest.hpp"
#include "config/document_impl.hpp"

namespace systole {
namespace {

class Checker {
 public:
  Checker(Document::Impl& document, Paths paths, std::vector<Diagnostic>& mistakes,
          std::vector<Diagnostic>& missing)
      : document_(document), paths_(paths), mistakes_(mistakes), missing_(missing) {}

  void check(const Node& root) {
    if (root.kind != Node::Kind::map) {
      mistakes_.push_back(diagnose(root.at, fmt::format("a {} file holds keys and values, not {}",
                                                        kind_name(), describe(root))));
      return;
    }
    if (is_another_kind(root)) {
      return;
    }
    section("", root, root.at);
  }

 private:
  [[nodiscard]] std::string kind_name() const {
    return document_.kind == FileKind::energy_model ? "energy model"
                                                    : std::string(name(document_.kind));
  }

  static std::size_t matches(FileKind kind, const Node& root) {
    return static_cast<std::size_t>(std::ranges::count_if(
        root.entries, [&](const Entry& e) { return find_row(kind, e.key) != nullptr; }));
  }

  // A pod given as a run: one message instead of one for each key.
  bool is_another_kind(const Node& root) {
    const std::size_t own = matches(document_.kind, root);
    for (const FileKind other : kFileKinds) {
      const std::size_t fits = matches(other, root);
      if (fits >= 2 && fits > own && fits == root.entries.size()) {
        const std::string other_name(other == FileKind::energy_model ? "energy model"
                                                                     : name(other));
        mistakes_.push_back(diagnose(
            {.source = root.at.source},
            fmt::format("this is a{} {} file, and a {} file is needed here",
                        other == FileKind::energy_model ? "n" : "", other_name, kind_name())));
        return true;
      }
    }
    return false;
  }

  // `at` is the section's own key.
  void section(const std::string& prefix, const Node& node, const Span& at) {
    SectionContent& content = document_.sections[prefix];
    content.at = at;
    const std::vector<const Row*> here = rows_in(document_.kind, prefix);
    std::set<std::string, std::less<>> suggested;
    for (const Entry& entry : node.entries) {
      if (mistakes_.size() >= kMostMistakes) {
        return;
      }
      const std::string key = join(prefix, entry.key);
      // A key with a dot of its own is not a way to write a section.
      const bool dotted = entry.key.find('.') != std::string::npos;
      const Row* row = dotted ? nullptr : find_row(document_.kind, key);
      if (row == nullptr) {
        unknown(prefix, entry, here, suggested);
      } else {
        content.names.push_back(entry.key);
        value(*row, entry);
      }
    }
    missing(prefix, node, at, here, suggested);
  }

  void value(const Row& row, const Entry& entry) {
    const Node& node = *entry.value;
    switch (row.type) {
      case Type::section:
        if (node.kind == Node::Kind::map) {
          section(row.key, node, entry.at);
        } else {
          report(diagnose(node.at,
                          fmt::format("'{}' is a section of keys, not {}", row.key, describe(node)),
                          "", {keys_here(rows_in(document_.kind, row.key))}));
        }
        return;
      case Type::grid:
      case Type::variants:
      case Type::zip:
      case Type::exclude: read_sweep_section(document_, row, node, mistakes_); return;
      default: break;
    }
    if (auto content = read_value(row, node, mistakes_)) {
      document_.values[row.key] = {.content = std::move(*content), .at = node.at};
    }
  }

  static std::string keys_here(const std::vector<const Row*>& here) {
    std::vector<std::string_view> leaves;
    leaves.reserve(here.size());
    for (const Row* row : here) {
      leaves.push_back(row->leaf());
    }
    std::ranges::sort(leaves);
    return fmt::format("keys here: {}", fmt::join(leaves, ", "));
  }

  void unknown(const std::string& prefix, const Entry& entry, const std::vector<const Row*>& here,
               std::set<std::string, std::less<>>& suggested) {
    std::vector<std::string> leaves;
    leaves.reserve(here.size());
    for (const Row* row : here) {
      leaves.emplace_back(row->leaf());
    }
    std::string label;
    if (const auto near = suggest(entry.key, leaves)) {
      label = fmt::format("did you mean '{}'?", *near);
      suggested.insert(*near);
    } else {
      label = elsewhere(prefix, entry.key);
    }
    const std::string where = prefix.empty() ? "" : fmt::format(" in '{}'", prefix);
    report(diagnose(entry.at, fmt::format("unknown key '{}'{}", shown(entry.key), where),
                    std::move(label), {keys_here(here)}));
  }

  // A key that is right but stands in the wrong place.
  [[nodiscard]] std::string elsewhere(const std::string& prefix, const std::string& key) const {
    if (find_row(document_.kind, join(prefix, key)) != nullptr) {
      const std::size_t dot = key.find('.');
      return fmt::format("write '{}:' and inside it '{}:'", key.substr(0, dot),
                         key.substr(dot + 1));
    }
    for (const Row& row : rows(document_.kind)) {
      if (row.leaf() == key && row.section() != prefix) {
        return row.section().empty() ? std::string("it belongs at the top of the file")
                                     : fmt::format("it belongs in '{}'", row.section());
      }
    }
    return {};
  }

  // One message for all keys that a section lacks, and the defaults of those that have one.
  void missing(const std::string& prefix, const Node& node, Span at,
               const std::vector<const Row*>& here,
               const std::set<std::string, std::less<>>& suggested) {
    std::vector<std::string> lacking;
    for (const Row* row : here) {
      if (node.find(row->leaf()) != nullptr) {
        continue;
      }
      if (row->required) {
        const bool spare =
            (row->type == Type::path && paths_ == Paths::absent) || suggested.contains(row->leaf());
        if (!spare) {
          lacking.push_back(fmt::format("'{}'", row->leaf()));
        }
      } else {
        fall_back(*row, at);
      }
    }
    if (!lacking.empty()) {
      if (prefix.empty()) {
        at.line = 0;
      }
      missing_.push_back(
          diagnose(at, fmt::format("missing key{} {}{}", lacking.size() == 1 ? "" : "s",
                                   fmt::join(lacking, ", "),
                                   prefix.empty() ? "" : fmt::format(" in '{}'", prefix))));
    }
  }

  // The default of an absent key, or those inside an absent section.
  void fall_back(const Row& row, const Span& at) {
    if (row.type == Type::section) {
      for (const Row* inner : rows_in(document_.kind, row.key)) {
        fall_back(*inner, at);
      }
    } else if (!row.fallback.empty()) {
      Node node;
      node.kind = Node::Kind::scalar;
      node.text = row.fallback;
      node.at = at;
      document_.values[row.key] = {.content = read_value(row, node, mistakes_).value(), .at = at};
    }
  }

  void report(Diagnostic mistake) { mistakes_.push_back(std::move(mistake)); }

  Document::Impl& document_;
  Paths paths_;
  std::vector<Diagnostic>& mistakes_;
  std::vector<Diagnostic>& missing_;
};

}  // namespace

void check_tree(Document::Impl& document, const Node& root, Paths paths,
                std::vector<Diagnostic>& mistakes, std::vector<Diagnostic>& missing) {
  Checker(document, paths, mistakes, missing).check(root);
}

}  // namespace systole
