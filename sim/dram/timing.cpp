// SPDX-License-Identifier: Apache-2.0
#include "dram/timing.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace systole::dram {
namespace {

constexpr std::array kRowCommands{Command::activate, Command::precharge, Command::precharge_all,
                                  Command::refresh, Command::refresh_bank};
constexpr std::array kColumnCommands{Command::read, Command::write};

bool is_column(Command command) { return command == Command::read || command == Command::write; }

bool is_of_all_banks(Command command) {
  return command == Command::precharge_all || command == Command::refresh;
}

void raise(std::uint64_t& value, std::uint64_t least) { value = std::max(value, least); }

}  // namespace

Timing::Timing(const Device& device, const Service& service)
    : service_(service),
      map_(device),
      groups_(device.groups),
      banks_(device.groups * device.banks),
      refresh_interval_(service.refresh == Refresh::off    ? kNever
                        : service.refresh == Refresh::bank ? device.refresh_interval / banks_
                                                           : device.refresh_interval),
      latency_{std::uint64_t{device.read_latency} + device.burst_cycles,
               std::uint64_t{device.write_latency} + device.burst_cycles} {
  check(service.batch > 0 && service.lookahead > 0 && service.window > 0,
        "{}: batch, lookahead and window are at least 1", device.name);
  for (std::uint32_t bank = 0; bank < banks_; ++bank) {
    group_of_.push_back(bank / device.banks);
  }
  Dense dense{};
  compile(device, dense);
  for (std::size_t scope = 0; scope < kScopes; ++scope) {
    for (std::size_t from = 0; from < kCommands; ++from) {
      for (std::size_t to = 0; to < kCommands; ++to) {
        const std::uint64_t cycles = dense[scope][from][to];
        if (cycles == 0) {
          continue;
        }
        List& list = lists_[scope][from];
        list.gaps[list.size++] = {static_cast<Command>(to), static_cast<std::uint32_t>(cycles)};
        raise(same_bank_[from][to], cycles);
        columns_hold_other_banks_ =
            columns_hold_other_banks_ ||
            (scope != index(Scope::bank) && is_column(static_cast<Command>(from)) &&
             (to == index(Command::activate) || to == index(Command::precharge)));
        raise(longest_, cycles);
      }
    }
  }
  for (const Window& window : windows_) {
    raise(longest_, window.cycles);
  }
  const Command refresh =
      service.refresh == Refresh::bank ? Command::refresh_bank : Command::refresh;
  const std::uint64_t recovery =
      gap(refresh, Command::activate) +
      std::max(gap(Command::activate, Command::read), gap(Command::activate, Command::write));
  check(refresh_interval_ > recovery,
        "{}: a refresh takes {} cycles and is due every {}: nothing else would ever be done",
        device.name, recovery, refresh_interval_);
  regenerates_ = service.refresh == Refresh::all && find_regeneration();
}

void Timing::compile(const Device& device, Dense& dense) {
  auto& bank = dense[index(Scope::bank)];
  auto& channel = dense[index(Scope::channel)];
  for (const Command from : kRowCommands) {
    for (const Command to : kRowCommands) {
      channel[index(from)][index(to)] = 1;  // The row bus.
    }
  }
  for (const Command column : kColumnCommands) {
    for (const Command to : kColumnCommands) {
      channel[index(column)][index(to)] = 1;  // The column bus.
    }
    // A column command needs its row open.
    bank[index(Command::activate)][index(column)] = 1;
    for (const Command to : {Command::precharge, Command::refresh_bank}) {
      bank[index(column)][index(to)] = 1;
    }
    for (const Command to : {Command::precharge_all, Command::refresh}) {
      channel[index(column)][index(to)] = 1;
    }
  }
  for (const Constraint& constraint : device.constraints) {
    check(constraint.window > 0, "{}: {} has a window of none", device.name, constraint.name);
    if (constraint.window > 1) {
      compile_window(device, constraint);
      continue;
    }
    for (const Command from : constraint.from) {
      for (const Command to : constraint.to) {
        const bool lifted = is_of_all_banks(from) || is_of_all_banks(to);
        const Scope scope = lifted ? Scope::channel : constraint.scope;
        check(scope == Scope::bank || !is_column(to) || is_column(from) || is_of_all_banks(from) ||
                  from == Command::refresh_bank,
              "{}: {} holds columns back after rows of another bank, which are prepared ahead",
              device.name, constraint.name);
        raise(dense[index(scope)][index(from)][index(to)], constraint.cycles);
      }
    }
  }
}

void Timing::compile_window(const Device& device, const Constraint& constraint) {
  Window window{constraint.scope, constraint.window, constraint.cycles, {}, {}};
  for (const Command from : constraint.from) {
    check(from == Command::activate || from == Command::refresh || from == Command::refresh_bank,
          "{}: the window of {} counts other commands than activates and refreshes", device.name,
          constraint.name);
    window.from[index(from)] = true;
    in_window_[index(from)] = true;
  }
  for (const Command to : constraint.to) {
    check(!is_column(to), "{}: the window of {} holds columns back", device.name, constraint.name);
    window.to[index(to)] = true;
    in_window_[index(to)] = true;
  }
  has_local_windows_ = has_local_windows_ || window.scope != Scope::channel;
  windows_.push_back(window);
}

// Before a refresh at R each earlier command `from` lies at least `before` back: it was waited for
// by the precharge of all banks. After it, `to` comes no earlier than R + `after`: rows are closed.
bool Timing::find_regeneration() const {
  std::array<std::uint64_t, kCommands> before{};
  for (std::size_t from = 0; from < kCommands; ++from) {
    const auto command = static_cast<Command>(from);
    const std::uint64_t closed = gap(Command::precharge_all, Command::refresh);
    before[from] = command == Command::precharge_all
                       ? closed
                       : std::max(gap(command, Command::precharge_all) + closed,
                                  gap(command, Command::refresh));
  }
  std::array<std::uint64_t, kCommands> after{};
  const std::uint64_t activate = gap(Command::refresh, Command::activate);
  after.fill(activate);
  for (const Command to :
       {Command::precharge, Command::precharge_all, Command::read, Command::write}) {
    after[index(to)] = activate + gap(Command::activate, to);
  }
  after[index(Command::refresh)] = gap(Command::refresh, Command::refresh);

  const auto expires = [&](std::size_t from, std::size_t to, std::uint64_t cycles) {
    return from == index(Command::refresh) || from == index(Command::refresh_bank) ||
           to == index(Command::refresh_bank) || before[from] + after[to] >= cycles;
  };
  bool all = true;
  for (std::size_t from = 0; from < kCommands; ++from) {
    for (std::size_t to = 0; to < kCommands; ++to) {
      all = all && expires(from, to, same_bank_[from][to]);
      for (const Window& window : windows_) {
        if (window.from[from] && window.to[to]) {
          all = all && from != index(Command::refresh) && expires(from, to, window.cycles);
        }
      }
    }
  }
  return all;
}

}  // namespace systole::dram
