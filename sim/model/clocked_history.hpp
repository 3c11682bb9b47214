// SPDX-License-Identifier: Apache-2.0
// What entered the array in the last cycles, newest first. What travels through a systolic array
// moves one hop a cycle whatever happens, so an element's control bits are an entry of the history:
// the one as many cycles old as the element is far from the edge.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace systole::model {

template <class T>
class History {
 public:
  History(std::size_t depth, T nothing)
      : depth_(depth), nothing_(nothing), entries_(2 * depth + 64, nothing), newest_(depth + 64) {}

  // One cycle passes; the oldest entry is forgotten.
  void push(const T& entry) {
    if (newest_ == 0) {
      newest_ = entries_.size() - (depth_ - 1);
      std::copy_n(entries_.begin(), depth_ - 1, entries_.begin() + difference(newest_));
    }
    entries_[--newest_] = entry;
  }

  void clear() { std::fill(entries_.begin(), entries_.end(), nothing_); }

  // What entered `age` + 1 edges ago. Entries of consecutive ages lie side by side.
  [[nodiscard]] const T* from(std::size_t age) const { return entries_.data() + newest_ + age; }
  [[nodiscard]] const T& operator[](std::size_t age) const { return *from(age); }
  [[nodiscard]] std::size_t depth() const { return depth_; }

 private:
  [[nodiscard]] static std::ptrdiff_t difference(std::size_t n) {
    return static_cast<std::ptrdiff_t>(n);
  }

  std::size_t depth_;
  T nothing_;
  std::vector<T> entries_;  // A window that slides down and starts over at the end.
  std::size_t newest_;
};

}  // namespace systole::model
