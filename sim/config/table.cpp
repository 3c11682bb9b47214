// SPDX-License-Identifier: Apache-2.0
#include "config/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace systole {
namespace {

std::vector<Row> build(FileKind kind) {
  switch (kind) {
    case FileKind::chip: return chip_rows();
    case FileKind::pod: return pod_rows();
    case FileKind::run: return run_rows();
    case FileKind::sweep: return sweep_rows();
    case FileKind::energy_model: return energy_model_rows();
    case FileKind::memory: return memory_rows();
  }
  return {};
}

std::string limits(const Row& row) {
  if (!row.least.empty() && !row.most.empty()) {
    return fmt::format(", {} to {}", row.least, row.most);
  }
  if (!row.least.empty()) {
    return fmt::format(", at least {}", row.least);
  }
  return row.most.empty() ? "" : fmt::format(", at most {}", row.most);
}

}  // namespace

std::string_view Row::leaf() const {
  return std::string_view(key).substr(key.rfind('.') + 1);  // npos + 1 is 0.
}

std::string_view Row::section() const {
  const std::size_t dot = key.rfind('.');
  return dot == std::string::npos ? std::string_view{} : std::string_view(key).substr(0, dot);
}

std::string_view name(FileKind kind) {
  switch (kind) {
    case FileKind::chip: return "chip";
    case FileKind::pod: return "pod";
    case FileKind::run: return "run";
    case FileKind::sweep: return "sweep";
    case FileKind::energy_model: return "energy_model";
    case FileKind::memory: return "memory";
  }
  return "";
}

std::optional<FileKind> file_kind(std::string_view text) {
  const auto* found = std::ranges::find_if(kFileKinds, [&](FileKind k) { return name(k) == text; });
  return found == kFileKinds.end() ? std::nullopt : std::optional(*found);
}

const std::vector<Row>& rows(FileKind kind) {
  static const std::array tables{build(FileKind::chip),         build(FileKind::pod),
                                 build(FileKind::run),          build(FileKind::sweep),
                                 build(FileKind::energy_model), build(FileKind::memory)};
  return tables[static_cast<std::size_t>(kind)];
}

const Row* find_row(FileKind kind, std::string_view key) {
  const std::vector<Row>& table = rows(kind);
  const auto found = std::ranges::find(table, key, &Row::key);
  return found == table.end() ? nullptr : &*found;
}

std::vector<const Row*> rows_in(FileKind kind, std::string_view section) {
  std::vector<const Row*> out;
  for (const Row& row : rows(kind)) {
    if (row.section() == section) {
      out.push_back(&row);
    }
  }
  return out;
}

std::string join(std::string_view section, std::string_view leaf) {
  return section.empty() ? std::string(leaf) : fmt::format("{}.{}", section, leaf);
}

std::string describe(const Row& row) {
  switch (row.type) {
    case Type::section: return "section";
    case Type::integer: return "whole number" + limits(row);
    case Type::number: return "plain number" + limits(row);
    case Type::quantity: return fmt::format("{}{}", name(row.dimension), limits(row));
    case Type::text: return "text";
    case Type::choice: return fmt::format("one of {}", fmt::join(row.choices, ", "));
    case Type::path: return "path of a file, relative to this file";
    case Type::integers: return "list of whole numbers" + limits(row);
    case Type::booleans: return "list of true or false";
    case Type::measured:
      return fmt::format(
          "{{value, range, kind, source, note}}; value: {}{}", name(row.dimension),
          row.dimension == Dimension::none ? "" : fmt::format(" in {}", base_unit(row.dimension)));
    case Type::timing: return "time, or whole number of the memory's clocks";
    case Type::constraints: return "list of 'SCOPE COMMAND -> COMMAND: TIMING + ... [in N]'";
    case Type::faults: return "list of {chip, axis, direction, state or bandwidth}";
    case Type::grid: return "dotted keys, each with a list of values or a range";
    case Type::variants: return "list of {name, dotted keys}";
    case Type::zip: return "list of {dotted keys, each with a list of values}";
    case Type::exclude: return "list of {dotted keys with values}";
  }
  return "";
}

Row section_row(std::string key, std::string doc) {
  return {.key = std::move(key), .type = Type::section, .doc = std::move(doc)};
}

Row integer_row(std::string key, std::string least, std::string most, std::string doc,
                std::string example) {
  return {.key = std::move(key),
          .type = Type::integer,
          .least = std::move(least),
          .most = std::move(most),
          .doc = std::move(doc),
          .example = std::move(example)};
}

Row quantity_row(std::string key, Dimension dimension, std::string least, std::string most,
                 std::string doc, std::string example) {
  return {.key = std::move(key),
          .type = Type::quantity,
          .dimension = dimension,
          .least = std::move(least),
          .most = std::move(most),
          .doc = std::move(doc),
          .example = std::move(example)};
}

Row text_row(std::string key, std::string doc, std::string example) {
  return {.key = std::move(key),
          .type = Type::text,
          .doc = std::move(doc),
          .example = std::move(example)};
}

Row path_row(std::string key, std::string doc, std::string example) {
  return {.key = std::move(key),
          .type = Type::path,
          .doc = std::move(doc),
          .example = std::move(example)};
}

Row choice_row(std::string key, std::vector<std::string> choices, std::string doc) {
  std::string example = choices.front();
  return {.key = std::move(key),
          .type = Type::choice,
          .choices = std::move(choices),
          .doc = std::move(doc),
          .example = std::move(example)};
}

Row optional(Row row) {
  row.required = false;
  return row;
}

Row with_default(Row row, std::string fallback) {
  row.required = false;
  row.fallback = std::move(fallback);
  return row;
}

}  // namespace systole
