// SPDX-License-Identifier: Apache-2.0
#include "report/html/markup.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

namespace systole::html {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool is_control = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += is_control || c == 0x7f ? std::string("\xEF\xBF\xBD") : std::string(1, c);
    }
  }
  return out;
}

std::string script_json(const nlohmann::ordered_json& value) {
  // In JSON, '<' stands in strings only, where \u003c means the same.
  const std::string text =
      value.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    out += c == '<' ? std::string("\\u003c") : std::string(1, c);
  }
  return out;
}

std::string coordinate(double value) {
  const double tenths = std::round(value * 10.0);
  if (tenths == 0.0) {
    return "0";
  }
  const double whole = tenths / 10.0;
  return std::fmod(tenths, 10.0) == 0.0 ? fmt::format("{:.0f}", whole)
                                        : fmt::format("{:.1f}", whole);
}

std::string element(std::string_view name, const Attributes& attributes, std::string_view content) {
  std::string out = fmt::format("<{}", name);
  for (const auto& [key, value] : attributes) {
    out += fmt::format(" {}=\"{}\"", key, escaped(value));
  }
  return out + fmt::format(">{}</{}>", content, name);
}

std::string element(std::string_view name, std::string_view content) {
  return element(name, {}, content);
}

std::string policy_hash(std::string_view sha256_hex) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto nibble = [](char c) {
    return static_cast<std::uint32_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  };
  std::string out = "'sha256-";
  // Three hexadecimal digits are two of base 64; 64 of them leave one, 4 bits, over.
  for (std::size_t i = 0; i + 3 <= sha256_hex.size(); i += 3) {
    const std::uint32_t bits =
        nibble(sha256_hex[i]) << 8U | nibble(sha256_hex[i + 1]) << 4U | nibble(sha256_hex[i + 2]);
    out += kDigits[bits >> 6U];
    out += kDigits[bits & 63U];
  }
  out += kDigits[nibble(sha256_hex.back()) << 2U];
  return out + "='";
}

}  // namespace systole::html
