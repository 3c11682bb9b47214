// SPDX-License-Identifier: Apache-2.0
#include "config/relocate.hpp"

#include <algorithm>
#include <map>

#include "config/document_impl.hpp"
#include "config/files.hpp"
#include "config/listing.hpp"
#include "config/settings.hpp"

namespace systole {
namespace {

// A key whose value is a path: of the file's own table, or one that its points set.
bool is_path(FileKind kind, const std::string& key) {
  const Row* row = find_row(kind, key);
  if (row == nullptr && (kind == FileKind::sweep || kind == FileKind::baseline)) {
    const std::optional<Setting> setting = find_setting(key);
    row = setting ? setting->row : nullptr;
  }
  return row != nullptr && row->type == Type::path;
}

class PathFinder {
 public:
  explicit PathFinder(FileKind kind) : kind_(kind) {}

  void find(const Node& root) {
    for (const Entry& entry : root.entries) {
      if (entry.key == "extends") {
        take(*entry.value);
      } else {
        entry_of("", entry);
      }
    }
  }

  [[nodiscard]] const std::vector<const Node*>& found() const { return found_; }

 private:
  // Inside a sweep's lists keys are dotted and stand alone.
  void entry_of(const std::string& prefix, const Entry& entry) {
    const std::string key = join(prefix, entry.key);
    const Row* row = find_row(kind_, key);
    if (is_path(kind_, key)) {
      take(*entry.value);
    } else {
      const bool has_keys =
          row != nullptr && (row->type == Type::section || row->type == Type::points);
      descend(has_keys ? key : "", *entry.value);
    }
  }

  void descend(const std::string& prefix, const Node& node) {
    for (const Entry& entry : node.entries) {
      entry_of(prefix, entry);
    }
    for (const Node* item : node.items) {
      descend("", *item);
    }
  }

  void take(const Node& node) {
    for (const Node* item : node.items) {
      take(*item);
    }
    if (node.kind == Node::Kind::scalar) {
      found_.push_back(&node);
    }
  }

  FileKind kind_;
  std::vector<const Node*> found_;
};

// The first byte of a place in the text.
std::size_t offset_of(const Source& source, const Span& at) {
  const std::string& text = source.text();
  std::size_t byte = source.offset(at.line);
  for (std::uint32_t column = 1; column < at.column; ++column) {
    do {
      ++byte;
    } while (byte < text.size() && (static_cast<unsigned char>(text[byte]) & 0xC0U) == 0x80U);
  }
  return byte;
}

// Bytes that a scalar takes in the text, quotation marks included.
std::size_t length_of(const Source& source, const Node& node, std::size_t offset) {
  const std::string plain = node.text;
  for (const std::string& form : {plain, "\"" + plain + "\"", "'" + plain + "'"}) {
    if (source.text().compare(offset, form.size(), form) == 0) {
      return form.size();
    }
  }
  throw UserError({diagnose(node.at, "this path cannot be rewritten",
                            "write it in one line and without escapes")});
}

}  // namespace

std::string relocated(FileKind kind, const std::string& file,
                      const std::function<std::string(const std::string&)>& rewrite) {
  const Source source(file, read_text(file, kMostBytes));
  Arena arena;
  std::vector<Diagnostic> mistakes;
  const Node* root = parse_yaml(source, arena, mistakes);
  if (root == nullptr || !mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
  PathFinder paths(kind);
  paths.find(*root);
  std::map<std::size_t, const Node*, std::greater<>> places;  // An alias is the same place again.
  for (const Node* node : paths.found()) {
    places.emplace(offset_of(source, node->at), node);
  }
  std::string out = source.text();
  for (const auto& [offset, node] : places) {  // From the end: what stands before keeps its place.
    out.replace(offset, length_of(source, *node, offset),
                yaml_text(rewrite(resolve(source, node->text))));
  }
  return out;
}

}  // namespace systole
