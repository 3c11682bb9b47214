// SPDX-License-Identifier: Apache-2.0
// The text of a JSON object with the place of every top-level key, so that a mistake found after
// parsing still points at the line that caused it: the JSON library keeps no positions.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace systole {

class JsonText {
 public:
  // Parses `text`; throws UserError for what is not one JSON object, or for a repeated key.
  JsonText(std::string text, std::string file);

  [[nodiscard]] const nlohmann::json& object() const { return object_; }

  // Points at the value of a top-level key, or at the file if the key is absent.
  [[nodiscard]] Diagnostic mistake(const std::string& key, std::string message) const;

 private:
  struct Span {
    std::size_t begin;
    std::size_t end;
  };
  void locate_keys();
  [[nodiscard]] Diagnostic at(std::size_t offset, std::size_t width, std::string message) const;

  std::string text_;
  std::string file_;
  nlohmann::json object_;
  std::map<std::string, Span> keys_;
  std::vector<Diagnostic> repeated_;
};

}  // namespace systole
