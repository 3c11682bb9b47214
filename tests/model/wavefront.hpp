// SPDX-License-Identifier: Apache-2.0
// A picture of two tiles that follow each other through a small array, one frame a cycle, drawn
// from what the registers of the clocked model hold.
#pragma once

#include <string>

namespace systole::model {

[[nodiscard]] std::string wavefront_svg();

}  // namespace systole::model
