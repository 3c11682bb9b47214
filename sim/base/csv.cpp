// SPDX-License-Identifier: Apache-2.0
#include "base/csv.hpp"

#include <csv.h>

namespace systole {

std::optional<std::vector<std::string>> csv_fields(std::string_view line) {
  std::vector<std::string> fields;
  const auto field = [](void* text, std::size_t length, void* out) {
    static_cast<std::vector<std::string>*>(out)->emplace_back(static_cast<const char*>(text),
                                                              length);
  };
  csv_parser parser;
  if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
    return std::nullopt;
  }
  const bool parsed =
      csv_parse(&parser, line.data(), line.size(), field, nullptr, &fields) == line.size() &&
      csv_fini(&parser, field, nullptr, &fields) == 0;
  csv_free(&parser);
  return parsed ? std::optional(std::move(fields)) : std::nullopt;
}

}  // namespace systole
