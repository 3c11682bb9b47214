// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "base/error.hpp"
#include "cli/command.hpp"
#include "config/table.hpp"

namespace systole {

const std::string& Arguments::text(std::string_view name) const {
  const auto found = values_.find(name);
  check(found != values_.end(), "the command line has no '{}'", name);
  return found->second.back();
}

std::uint64_t Arguments::number(std::string_view name) const {
  const std::string& digits = text(name);
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  check(error == std::errc{} && end == digits.data() + digits.size(),
        "'{}' of the command line is not a checked number", name);
  return out;
}

std::optional<std::string> Arguments::maybe(std::string_view name) const {
  return has(name) ? std::optional(text(name)) : std::nullopt;
}

std::vector<std::string> Arguments::all(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

std::vector<std::string> kind_names() {
  std::vector<std::string> out;
  out.reserve(kFileKinds.size());
  for (const FileKind kind : kFileKinds) {
    out.emplace_back(name(kind));
  }
  return out;
}

}  // namespace systole
