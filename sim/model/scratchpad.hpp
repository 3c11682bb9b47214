// SPDX-License-Identifier: Apache-2.0
// Who gets how many of the scratchpad's accesses, and when a stream of them is through.
//
// banks x ports slots a cycle, less those that links keep. A stream asks for so many accesses over
// so many cycles at best, evenly. Data lie over the banks in turn, so streams that together want
// no more than there is do not meet: one number a cycle stands for all banks. First come, first
// served: a stream gets what it asks for or what is left of the slots, cycle by cycle.
#pragma once

#include <cstdint>
#include <map>

#include "base/quantity.hpp"
#include "config/chip.hpp"

namespace systole::model {

class Scratchpad {
 public:
  explicit Scratchpad(const ChipConfig& chip);

  struct Stream {
    Cycles begin;
    Cycles at_best;  // That it takes if it always gets its slots.
    std::uint64_t accesses;
  };
  // Keeps slots for a stream and returns when its last access is through, not before its best. No
  // stream begins before `now`, which never goes back.
  Cycles serve(Cycles now, const Stream& stream);

 private:
  using Rate = std::uint64_t;  // In 2^-20 accesses a cycle.
  using Stretches = std::map<Cycles, Rate>;

  void forget(Cycles before);
  Stretches::iterator cut(Cycles at);
  Stretches::iterator take(Stretches::iterator stretch, Rate rate);

  const Rate slots_;
  // What is kept from each key to the next one; nothing from the last one on. The first is not
  // after `now`.
  Stretches kept_;
};

}  // namespace systole::model
