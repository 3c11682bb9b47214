// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include <algorithm>

namespace systole {
namespace {

constexpr std::size_t kShown = 20;  // A file with more mistakes than this has one: the wrong file.

void render(const Diagnostic& d, std::string& out) {
  out += fmt::format("error: {}\n", d.message);
  if (d.at.file.empty()) {
    return;
  }
  const std::string also = d.also.empty() ? "" : "   " + d.also;
  if (d.at.line == 0) {
    out += fmt::format("  --> {}{}\n", d.at.file, also);
  } else {
    out += fmt::format("  --> {}:{}:{}{}\n", d.at.file, d.at.line, d.at.column, also);
  }
  const std::string number = std::to_string(d.at.line);
  const std::string margin(number.size() + 1, ' ');
  if (d.at.line != 0 && !d.source.empty()) {
    out += fmt::format(" {}|\n {} | {}\n", margin, number, d.source);
    out +=
        fmt::format(" {}| {}{}{}{}\n", margin, std::string(d.at.column - 1, ' '),
                    std::string(std::max(1U, d.width), '^'), d.label.empty() ? "" : " ", d.label);
  } else if (!d.label.empty()) {
    out += fmt::format(" {}= {}\n", margin, d.label);
  }
  for (const std::string& note : d.notes) {
    out += fmt::format(" {}= {}\n", margin, note);
  }
}

}  // namespace

std::string render(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  const std::size_t shown = std::min(diagnostics.size(), kShown);
  for (std::size_t i = 0; i < shown; ++i) {
    render(diagnostics[i], out);
  }
  if (diagnostics.size() > shown) {
    out += fmt::format("and {} more.\n", diagnostics.size() - shown);
  }
  const bool one = diagnostics.size() == 1;
  out += fmt::format("{} error{}; nothing was run.\n", diagnostics.size(), one ? "" : "s");
  return out;
}

UserError::UserError(std::vector<Diagnostic> diagnostics)
    : std::runtime_error(render(diagnostics)), diagnostics_(std::move(diagnostics)) {}

UserError::UserError(std::string message)
    : UserError(std::vector<Diagnostic>{{.message = std::move(message),
                                         .at = {},
                                         .source = {},
                                         .label = {},
                                         .notes = {},
                                         .also = {}}}) {}

}  // namespace systole
