// SPDX-License-Identifier: Apache-2.0
// The one channel between models: first in, first out, never full.
//
// What is pushed in one delta cycle can be taken only in a later one, so the order in which the
// kernel runs the models of a delta cycle cannot change a result. Limits on what may be in flight
// (buffers, engines) belong to the models, which account for them.
#pragma once

#include <cstdint>
#include <deque>
#include <systemc>
#include <utility>

namespace systole::model {

template <class T>
class Queue {
 public:
  void push(T item) {
    items_.push_back({sc_core::sc_delta_count(), std::move(item)});
    pushed_.notify(sc_core::SC_ZERO_TIME);
  }
  [[nodiscard]] bool can_pop() const {
    return !items_.empty() && items_.front().delta < sc_core::sc_delta_count();
  }
  [[nodiscard]] T pop() {
    T item = std::move(items_.front().value);
    items_.pop_front();
    return item;
  }
  [[nodiscard]] const sc_core::sc_event& pushed() const { return pushed_; }

 private:
  struct Item {
    std::uint64_t delta;
    T value;
  };
  std::deque<Item> items_;
  sc_core::sc_event pushed_;
};

}  // namespace systole::model
