// SPDX-License-Identifier: Apache-2.0
#include "config/kind.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "config/document_impl.hpp"
#include "config/files.hpp"

namespace systole {
namespace {

std::ptrdiff_t known_keys(FileKind kind, const Node& root) {
  return std::ranges::count_if(root.entries, [&](const Entry& entry) {
    return entry.key.find('.') == std::string::npos && find_row(kind, entry.key) != nullptr;
  });
}

}  // namespace

FileKind kind_of(const std::string& file) {
  Document::Impl scratch;
  Arena arena;
  std::vector<Diagnostic> mistakes;
  const Source& source = scratch.add_source(file, read_text(file, kMostBytes));
  const Node* root = resolve_tree(scratch, arena, source, {}, mistakes);
  if (root == nullptr || root->kind != Node::Kind::map) {
    if (mistakes.empty()) {
      fail("'{}' holds no keys and values", shown(file));
    }
    throw UserError(std::move(mistakes));
  }
  std::ptrdiff_t most = 1;
  std::vector<FileKind> best;
  for (const FileKind kind : kFileKinds) {
    const std::ptrdiff_t known = known_keys(kind, *root);
    if (known > most) {
      best.clear();
      most = known;
    }
    if (known == most) {
      best.push_back(kind);
    }
  }
  if (best.size() == 1) {
    return best.front();
  }
  std::vector<std::string_view> names;
  std::ranges::transform(best.empty() ? std::vector(kFileKinds.begin(), kFileKinds.end()) : best,
                         std::back_inserter(names), [](FileKind kind) { return name(kind); });
  fail("the keys of '{}' do not say whether it is a {} file: name its kind", shown(file),
       fmt::join(names, " or a "));
}

}  // namespace systole
