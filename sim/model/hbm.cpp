// SPDX-License-Identifier: Apache-2.0
#include "model/hbm.hpp"

#include <algorithm>

#include "model/clock.hpp"

namespace systole::model {

Hbm::Hbm(const sc_core::sc_module_name& name, const HbmConfig& config, Seconds dma_start,
         Account& account)
    : StoreUnit(name),
      config_(config),
      burst_time_(transfer_time(Bytes{config.burst.count() * config.channels()}, config.bandwidth)),
      turnaround_(to_femtoseconds(config.turnaround)),
      refresh_interval_(to_femtoseconds(config.refresh_interval)),
      refresh_time_(to_femtoseconds(config.refresh_time)),
      delay_(to_femtoseconds(config.latency) + to_femtoseconds(dma_start)),
      account_(account),
      bus_(account) {}

Femtoseconds Hbm::serve(const Train& train) {
  const std::uint64_t bursts =
      train.segments * ceil_div(train.piece().count(), config_.burst.count());
  Femtoseconds work = burst_time_ * ceil_div(bursts, config_.channels());
  if (train.direction != direction_) {
    work += turnaround_;
    direction_ = train.direction;
  }
  const Femtoseconds begin = std::max(now(), bus_.busy_until());
  bus_.spend(State::busy, begin, after_refresh(begin, work));
  count(train, bursts);
  return bus_.busy_until() + delay_;
}

void Hbm::close(Femtoseconds elapsed, std::uint64_t cycles) {
  bus_.close(elapsed);
  account_.record(kNoOperation, Tensor::none, Action::hbm_background, cycles);
  account_.record(kNoOperation, Tensor::none, Action::hbm_phy_idle, cycles);
  account_.record(kNoOperation, Tensor::none, Action::hbm_refresh,
                  elapsed / refresh_interval_ * config_.channels());
}

void Hbm::count(const Train& train, std::uint64_t bursts) {
  const bool reads = train.direction == Direction::read;
  const auto record = [&](Action action, std::uint64_t n) {
    account_.record(train.operation, train.tensor, action, n);
  };
  record(Action::hbm_activate,
         train.segments * ceil_div(train.piece().count(), config_.row.count()));
  record(reads ? Action::hbm_read : Action::hbm_write, bursts);
  record(Action::hbm_io, bursts);
  record(Action::hbm_phy, bursts);
  record(Action::hbm_wire, bursts);
  if (reads) {
    record(Action::hbm_element, train.elements);
  }
}

Femtoseconds Hbm::after_refresh(Femtoseconds from, Femtoseconds work) const {
  const std::uint64_t interval = refresh_interval_.count();
  const std::uint64_t blocked = refresh_time_.count();
  // Open time is counted from the first window at `interval`; before it everything is open.
  const auto open_before = [&](std::uint64_t t) {
    if (t < interval) {
      return t;
    }
    const std::uint64_t inside = t % interval;
    return t - (t / interval - 1) * blocked - std::min(inside, blocked);
  };
  // The inverse: windows that begin before `open` units of open time have passed.
  const std::uint64_t open = open_before(from.count()) + work.count();
  if (open <= interval) {
    return Femtoseconds{open};
  }
  const std::uint64_t windows = (open - interval - 1) / (interval - blocked) + 1;
  return Femtoseconds{open + windows * blocked};
}

}  // namespace systole::model
