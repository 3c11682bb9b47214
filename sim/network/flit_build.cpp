// SPDX-License-Identifier: Apache-2.0
// What a network is made of, and whether its parts fit together.
#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "network/bits.hpp"
#include "network/flit_network.hpp"

namespace systole::network {
namespace {

constexpr std::uint32_t kMostChips = 256;  // Tables of ways grow with the square.
constexpr std::uint32_t kMostChannels = 32;

bool has_ring(const FlitConfig& config) {
  return std::any_of(config.axes.begin(), config.axes.end(),
                     [](const Axis& axis) { return axis.wraps; });
}

}  // namespace

FlitNetwork::FlitNetwork(FlitConfig config)
    : config_(std::move(config)),
      torus_(config_.axes),
      directions_(torus_.directions()),
      ports_(directions_ + config_.local_ports),
      channels_(config_.virtual_channels *
                (config_.freedom == DeadlockFreedom::dateline && has_ring(config_) ? 2 : 1)),
      hop_cycles_(config_.router_cycles + config_.link_cycles) {
  check_config();
  const std::size_t chips = torus_.chips();
  for (const bool down : {false, true}) {
    for (Chip chip = 0; chip < chips; ++chip) {
      for (Chip to = 0; to < chips; ++to) {
        route_[down].push_back(static_cast<std::uint8_t>(torus_.next(chip, to, down)));
      }
    }
  }
  waiting_.assign(chips * ports_, 0);
  input_turn_.assign(chips * ports_, 0);
  output_turn_.assign(chips * ports_, 0);
  queues_.assign(chips * ports_, {});
  free_.assign(chips * directions_, ones(channels_));
  open_.assign(chips * directions_, ones(channels_));
  channel_turn_.assign(chips * directions_, 0);
  link_flits_.assign(chips * directions_, 0);
  credits_.assign(chips * directions_ * channels_,
                  static_cast<std::uint16_t>(config_.buffer_flits));
  inputs_.assign(chips * ports_ * channels_, {0, 0, 0, 0, kNone, kNone, 0, {}});
  slots_.assign(inputs_.size() * config_.buffer_flits, {});
  busy_.assign(chips, 0);
  backlog_.assign(chips, 0);
  active_.assign((chips + 63) / 64, 0);
  pair_parity_.assign(chips * chips, 0);
  arrivals_.resize(hop_cycles_ + 1);
  returns_.resize(hop_cycles_ + 1);
  build_links();
}

void FlitNetwork::check_config() const {
  std::vector<Diagnostic> mistakes;
  const auto require = [&](bool holds, std::string message) {
    if (!holds) {
      mistakes.push_back({.message = std::move(message),
                          .at = {},
                          .source = {},
                          .label = {},
                          .notes = {},
                          .also = {}});
    }
  };
  const FlitConfig& c = config_;
  require(c.axes.size() <= 3, fmt::format("a network has 1 to 3 axes, not {}", c.axes.size()));
  require(torus_.chips() <= kMostChips,
          fmt::format("the flit-level network has at most {} chips, not {}", kMostChips,
                      torus_.chips()));
  require(c.virtual_channels >= 1 && channels_ <= kMostChannels,
          fmt::format("an input has 1 to {} virtual channels, not {}", kMostChannels, channels_));
  require(c.buffer_flits >= 1 && c.buffer_flits <= 0xffff,
          fmt::format("a buffer holds 1 to 65535 flits, not {}", c.buffer_flits));
  require(c.packet_flits >= 1 && c.packet_flits <= 0xffff,
          fmt::format("a packet has 1 to 65535 flits, not {}", c.packet_flits));
  require(c.link_cycles >= 1, "a link takes at least one cycle");
  require(c.local_ports >= 1 && c.local_ports <= 16,
          fmt::format("a chip has 1 to 16 local ports, not {}", c.local_ports));
  const std::uint32_t room = c.packet_flits * (has_ring(c) ? 2 : 1);
  require(
      c.freedom != DeadlockFreedom::bubble || c.buffer_flits >= room,
      fmt::format("with bubble a buffer holds at least {} flits, not {}", room, c.buffer_flits));
  const std::uint64_t round = c.router_cycles + 2ULL * c.link_cycles;
  require(c.watchdog_cycles > round,
          fmt::format("the watchdog waits longer than a credit's round, {} cycles, not {}", round,
                      c.watchdog_cycles));
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
}

void FlitNetwork::build_links() {
  const std::uint32_t chips = torus_.chips();
  downstream_.assign(std::size_t{chips} * directions_, kNobody);
  upstream_.assign(std::size_t{chips} * ports_, kNobody);
  for (Chip chip = 0; chip < chips; ++chip) {
    for (std::uint32_t port = 0; port < ports_; ++port) {
      chip_of_.push_back(static_cast<std::uint16_t>(chip));
      port_of_.push_back(static_cast<std::uint16_t>(port));
    }
    for (Direction d = 0; d < directions_; ++d) {
      is_dateline_.push_back(torus_.is_dateline(chip, d) ? 1 : 0);
      if (const std::optional<Chip> other = torus_.neighbour(chip, d)) {
        downstream_[chip * directions_ + d] = *other * ports_ + d;
        upstream_[*other * ports_ + d] = chip * directions_ + d;
      }
    }
  }
}

}  // namespace systole::network
