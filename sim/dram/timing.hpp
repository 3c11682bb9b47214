// SPDX-License-Identifier: Apache-2.0
// A device's constraints compiled for the engine: what each command forbids, and until when.
//
// The flat list becomes, per scope and `from`, a short list of (`to`, cycles), the greatest of
// equal pairs; windows become rings. A command of all banks is in every bank, so its constraints
// hold for the channel. The buses and the rule that columns need an open row are pairs of one
// cycle.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dram/address_map.hpp"
#include "dram/device.hpp"
#include "dram/service.hpp"

namespace systole::dram {

inline constexpr std::uint64_t kNever = ~std::uint64_t{0};
inline constexpr std::size_t kScopes = 3;

constexpr std::size_t index(Command command) { return static_cast<std::size_t>(command); }
constexpr std::size_t index(Scope scope) { return static_cast<std::size_t>(scope); }

struct Gap {
  Command to;
  std::uint32_t cycles;
};

// The `count`-th latest of `from` holds `to` back.
struct Window {
  Scope scope;
  std::uint32_t count;
  std::uint32_t cycles;
  std::array<bool, kCommands> from;
  std::array<bool, kCommands> to;
};

class Timing {
 public:
  Timing(const Device& device, const Service& service);

  [[nodiscard]] const Service& service() const { return service_; }
  [[nodiscard]] const AddressMap& map() const { return map_; }
  [[nodiscard]] std::uint32_t banks() const { return banks_; }
  [[nodiscard]] std::uint32_t groups() const { return groups_; }
  [[nodiscard]] std::uint32_t group(std::uint32_t bank) const { return group_of_[bank]; }
  [[nodiscard]] std::uint64_t refresh_interval() const { return refresh_interval_; }

  [[nodiscard]] std::span<const Gap> gaps(Scope scope, Command from) const {
    const List& list = lists_[index(scope)][index(from)];
    return {list.gaps.data(), list.size};
  }
  // From a command to one in the same bank.
  [[nodiscard]] std::uint64_t gap(Command from, Command to) const {
    return same_bank_[index(from)][index(to)];
  }
  [[nodiscard]] const std::vector<Window>& windows() const { return windows_; }
  [[nodiscard]] bool in_window(Command command) const { return in_window_[index(command)]; }
  // Some window counts in a bank or a group.
  [[nodiscard]] bool has_local_windows() const { return has_local_windows_; }

  // A read or write holds row commands of other banks than its own back.
  [[nodiscard]] bool columns_hold_other_banks() const { return columns_hold_other_banks_; }

  // Column command to the end of its data.
  [[nodiscard]] std::uint64_t latency(Direction direction) const {
    return latency_[static_cast<std::size_t>(direction)];
  }
  [[nodiscard]] std::uint64_t least_latency() const { return std::min(latency_[0], latency_[1]); }

  // After a refresh of all banks nothing that came before it can hold anything back, whatever it
  // was: the whole state is the time of the refresh. True of all parts; from the constraints.
  [[nodiscard]] bool regenerates() const { return regenerates_; }
  // No constraint reaches farther.
  [[nodiscard]] std::uint64_t longest() const { return longest_; }

 private:
  struct List {
    std::array<Gap, kCommands> gaps{};
    std::size_t size = 0;
  };
  using Dense = std::array<std::array<std::array<std::uint64_t, kCommands>, kCommands>, kScopes>;

  void compile(const Device& device, Dense& dense);
  void compile_window(const Device& device, const Constraint& constraint);
  [[nodiscard]] bool find_regeneration() const;

  Service service_;
  AddressMap map_;
  std::uint32_t groups_;
  std::uint32_t banks_;
  std::vector<std::uint32_t> group_of_;
  std::uint64_t refresh_interval_;
  std::array<std::uint64_t, 2> latency_;
  std::array<std::array<List, kCommands>, kScopes> lists_{};
  std::array<std::array<std::uint64_t, kCommands>, kCommands> same_bank_{};
  std::vector<Window> windows_;
  std::array<bool, kCommands> in_window_{};
  bool has_local_windows_ = false;
  bool columns_hold_other_banks_ = false;
  std::uint64_t longest_ = 0;
  bool regenerates_ = false;
};

}  // namespace systole::dram
