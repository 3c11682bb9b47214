// SPDX-License-Identifier: Apache-2.0
// The files of assets/ as the build embeds them (embed.cmake), and the SHA-256 of what stands in
// the page, in hexadecimal.
#pragma once

#include <string_view>

namespace systole::html {

extern const std::string_view kFigureStyle;  // For a picture in a file of its own.
extern const std::string_view kPageStyle;    // Pictures, page and uPlot.
extern const std::string_view kPageStyleHash;
extern const std::string_view kPlotScript;  // uPlot 1.6.32, MIT.
extern const std::string_view kPlotScriptHash;
extern const std::string_view kPageScript;
extern const std::string_view kPageScriptHash;

}  // namespace systole::html
