// SPDX-License-Identifier: Apache-2.0
// Typed access to a JSON document of ours that somebody may have edited: what is missing or of
// another type is a UserError that names the document and the path of the key.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace systole {

class JsonReader {
 public:
  // `what` is what the document is in messages: "result". Both outlive the reader.
  JsonReader(const nlohmann::ordered_json& json, std::string_view what, std::string path = {})
      : json_(json), what_(what), path_(std::move(path)) {}

  [[nodiscard]] const nlohmann::ordered_json& json() const { return json_; }

  [[nodiscard]] JsonReader operator[](const char* key) const;
  [[nodiscard]] std::vector<JsonReader> items() const;  // Of a list.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::uint64_t count() const;  // Up to 2^63.
  [[nodiscard]] std::optional<std::uint64_t> count_or_null() const;
  [[nodiscard]] double positive() const;  // At least 0.
  [[nodiscard]] std::optional<double> positive_or_null() const;
  [[noreturn]] void wrong(std::string_view wanted) const;

 private:
  [[nodiscard]] std::string shown() const;

  const nlohmann::ordered_json& json_;
  std::string_view what_;
  std::string path_;
};

// Reads a document whose "schema" must be `schema`.
[[nodiscard]] JsonReader reader_of(const nlohmann::ordered_json& document, std::string_view schema,
                                   std::string_view what);
[[nodiscard]] JsonReader result_reader(const nlohmann::ordered_json& result);

}  // namespace systole
