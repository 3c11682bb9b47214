// SPDX-License-Identifier: Apache-2.0
// Text as HTML and SVG need it.
//
// Everything that comes from a file goes through escaped() or script_json() and nothing else does
// the escaping, so a model named <script> is a name.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace systole::html {

// For content and for values of attributes, in HTML and in XML. Control characters, which XML does
// not allow even escaped, become U+FFFD.
[[nodiscard]] std::string escaped(std::string_view text);

// JSON inside <script type="application/json">: no character of it can end the element.
[[nodiscard]] std::string script_json(const nlohmann::ordered_json& value);

// At most one decimal and no trailing zero: "12", "12.5", "0".
[[nodiscard]] std::string coordinate(double value);

using Attributes = std::vector<std::pair<std::string_view, std::string>>;

// <name a="...">content</name>; the attributes' values are escaped, the content is not.
[[nodiscard]] std::string element(std::string_view name, const Attributes& attributes,
                                  std::string_view content);
[[nodiscard]] std::string element(std::string_view name, std::string_view content);

// What a content security policy wants of an inline element: 'sha256-<base64>'.
[[nodiscard]] std::string policy_hash(std::string_view sha256_hex);

}  // namespace systole::html
