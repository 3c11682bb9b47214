// SPDX-License-Identifier: Apache-2.0
// The tables as JSON Schema. What a schema cannot say (checks across keys) is left to the loader.
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "config/document_impl.hpp"
#include "config/reference.hpp"
#include "config/settings.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kNumber = "(0|[1-9][0-9_]*)([.][0-9_]+)?([eE][+-]?[0-9]+)?";

Json section_schema(FileKind kind, std::string_view section);

Json quantity_schema(Dimension dimension) {
  if (dimension == Dimension::none) {
    return {{"type", "number"}, {"minimum", 0}};
  }
  std::vector<std::string> symbols;
  for (const Unit& unit : units(dimension)) {
    symbols.push_back(unit.symbol);
  }
  return {{"type", "string"},
          {"pattern", fmt::format("^{} *({})$", kNumber, fmt::join(symbols, "|"))}};
}

Json integer_schema(const Row& row) {
  Json plain{{"type", "integer"}};
  if (!row.least.empty()) {
    plain["minimum"] = parse_integer(row.least).value;
  }
  if (!row.most.empty()) {
    plain["maximum"] = parse_integer(row.most).value;
  }
  // 1_000 and 64Ki are text to readers of YAML other than ours.
  Json grouped{{"type", "string"}, {"pattern", fmt::format("^{}([kKMGT]|[KMGT]i)?$", kNumber)}};
  return {{"anyOf", {std::move(plain), std::move(grouped)}}};
}

Json measured_schema(const Row& row) {
  Json properties;
  for (const Row& inner : measured_rows()) {
    Json& property = properties[inner.key];
    if (inner.key == "value") {
      property = quantity_schema(row.dimension);
    } else if (inner.key == "range") {
      property = {{"type", "array"},
                  {"items", {{"type", "number"}, {"exclusiveMinimum", 0}}},
                  {"minItems", 2},
                  {"maxItems", 2}};
    } else if (inner.type == Type::choice) {
      property = {{"enum", inner.choices}};
    } else {
      property = {{"type", "string"}, {"minLength", 1}};
    }
    property["description"] = inner.doc;
  }
  const Json is_zero{{"properties", {{"kind", {{"const", "structural_zero"}}}}}};
  const Json has_range{{"required", {"range"}}};
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", {"value", "kind", "source"}},
          {"anyOf", {is_zero, has_range}},
          {"additionalProperties", false}};
}

Json value_schema(const Row& row);

// What a sweep may vary under its dotted name, each as `shape` makes it from the key's own schema.
template <class Shape>
Json setting_keys(Shape shape) {
  Json properties = Json::object();
  for (const Setting& setting : settings()) {
    const Row& row = *setting.row;
    const std::string key = setting.key();
    properties[key] =
        shape(row.type == Type::measured ? quantity_schema(row.dimension) : value_schema(row));
    properties[key]["description"] = row.doc;
  }
  return properties;
}

// {from, to, points or step, scale}
Json range_schema(const Json& end) {
  return {{"type", "object"},
          {"properties",
           {{"from", end},
            {"to", end},
            {"step", end},
            {"points", {{"type", "integer"}, {"minimum", 2}}},
            {"scale", {{"enum", {"linear", "log", "powers_of_two"}}}}}},
          {"required", {"from", "to"}},
          {"additionalProperties", false}};
}

Json list_of(Json item) { return {{"type", "array"}, {"items", std::move(item)}, {"minItems", 1}}; }

Json list_or_range(Json item) {
  Json range = range_schema(item);
  return {{"anyOf", {list_of(std::move(item)), std::move(range)}}};
}

Json sections_of(Json properties) {
  return list_of({{"type", "object"},
                  {"properties", std::move(properties)},
                  {"minProperties", 1},
                  {"additionalProperties", false}});
}

Json variants_schema() {
  Json properties{{"name", {{"type", "string"}, {"minLength", 1}}}};
  properties.update(setting_keys([](Json schema) { return schema; }));
  const Json item{{"type", "object"},
                  {"properties", std::move(properties)},
                  {"required", {"name"}},
                  {"additionalProperties", false}};
  return {{"type", "array"}, {"items", item}, {"minItems", 1}};
}

Json grid_schema() {
  return {{"type", "object"},
          {"properties", setting_keys(list_or_range)},
          {"additionalProperties", false}};
}

Json zip_schema() { return sections_of(setting_keys(list_or_range)); }

Json exclude_schema() {
  Json properties{{"variant", {{"type", "string"}, {"minLength", 1}}}};
  properties.update(setting_keys([](Json item) {
    Json list = list_of(item);
    return Json{{"anyOf", {std::move(item), std::move(list)}}};
  }));
  return sections_of(std::move(properties));
}

Json faults_schema() {
  Json properties;
  Json required = Json::array();
  for (const Row& row : fault_rows()) {
    properties[row.key] = value_schema(row);
    properties[row.key]["description"] = row.doc;
    if (row.required) {
      required.push_back(row.key);
    }
  }
  const Json item{{"type", "object"},
                  {"properties", std::move(properties)},
                  {"required", std::move(required)},
                  {"oneOf", {{{"required", {"state"}}}, {{"required", {"bandwidth"}}}}},
                  {"additionalProperties", false}};
  return {{"type", "array"}, {"items", item}};
}

Json value_schema(const Row& row) {
  switch (row.type) {
    case Type::integer: return integer_schema(row);
    case Type::number:
    case Type::quantity: return quantity_schema(row.dimension);
    case Type::choice: return {{"enum", row.choices}};
    case Type::text:
    case Type::path: return {{"type", "string"}, {"minLength", 1}};
    case Type::integers:
      return {{"type", "array"}, {"items", integer_schema(row)}, {"minItems", 1}};
    case Type::booleans:
      return {{"type", "array"}, {"items", {{"type", "boolean"}}}, {"minItems", 1}};
    case Type::measured: return measured_schema(row);
    case Type::timing: return {{"anyOf", {integer_schema(row), quantity_schema(row.dimension)}}};
    case Type::constraints:
      return {
          {"type", "array"}, {"items", {{"type", "string"}, {"minLength", 1}}}, {"minItems", 1}};
    case Type::faults: return faults_schema();
    case Type::grid: return grid_schema();
    case Type::variants: return variants_schema();
    case Type::zip: return zip_schema();
    case Type::exclude: return exclude_schema();
    case Type::section: break;
  }
  throw Bug(fmt::format("'{}' is a section and has no schema of its own", row.key));
}

Json section_schema(FileKind kind, std::string_view section) {
  Json properties = Json::object();
  for (const Row* row : rows_in(kind, section)) {
    Json schema = row->type == Type::section ? section_schema(kind, row->key) : value_schema(*row);
    schema["description"] = row->doc;
    if (!row->fallback.empty()) {
      const bool is_number = row->type == Type::integer;
      schema["default"] =
          is_number ? Json(parse_integer(row->fallback).value) : Json(row->fallback);
    }
    properties[std::string(row->leaf())] = std::move(schema);
  }
  return {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

// The keys that a section must have if it is there, and those of its sections.
Json complete(FileKind kind, std::string_view section) {
  Json required = Json::array();
  Json inner = Json::object();
  for (const Row* row : rows_in(kind, section)) {
    if (row->required) {
      required.push_back(row->leaf());
    }
    if (row->type == Type::section) {
      inner[std::string(row->leaf())] = complete(kind, row->key);
    }
  }
  Json out{{"required", std::move(required)}};
  if (!inner.empty()) {
    out["properties"] = std::move(inner);
  }
  return out;
}

}  // namespace

nlohmann::ordered_json json_schema(FileKind kind) {
  Json out{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
           {"title", fmt::format("Systole {} file", name(kind))}};
  out.update(section_schema(kind, ""));
  const Json path{{"type", "string"}, {"minLength", 1}};
  out["properties"]["extends"] = {
      {"anyOf", {path, {{"type", "array"}, {"items", path}, {"minItems", 1}}}},
      {"description",
       "Files of the same kind to build on: sections are merged, everything else is replaced."}};
  out["anyOf"] = {{{"required", {"extends"}}}, {{"$ref", "#/$defs/complete"}}};
  out["$defs"] = {{"complete", complete(kind, "")}};
  return out;
}

}  // namespace systole
