// SPDX-License-Identifier: Apache-2.0
// One tree out of a file, the files that it extends and --set.
//
// Sections are merged key by key; every other value is replaced whole. So a list is replaced, and
// so is an entry of an energy model: a new number brings its own range and source.
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_map>

#include "config/document_impl.hpp"
#include "config/files.hpp"

namespace systole {
namespace {

constexpr std::size_t kDeepestChain = 16;
constexpr std::size_t kMostFiles = 64;

class Resolver {
 public:
  Resolver(Document::Impl& document, Arena& arena, std::vector<Diagnostic>& mistakes)
      : document_(document), arena_(arena), mistakes_(mistakes) {}

  // The file's own tree over the trees of all it extends.
  const Node* file(const Source& source) {
    chain_.push_back(&source);
    const Node* own = parse_yaml(source, arena_, mistakes_);
    const Node* result = own;
    if (own != nullptr && own->kind == Node::Kind::map) {
      if (const Entry* bases = own->find("extends")) {
        const Node* base = merged_bases(*bases->value);
        const Node* rest = without_extends(*own);
        const bool is_top = chain_.size() == 1;
        result = base == nullptr ? nullptr : merge(*base, *rest, "", is_top);
      }
    }
    chain_.pop_back();
    return result;
  }

  const Node* apply(const Node* root, const std::vector<Override>& overrides) {
    std::vector<std::string> seen;
    for (const Override& set : overrides) {
      const Source& source = document_.add_source(
          fmt::format("--set {}={}", shown(set.given.empty() ? set.key : set.given),
                      shown(set.value)),
          set.value, Source::Kind::fragment);
      if (std::ranges::find(seen, set.key) != seen.end()) {
        mistakes_.push_back(
            diagnose({.source = &source}, fmt::format("'{}' is set twice", shown(set.key))));
        continue;
      }
      seen.push_back(set.key);
      if (const Node* over = nested(*root, source, set)) {
        root = merge(*root, *over, "", true);
      }
    }
    return root;
  }

 private:
  const Node* without_extends(const Node& own) {
    Node& out = arena_.make(Node::Kind::map, own.at);
    std::ranges::copy_if(own.entries, std::back_inserter(out.entries),
                         [](const Entry& e) { return e.key != "extends"; });
    return &out;
  }

  const Node* merged_bases(const Node& bases) {
    std::vector<const Node*> paths = bases.items;
    if (bases.kind == Node::Kind::scalar) {
      paths = {&bases};
    }
    if (paths.empty()) {
      mistakes_.push_back(diagnose(bases.at, "'extends' must be a path or a list of paths",
                                   "for example ../chips/tpu_v4.yaml"));
      return nullptr;
    }
    const Node* result = nullptr;
    bool broken = false;
    for (const Node* path : paths) {
      const Node* next = base(*path);
      broken = broken || next == nullptr;
      result = result == nullptr || next == nullptr ? next : merge(*result, *next, "", false);
    }
    return broken ? nullptr : result;
  }

  const Node* refuse(const Node& path, std::string message, std::vector<std::string> notes = {}) {
    mistakes_.push_back(diagnose(path.at, std::move(message), "", std::move(notes)));
    return nullptr;
  }

  const Node* base(const Node& path) {
    if (path.kind != Node::Kind::scalar || path.text.empty() ||
        first_bad_byte(path.text) != std::string_view::npos) {
      return refuse(path, "'extends' must be a path or a list of paths");
    }
    const std::string file_name = resolve(*path.at.source, path.text);
    if (const auto problem = why_unreadable(file_name)) {
      const auto near = similar_file(file_name);
      mistakes_.push_back(
          diagnose(path.at, fmt::format("'extends' names '{}': {}", shown(file_name), *problem),
                   near ? fmt::format("did you mean '{}'?", shown(*near)) : ""));
      return nullptr;
    }
    std::vector<std::string> names;
    bool is_cycle = false;
    for (const Source* source : chain_) {
      names.push_back(source->name());
      is_cycle = is_cycle || identity(source->name()) == identity(file_name);
    }
    if (is_cycle) {
      names.push_back(file_name);
      return refuse(path, "files extend each other in a circle",
                    {fmt::format("{}", fmt::join(names, " extends "))});
    }
    if (chain_.size() > kDeepestChain) {
      return refuse(path, fmt::format("'extends' goes more than {} files deep", kDeepestChain));
    }
    if (++files_ > kMostFiles) {
      return refuse(path, fmt::format("'extends' reads more than {} files", kMostFiles));
    }
    return file(document_.add_source(file_name, read_text(file_name, kMostBytes)));
  }

  const Node* merge(const Node& base, const Node& over, const std::string& prefix, bool record) {
    if (base.kind != Node::Kind::map || over.kind != Node::Kind::map) {
      return &over;
    }
    Node& out = arena_.make(Node::Kind::map, over.at);
    out.entries = base.entries;
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < base.entries.size(); ++i) {
      places.emplace(base.entries[i].key, i);
    }
    for (const Entry& entry : over.entries) {
      const auto place = places.find(entry.key);
      if (place == places.end()) {
        out.entries.push_back(entry);
        continue;
      }
      Entry* old = &out.entries[place->second];
      const std::string key = join(prefix, entry.key);
      const Row* row = find_row(document_.kind, key);
      const bool both_maps =
          old->value->kind == Node::Kind::map && entry.value->kind == Node::Kind::map;
      if (row != nullptr && row->type == Type::section && both_maps) {
        old->value = merge(*old->value, *entry.value, key, record);
      } else {
        *old = entry;
        if (record) {
          remember(key);
        }
      }
    }
    return &out;
  }

  void remember(const std::string& key) {
    if (std::ranges::find(document_.overridden, key) == document_.overridden.end()) {
      document_.overridden.push_back(key);
    }
  }

  // --set a.b=c as the tree {a: {b: c}}.
  const Node* nested(const Node& root, const Source& source, const Override& set) {
    const bool is_blank = set.value.find_first_not_of(' ') == std::string::npos;
    const Node* value = is_blank ? &arena_.make(Node::Kind::empty, {.source = &source})
                                 : parse_yaml(source, arena_, mistakes_);
    const Row* row = find_row(document_.kind, set.key);
    if (value != nullptr && value->kind == Node::Kind::scalar && row != nullptr &&
        row->type == Type::measured) {
      value = supposed(at(root, set.key), *value);
    }
    std::string_view key = set.key;
    while (value != nullptr && !key.empty()) {
      const std::size_t dot = key.rfind('.');
      const std::string_view leaf = key.substr(dot + 1);  // npos + 1 is 0.
      key = dot == std::string_view::npos ? std::string_view{} : key.substr(0, dot);
      Node& map = arena_.make(Node::Kind::map, {.source = &source});
      map.entries.push_back({.key = std::string(leaf), .at = {.source = &source}, .value = value});
      value = &map;
    }
    if (set.key.empty()) {
      mistakes_.push_back(diagnose({.source = &source}, "--set needs a key before the '='"));
      return nullptr;
    }
    return value;
  }

  // What stands under a dotted key; null if nothing does.
  static const Node* at(const Node& root, std::string_view key) {
    const Node* node = &root;
    while (node != nullptr && !key.empty()) {
      const std::string_view leaf = key.substr(0, key.find('.'));
      key.remove_prefix(std::min(key.size(), leaf.size() + 1));
      const Entry* entry = node->find(leaf);
      node = entry == nullptr ? nullptr : entry->value;
    }
    return node;
  }

  // A price that is only supposed, --set energy_model.mac.bf16="0.3 pJ", keeps the relative range
  // of the one it replaces, and rests on assumption.
  const Node* supposed(const Node* before, const Node& value) {
    const Entry* range =
        before == nullptr || before->kind != Node::Kind::map ? nullptr : before->find("range");
    if (range == nullptr) {
      return &value;
    }
    Node& out = arena_.make(Node::Kind::map, value.at);
    const auto word = [&](const char* text) {
      Node& node = arena_.make(Node::Kind::scalar, value.at);
      node.text = text;
      return &node;
    };
    out.entries = {{.key = "value", .at = value.at, .value = &value},
                   {.key = "range", .at = value.at, .value = range->value},
                   {.key = "kind", .at = value.at, .value = word("assumed")},
                   {.key = "source", .at = value.at, .value = word("--set")}};
    return &out;
  }

  Document::Impl& document_;
  Arena& arena_;
  std::vector<Diagnostic>& mistakes_;
  std::vector<const Source*> chain_;
  std::size_t files_ = 0;
};

}  // namespace

const Node* resolve_tree(Document::Impl& document, Arena& arena, const Source& file,
                         const std::vector<Override>& overrides,
                         std::vector<Diagnostic>& mistakes) {
  Resolver resolver(document, arena, mistakes);
  const Node* root = resolver.file(file);
  return root == nullptr ? nullptr : resolver.apply(root, overrides);
}

const Node* override_tree(Document::Impl& document, Arena& arena, const Node& root,
                          const std::vector<Override>& overrides,
                          std::vector<Diagnostic>& mistakes) {
  return Resolver(document, arena, mistakes).apply(&root, overrides);
}

}  // namespace systole
