// SPDX-License-Identifier: Apache-2.0
#include "model/link.hpp"

#include <algorithm>

#include "model/clock.hpp"

namespace systole::model {

Link::Link(const sc_core::sc_module_name& name, const IciConfig& config, Queue<Chunk>& receiver,
           sc_core::sc_event& freed, Account& account)
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
  coming_.push_back({.chunk = chunk, .ready = ready, .arrival = arrivals_++});
  if (!leaving_) {
    call();
  }
}

void Link::wake() {
  if (leaving_ && leaving_->arrives <= now() + hop_latency_) {
    in_flight_.push_back(*leaving_);
    leaving_.reset();
  }
  while (!in_flight_.empty() && in_flight_.front().arrives <= now()) {
    receiver_.push(in_flight_.front().chunk);
    in_flight_.pop_front();
  }
  if (!leaving_) {
    start_next();
  }
  if (is_free()) {
    freed_.notify(sc_core::SC_ZERO_TIME);
  }
  call();
}

void Link::start_next() {
  while (!coming_.empty() && coming_.front().ready <= now()) {
    ready_.push(coming_.front());
    coming_.pop_front();
  }
  if (ready_.empty()) {
    return;
  }
  const Chunk chunk = ready_.top().chunk;
  ready_.pop();
  const Femtoseconds end = now() + transfer_time(Bytes{chunk.bytes}, bandwidth_);
  timeline_.spend(State::busy, now(), end);
  account_.record(chunk.operation, Tensor::activation, Action::link_byte, chunk.bytes);
  leaving_ = {.arrives = end + hop_latency_, .chunk = chunk};
}

// The next instant at which something happens here.
void Link::call() {
  std::optional<Femtoseconds> next;
  const auto at = [&next](Femtoseconds time) { next = next ? std::min(*next, time) : time; };
  if (leaving_) {
    at(leaving_->arrives - hop_latency_);
  } else if (!coming_.empty()) {  // None is ready: it would be leaving.
    at(std::max(coming_.front().ready, now()));
  }
  if (!in_flight_.empty()) {
    at(in_flight_.front().arrives);
  }
  if (next) {
    wake_at(timer_, *next);
  }
}

}  // namespace systole::model
