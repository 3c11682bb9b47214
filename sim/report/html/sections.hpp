// SPDX-License-Identifier: Apache-2.0
// The parts of the page that are text and tables, each as HTML; empty where there is nothing to
// say.
#pragma once

#include <string>

#include "report/html/data.hpp"

namespace systole::html {

[[nodiscard]] std::string header_section(const ReportData& data);
[[nodiscard]] std::string verdict_section(const ReportData& data);
[[nodiscard]] std::string change_section(const ReportData& data);
[[nodiscard]] std::string points_section(const ReportData& data);
[[nodiscard]] std::string failures_section(const ReportData& data);
[[nodiscard]] std::string silent_section(const ReportData& data);  // Components without energy.
[[nodiscard]] std::string sources_section(const ReportData& data);
[[nodiscard]] std::string reproduce_section(const ReportData& data);

// Every point for the page's script, six significant digits.
[[nodiscard]] Json page_data(const ReportData& data);

}  // namespace systole::html
