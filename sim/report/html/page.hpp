// SPDX-License-Identifier: Apache-2.0
// A report as one HTML file, as Markdown for a pull request, or picture by picture.
//
// All of it follows from the data: no clock, no path, no machine. Equal data give equal bytes.
#pragma once

#include <string>

#include "report/html/data.hpp"
#include "report/html/figures.hpp"

namespace systole::html {

// Needs no other file and no network, and shows everything with scripts off.
[[nodiscard]] std::string page(const ReportData& data);

// The verdict, why, what to change and the front.
[[nodiscard]] std::string markdown(const ReportData& data);

// A picture as a file of its own: with its style sheet.
[[nodiscard]] std::string standalone(const Figure& figure);

// "llama-3.1-70b on 64 x tpu_v4".
[[nodiscard]] std::string title_of(const ReportData& data);

}  // namespace systole::html
