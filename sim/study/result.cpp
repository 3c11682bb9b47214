// SPDX-License-Identifier: Apache-2.0
#include "study/result.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace systole {

const Bound& Result::binding() const {
  check(!bounds.empty(), "a result without bounds");
  return *std::ranges::max_element(bounds, {}, &Bound::time);
}

}  // namespace systole
