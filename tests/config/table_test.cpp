// SPDX-License-Identifier: Apache-2.0
// The tables are held against the parser that users go through.
#include "config/table.hpp"

#include <gtest/gtest.h>

#include <set>

#include "config/document_impl.hpp"

namespace systole {
namespace {

std::string label(FileKind kind, const Row& row) { return std::string(name(kind)) + " " + row.key; }

// A text as a file would have it behind "key: ".
bool is_accepted(const Row& row, const std::string& text) {
  const Source source("table", text, Source::Kind::fragment);
  Arena arena;
  std::vector<Diagnostic> mistakes;
  const Node* node = parse_yaml(source, arena, mistakes);
  return node != nullptr && read_value(row, *node, mistakes).has_value() && mistakes.empty();
}

template <class Check>
void for_every_row(Check check) {
  for (const FileKind kind : kFileKinds) {
    for (const Row& row : rows(kind)) {
      check(kind, row);
    }
  }
}

bool holds_one_value(const Row& row) {
  return row.type != Type::section && row.type != Type::path && row.type != Type::grid &&
         row.type != Type::zip && row.type != Type::exclude && row.type != Type::variants;
}

TEST(Tables, GiveExamplesThatAreAccepted) {
  for_every_row([](FileKind kind, const Row& row) {
    if (holds_one_value(row)) {
      EXPECT_TRUE(is_accepted(row, row.example)) << label(kind, row) << ": " << row.example;
    }
  });
}

TEST(Tables, GiveDefaultsAndLimitsThatAreAccepted) {
  for_every_row([](FileKind kind, const Row& row) {
    const bool is_list = row.type == Type::integers;
    for (const std::string& text : {row.fallback, row.least, row.most}) {
      if (!text.empty() && row.type != Type::measured) {
        EXPECT_TRUE(is_accepted(row, is_list ? "[" + text + "]" : text)) << label(kind, row);
      }
    }
  });
}

TEST(Tables, ExplainEveryKeyInAFullSentence) {
  for_every_row([](FileKind kind, const Row& row) {
    EXPECT_TRUE(row.doc.ends_with('.')) << label(kind, row);
    EXPECT_GE(row.doc.size(), 10U) << label(kind, row);
  });
}

TEST(Tables, HaveNoKeyTwiceAndEveryKeyInASectionOfTheirOwn) {
  for (const FileKind kind : kFileKinds) {
    std::set<std::string_view> sections{""};
    std::set<std::string_view> keys;
    for (const Row& row : rows(kind)) {
      EXPECT_TRUE(keys.insert(row.key).second) << label(kind, row);
      EXPECT_TRUE(sections.contains(row.section())) << label(kind, row);
      if (row.type == Type::section) {
        sections.insert(row.key);
      }
    }
  }
}

TEST(Tables, HaveNoDefaultsButThoseOfRuns) {
  for_every_row([](FileKind kind, const Row& row) {
    EXPECT_TRUE(row.fallback.empty() || kind == FileKind::run) << label(kind, row);
  });
}

TEST(Tables, KnowTheirKindsByName) {
  for (const FileKind kind : kFileKinds) {
    EXPECT_EQ(file_kind(name(kind)), kind);
  }
  EXPECT_EQ(file_kind("colour"), std::nullopt);
}

}  // namespace
}  // namespace systole
