// SPDX-License-Identifier: Apache-2.0
#include "model/link.hpp"

#include <algorithm>

#include "model/clock.hpp"

namespace systole::model {

Link::Link(const sc_core::sc_module_name& name, const IciConfig& config, Queue<Chunk>& receiver,
           Account& account)
    : sc_module(name),
      bandwidth_(config.bandwidth),
      hop_latency_(to_femtoseconds(config.hop_latency)),
      receiver_(receiver),
      account_(account),
      timeline_(account) {
  SC_HAS_PROCESS(Link);
  SC_METHOD(wake);
  sensitive << timer_;
  dont_initialize();
}

Femtoseconds Link::send(const Chunk& chunk, Femtoseconds ready) {
  const Femtoseconds begin = std::max(ready, timeline_.busy_until());
  const Femtoseconds end = begin + transfer_time(Bytes{chunk.bytes}, bandwidth_);
  timeline_.spend(State::busy, begin, end);
  account_.record(chunk.operation, Tensor::activation, Action::link_byte, chunk.bytes);
  if (in_flight_.empty()) {
    wake_at(timer_, end + hop_latency_);
  }
  in_flight_.push_back({.arrives = end + hop_latency_, .chunk = chunk});
  return end;
}

void Link::wake() {
  while (!in_flight_.empty() && in_flight_.front().arrives <= now()) {
    receiver_.push(in_flight_.front().chunk);
    in_flight_.pop_front();
  }
  if (!in_flight_.empty()) {
    wake_at(timer_, in_flight_.front().arrives);
  }
}

}  // namespace systole::model
