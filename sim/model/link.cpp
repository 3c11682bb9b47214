// SPDX-License-Identifier: Apache-2.0
#include "model/link.hpp"

#include <algorithm>

namespace systole::model {

Link::Link(Femtoseconds hop_latency, BytesPerSecond bandwidth, std::uint32_t number,
           Arrivals& receiver, Alarm& alarm, Account& account, Recording* recording)
    : hop_latency_(hop_latency),
      bandwidth_(bandwidth),
      number_(number),
      receiver_(receiver),
      alarm_(alarm),
      account_(account),
      timeline_(account, recording) {}

void Link::send(const Chunk& chunk, Femtoseconds ready) {
  if (ready <= now() && busy_until() <= now() && !has_waiting()) {
    start(chunk);
  } else {
    coming_.push({.chunk = chunk, .ready = ready, .arrival = arrivals_++});
  }
}

void Link::go_on() {
  if (busy_until() > now()) {
    return;
  }
  while (!coming_.empty() && coming_.top().ready <= now()) {
    ready_.push(coming_.top());
    coming_.pop();
  }
  if (!ready_.empty()) {
    start(ready_.top().chunk);
    ready_.pop();
  }
}

std::optional<Femtoseconds> Link::next() const {
  if (!ready_.empty()) {
    return busy_until();
  }
  return coming_.empty() ? std::nullopt
                         : std::optional(std::max(coming_.top().ready, busy_until()));
}

void Link::start(const Chunk& chunk) {
  const Femtoseconds end = now() + transfer_time(chunk.send->bytes, bandwidth_);
  timeline_.spend(State::busy, now(), end, {.operation = chunk.operation, .part = chunk.number});
  account_.record(chunk.operation, Tensor::activation, Action::link_byte,
                  chunk.send->bytes.count());
  if (optics_ != nullptr) {
    optics_->record(chunk.operation, Tensor::activation, Action::optical_byte,
                    chunk.send->bytes.count());
  }
  if (chunk.way != nullptr && chunk.leg + 1 < chunk.way->size()) {
    forward(chunk, end);
  } else {
    receiver_.expect(chunk, end + hop_latency_, number_);
  }
}

// Cut-through: the next link may begin a hop after the head left, but not end before the tail came.
void Link::forward(const Chunk& chunk, Femtoseconds end) {
  Chunk onward = chunk;
  Link& next = *(*chunk.way)[++onward.leg];
  const Femtoseconds lasts = transfer_time(chunk.send->bytes, next.bandwidth_);
  next.send(onward, std::max(now() + hop_latency_, end + hop_latency_ - std::min(lasts, end)));
  if (const std::optional<Femtoseconds> time = next.next()) {
    next.alarm_.by(*time);
  }
}

}  // namespace systole::model
