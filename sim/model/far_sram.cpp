// SPDX-License-Identifier: Apache-2.0
#include "model/far_sram.hpp"

#include <algorithm>

#include "model/clock.hpp"

namespace systole::model {

FarSram::FarSram(const sc_core::sc_module_name& name, const FarSramConfig& config,
                 Seconds dma_start, Account& account, Recording* recording)
    : StoreUnit(name),
      config_(config),
      delay_(to_femtoseconds(config.latency) + to_femtoseconds(dma_start)),
      account_(account),
      busy_(account, recording) {}

void FarSram::accept(const Request& request) {
  const Train& train = request.train;
  const bool reads = train.direction == Direction::read;
  const std::uint64_t granules =
      train.segments * ceil_div(train.piece().count(), config_.granule.count());
  account_.record(train.operation, train.tensor,
                  reads ? Action::far_sram_read : Action::far_sram_write, granules);
  if (reads) {
    account_.record(train.operation, train.tensor, Action::far_sram_element, train.elements);
  }
  Femtoseconds& free = port_free_[static_cast<std::size_t>(train.direction)];
  const Femtoseconds begin = std::max(now(), free);
  free = begin + transfer_time(Bytes{granules * config_.granule.count()},
                               reads ? config_.read_bandwidth : config_.write_bandwidth);
  busy_.spend(State::busy, begin, free, {.operation = train.operation});
  open_.push_back({.complete = free + delay_, .port = request.port});
}

std::optional<Femtoseconds> FarSram::next() {
  const auto first = std::ranges::min_element(open_, {}, &Open::complete);
  return first == open_.end() ? std::nullopt : std::optional(first->complete);
}

std::uint32_t FarSram::complete() {
  const auto first = std::ranges::min_element(open_, {}, &Open::complete);
  const std::uint32_t port = first->port;
  open_.erase(first);
  return port;
}

}  // namespace systole::model
