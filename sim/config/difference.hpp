// SPDX-License-Identifier: Apache-2.0
// What two files say differently, value by value.
#pragma once

#include <string>
#include <vector>

#include "config/listing.hpp"

namespace systole {

// A key on which two files differ; no text: the file does not have it.
struct Difference {
  struct Side {
    std::string text;
    std::string origin;
  };
  std::string key;
  Side a;
  Side b;
};

// Keys whose values differ, in the order of `a`, then what only `b` has. Files that nothing here
// reads (models, histograms) are compared by their content.
[[nodiscard]] std::vector<Difference> difference(const std::vector<ListedValue>& a,
                                                 const std::vector<ListedValue>& b);

}  // namespace systole
