// SPDX-License-Identifier: Apache-2.0
#include "model/link.hpp"

#include <algorithm>

#include "model/clock.hpp"

namespace systole::model {

Link::Link(const sc_core::sc_module_name& name, const IciConfig& config, Queue<Chunk>& receiver,
           LinksFreed& freed, Account& account)
    : sc_module(name),
      bandwidth_(config.bandwidth),
      hop_latency_(to_femtoseconds(config.hop_latency)),
      receiver_(receiver),
      account_(account),
      timeline_(account),
      freed_(freed) {
  SC_HAS_PROCESS(Link);
  SC_METHOD(wake);
  sensitive << timer_;
  dont_initialize();
}

void Link::send(const Chunk& chunk, Femtoseconds ready) {
  if (ready <= now() && busy_until() <= now() && !has_waiting()) {
    start(chunk);
  } else {
    coming_.push_back({.chunk = chunk, .ready = ready, .arrival = arrivals_++});
  }
  call();
}

void Link::wake() {
  while (!in_flight_.empty() && in_flight_.front().arrives <= now()) {
    receiver_.push(in_flight_.front().chunk);
    in_flight_.pop_front();
  }
  if (busy_until() <= now()) {
    start_next();
  }
  call();
}

void Link::start(const Chunk& chunk) {
  const Femtoseconds end = now() + transfer_time(Bytes{chunk.bytes}, bandwidth_);
  timeline_.spend(State::busy, now(), end);
  account_.record(chunk.operation, Tensor::activation, Action::link_byte, chunk.bytes);
  in_flight_.push_back({.arrives = end + hop_latency_, .chunk = chunk});
}

void Link::start_next() {
  while (!coming_.empty() && coming_.front().ready <= now()) {
    ready_.push(coming_.front());
    coming_.pop_front();
  }
  if (ready_.empty()) {
    return;
  }
  start(ready_.top().chunk);
  ready_.pop();
  if (!has_waiting() && freed_.wanted) {
    freed_.event.notify(sc_core::SC_ZERO_TIME);
  }
}

// The next instant at which something happens here.
void Link::call() {
  if (!ready_.empty()) {
    wake_at(timer_, std::min(busy_until(), in_flight_.front().arrives));
  } else if (!coming_.empty()) {
    const Femtoseconds next = std::max(coming_.front().ready, busy_until());
    wake_at(timer_, in_flight_.empty() ? next : std::min(next, in_flight_.front().arrives));
  } else if (!in_flight_.empty()) {
    wake_at(timer_, in_flight_.front().arrives);
  }
}

}  // namespace systole::model
