// SPDX-License-Identifier: Apache-2.0
// What may stand in a file: one table for each kind.
//
// The rows alone drive validation, `help KEY` and the JSON Schema. Limits, defaults and examples
// are written as a user would write them and go through the same parser.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"
#include "config/document.hpp"

namespace systole {

enum class Type : std::uint8_t {
  section,  // Holds further keys.
  integer,
  number,
  quantity,  // A number with a unit of the row's dimension.
  text,
  choice,
  path,      // Of an existing file, relative to the file that says it.
  integers,  // Lists.
  booleans,
  measured,     // {value, range, kind, source, note}
  timing,       // Of a memory: a time, or a plain number of the memory's clocks.
  constraints,  // Of a memory: a list of "bank activate -> read: tRCDRD".
  faults,       // Of a pod: a list of {chip, axis, direction, state or bandwidth}.
  grid,         // Sweep: keys, each with a list or range of values.
  variants,     // Sweep: a list of maps of keys that move together.
  zip,          // Sweep: a list of maps of keys, each with a list; those of one map move together.
  exclude       // Sweep: a list of maps of keys with the values of points to leave out.
};

struct Row {
  std::string key{};  // Dotted.
  Type type = Type::section;
  Dimension dimension = Dimension::none;
  std::string least{};  // "" is no limit. For lists: of each item.
  std::string most{};
  std::vector<std::string> choices{};
  bool required = true;    // In its section; a missing optional section needs none of its keys.
  std::string fallback{};  // The value where the file gives none; "" is none.
  std::string doc{};
  std::string example{};

  [[nodiscard]] std::string_view leaf() const;     // "rows" of "matrix_unit.rows".
  [[nodiscard]] std::string_view section() const;  // "matrix_unit".
};

inline constexpr std::array kFileKinds{FileKind::chip,  FileKind::pod,          FileKind::run,
                                       FileKind::sweep, FileKind::energy_model, FileKind::memory};

[[nodiscard]] std::string_view name(FileKind kind);  // "energy_model".
[[nodiscard]] std::optional<FileKind> file_kind(std::string_view name);

// A section's own row stands before its keys.
[[nodiscard]] const std::vector<Row>& rows(FileKind kind);
[[nodiscard]] const Row* find_row(FileKind kind, std::string_view key);  // Null if there is none.

// The rows directly in a section; "" is the file itself.
[[nodiscard]] std::vector<const Row*> rows_in(FileKind kind, std::string_view section);

// "matrix_unit" and "rows" give "matrix_unit.rows", "" and "rows" give "rows".
[[nodiscard]] std::string join(std::string_view section, std::string_view leaf);

// The type, unit and limits of a row in words: "whole number, 1 to 65536".
[[nodiscard]] std::string describe(const Row& row);

// One table each; rows() is how to reach them.
[[nodiscard]] std::vector<Row> chip_rows();
[[nodiscard]] std::vector<Row> pod_rows();
[[nodiscard]] std::vector<Row> run_rows();
[[nodiscard]] std::vector<Row> sweep_rows();
[[nodiscard]] std::vector<Row> energy_model_rows();
[[nodiscard]] std::vector<Row> memory_rows();

// Short forms to write rows with.
[[nodiscard]] Row section_row(std::string key, std::string doc);
[[nodiscard]] Row integer_row(std::string key, std::string least, std::string most, std::string doc,
                              std::string example);
[[nodiscard]] Row quantity_row(std::string key, Dimension dimension, std::string least,
                               std::string most, std::string doc, std::string example);
[[nodiscard]] Row text_row(std::string key, std::string doc, std::string example);
[[nodiscard]] Row path_row(std::string key, std::string doc, std::string example);
[[nodiscard]] Row choice_row(std::string key, std::vector<std::string> choices, std::string doc);
[[nodiscard]] Row optional(Row row);
[[nodiscard]] Row with_default(Row row, std::string fallback);

}  // namespace systole
