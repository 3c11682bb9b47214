// SPDX-License-Identifier: Apache-2.0
#include "model/link.hpp"

#include <algorithm>

#include "model/clock.hpp"

namespace systole::model {

Link::Link(const sc_core::sc_module_name& name, const IciConfig& config, BytesPerSecond bandwidth,
           Queue<Chunk>& receiver, LinksFreed& freed, Account& account)
    : sc_module(name),
      bandwidth_(bandwidth),
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
    const auto later = std::upper_bound(
        coming_.begin(), coming_.end(), ready,
        [](Femtoseconds time, const Waiting& waiting) { return time < waiting.ready; });
    coming_.insert(later, {.chunk = chunk, .ready = ready, .arrival = arrivals_++});
  }
  call();
}

void Link::wake() {
  while (!in_flight_.empty() && in_flight_.front().arrives <= now()) {
    const Chunk& chunk = in_flight_.front().chunk;
    if (chunk.way == nullptr || chunk.leg + 1 == chunk.way->size()) {
      receiver_.push(chunk);
    }
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
  if (chunk.way != nullptr && chunk.leg + 1 < chunk.way->size()) {
    forward(chunk, end);
  }
}

// Cut-through: the next link may begin a hop after the head left, but not end before the tail came.
void Link::forward(const Chunk& chunk, Femtoseconds end) {
  Chunk onward = chunk;
  Link& next = *(*chunk.way)[++onward.leg];
  const Femtoseconds lasts = transfer_time(Bytes{chunk.bytes}, next.bandwidth_);
  next.send(onward, std::max(now() + hop_latency_, end + hop_latency_ - std::min(lasts, end)));
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
