// SPDX-License-Identifier: Apache-2.0
// A YAML document as a tree that remembers where every key and value stands.
//
// Nodes live in an arena and never change once they are built, so an alias is the same node again
// and `extends:` can share what it does not merge.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "config/source.hpp"

namespace systole {

struct Node;

struct Entry {
  std::string key;
  Span at;
  const Node* value;
};

struct Node {
  enum class Kind : std::uint8_t { empty, scalar, list, map };

  Kind kind = Kind::empty;
  Span at;
  std::string text;                // Of a scalar.
  bool quoted = false;             // In quotes or as a block: text, never a number.
  std::vector<const Node*> items;  // Of a list.
  std::vector<Entry> entries;      // Of a map, in order, without repetition.
  std::uint64_t size = 1;          // Nodes from here down, aliases expanded.
  std::uint32_t height = 1;        // Levels from here down.

  [[nodiscard]] const Entry* find(std::string_view key) const {
    for (const Entry& entry : entries) {
      if (entry.key == key) {
        return &entry;
      }
    }
    return nullptr;
  }
};

// What a node is, in words for a message: "a list".
[[nodiscard]] std::string_view describe(const Node& node);

class Arena {
 public:
  Node& make(Node::Kind kind, Span at) {
    nodes_.emplace_back();
    nodes_.back().kind = kind;
    nodes_.back().at = at;
    return nodes_.back();
  }

 private:
  std::deque<Node> nodes_;
};

// What a file may take of memory and time before it is refused.
inline constexpr std::size_t kMostBytes = std::size_t{1} << 20;
inline constexpr std::uint32_t kDeepest = 64;
inline constexpr std::uint64_t kMostNodes = 100'000;  // Aliases expanded.

inline constexpr std::size_t kMostMistakes = 100;  // Of one file: then it is the wrong file.

// Parses the one document of a source. Mistakes are added to `mistakes`; null means that the text
// was too broken to go on.
[[nodiscard]] const Node* parse_yaml(const Source& source, Arena& arena,
                                     std::vector<Diagnostic>& mistakes);

}  // namespace systole
