// SPDX-License-Identifier: Apache-2.0
// Inside of a Document: the values that passed, by dotted key.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/document.hpp"
#include "config/source.hpp"
#include "config/table.hpp"
#include "config/tree.hpp"

namespace systole {

using Content =
    std::variant<std::uint64_t, double, bool, std::string, std::vector<std::uint64_t>,
                 std::vector<bool>, std::vector<std::string>, std::vector<FaultEntry>, Measured>;

struct Value {
  Content content;
  Span at;
};

struct SectionContent {
  Span at;
  std::vector<std::string> names;  // In the order of the file.
};

struct Document::Impl {
  FileKind kind{};
  std::vector<std::unique_ptr<Source>> sources;  // Spans point into them; the first is the file.
  std::map<std::string, Value, std::less<>> values;
  std::map<std::string, SectionContent, std::less<>> sections;  // "" is the file itself.
  std::vector<std::string> overridden;

  const Source& add_source(std::string name, std::string text,
                           Source::Kind source_kind = Source::Kind::file) {
    return *sources.emplace_back(
        std::make_unique<Source>(std::move(name), std::move(text), source_kind));
  }
};

// As load(), with the text of the file in memory.
[[nodiscard]] Document load_text(FileKind kind, std::string_view text, const std::string& file,
                                 const std::vector<Override>& overrides = {});

// The tree of a file after `extends:` and overrides. Mistakes are added; null if nothing is left to
// check.
[[nodiscard]] const Node* resolve_tree(Document::Impl& document, Arena& arena, const Source& file,
                                       const std::vector<Override>& overrides,
                                       std::vector<Diagnostic>& mistakes);

// A tree that is already whole, and overrides.
[[nodiscard]] const Node* override_tree(Document::Impl& document, Arena& arena, const Node& root,
                                        const std::vector<Override>& overrides,
                                        std::vector<Diagnostic>& mistakes);

// Holds a tree against the table and fills in the values. Missing keys are told apart, for the end
// of the report. A document that comes from its canonical content has no paths.
enum class Paths : std::uint8_t { required, absent };
void check_tree(Document::Impl& document, const Node& root, Paths paths,
                std::vector<Diagnostic>& mistakes, std::vector<Diagnostic>& missing);

// Reads one value as its row says; adds a mistake and returns nothing if it is not one.
[[nodiscard]] std::optional<Content> read_value(const Row& row, const Node& node,
                                                std::vector<Diagnostic>& mistakes);

[[nodiscard]] std::optional<Content> read_measured(const Row& row, const Node& node,
                                                   std::vector<Diagnostic>& mistakes);

[[nodiscard]] std::optional<Content> read_faults(const Row& row, const Node& node,
                                                 std::vector<Diagnostic>& mistakes);

// The grid, variants, zip or exclude of a sweep, each value as the text that --set would take.
void read_sweep_section(Document::Impl& document, const Row& row, const Node& node,
                        std::vector<Diagnostic>& mistakes);

// The keys of one fault, in order.
[[nodiscard]] const std::vector<Row>& fault_rows();

// The keys inside a measured value, in order.
[[nodiscard]] const std::vector<Row>& measured_rows();

}  // namespace systole
