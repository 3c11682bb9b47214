// SPDX-License-Identifier: Apache-2.0
#include "model/scratchpad_user.hpp"

#include <algorithm>

namespace systole::model {

ScratchpadUser::ScratchpadUser(const sc_core::sc_module_name& name) : sc_module(name) {}

bool ScratchpadUser::is_called() const {
  return std::ranges::any_of(events_, [](const auto* event) { return event->triggered(); });
}

}  // namespace systole::model
