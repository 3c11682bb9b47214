// SPDX-License-Identifier: Apache-2.0
#include "study/json_reader.hpp"

#include "base/error.hpp"
#include "study/energy_json.hpp"

namespace systole {

using Json = nlohmann::ordered_json;

JsonReader JsonReader::operator[](const char* key) const {
  const std::string path = path_.empty() ? key : path_ + "." + key;
  if (!json_.is_object() || !json_.contains(key)) {
    fail("the {} is damaged: it has no '{}'", what_, path);
  }
  return {json_.at(key), what_, path};
}

std::vector<JsonReader> JsonReader::items() const {
  if (!json_.is_array()) {
    wrong("a list");
  }
  std::vector<JsonReader> out;
  for (std::size_t i = 0; i < json_.size(); ++i) {
    out.emplace_back(json_.at(i), what_, fmt::format("{}[{}]", path_, i));
  }
  return out;
}

std::string JsonReader::text() const {
  if (!json_.is_string()) {
    wrong("a text");
  }
  return json_.get<std::string>();
}

std::uint64_t JsonReader::count() const {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 63;
  if (!json_.is_number_unsigned() || json_.get<std::uint64_t>() > kMost) {
    wrong("a whole number up to 2^63");
  }
  return json_.get<std::uint64_t>();
}

std::optional<std::uint64_t> JsonReader::count_or_null() const {
  return json_.is_null() ? std::nullopt : std::optional(count());
}

double JsonReader::positive() const {
  if (!json_.is_number() || !(json_.get<double>() >= 0.0)) {
    wrong("a number of at least 0");
  }
  return json_.get<double>();
}

std::optional<double> JsonReader::positive_or_null() const {
  return json_.is_null() ? std::nullopt : std::optional(positive());
}

void JsonReader::wrong(std::string_view wanted) const {
  fail("the {} is damaged: '{}' must be {}, found {}", what_, path_, wanted, shown());
}

std::string JsonReader::shown() const {
  const std::string text = json_.dump(-1, ' ', true, Json::error_handler_t::replace);
  return text.size() > 40 ? text.substr(0, 37) + "..." : text;
}

JsonReader reader_of(const Json& document, std::string_view schema, std::string_view what) {
  if (!document.is_object() || !document.contains("schema")) {
    fail("this is not a {}: it has no 'schema', which should be '{}'", what, schema);
  }
  JsonReader in(document, what);
  if (const std::string found = in["schema"].text(); found != schema) {
    fail("this is not a {}: its schema is '{}', not '{}'", what, found, schema);
  }
  return in;
}

JsonReader result_reader(const Json& result) { return reader_of(result, kResultSchema, "result"); }

}  // namespace systole
