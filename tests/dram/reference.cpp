// SPDX-License-Identifier: Apache-2.0
#include "reference.hpp"

#include <algorithm>
#include <deque>
#include <map>

#include "dram/checker.hpp"

namespace systole::dram {
namespace {

constexpr std::uint64_t kNever = ~std::uint64_t{0};

struct Burst {
  std::size_t request;
  Direction direction;
  std::uint64_t number;
  std::uint64_t arrival;
  Location place;
};

bool is_column(Command command) { return command == Command::read || command == Command::write; }

bool is_in(const std::vector<Command>& commands, Command command) {
  return std::ranges::find(commands, command) != commands.end();
}

// What has been issued, and what may be.
struct Past {
  const Device* device;
  std::vector<IssuedCommand> issued;
  std::vector<std::optional<std::uint32_t>> open;  // Row, by bank.
  std::optional<std::uint64_t> last_row;  // Cycles of the latest commands of the two buses.
  std::optional<std::uint64_t> last_column;

  bool concerns(Scope scope, const IssuedCommand& before, const IssuedCommand& now) const {
    const bool all = scope == Scope::channel || before.command == Command::precharge_all ||
                     before.command == Command::refresh || now.command == Command::precharge_all ||
                     now.command == Command::refresh;
    return all || (scope == Scope::bank ? before.bank == now.bank
                                        : before.bank / device->banks == now.bank / device->banks);
  }

  bool allows(const IssuedCommand& now) const {
    const auto& last = is_column(now.command) ? last_column : last_row;
    if (last && now.cycle <= *last) {
      return false;  // The bus is taken, or its order would be broken.
    }
    for (const Constraint& constraint : device->constraints) {
      if (!is_in(constraint.to, now.command)) {
        continue;
      }
      std::vector<std::uint64_t> cycles;
      for (const IssuedCommand& before : issued) {
        if (is_in(constraint.from, before.command) && concerns(constraint.scope, before, now)) {
          cycles.push_back(before.cycle);
        }
      }
      if (cycles.size() < constraint.window) {
        continue;
      }
      std::ranges::sort(cycles, std::greater{});
      if (now.cycle < cycles[constraint.window - 1] + constraint.cycles) {
        return false;
      }
    }
    return true;
  }

  // The first cycle from `from` on in which the command may be issued; issues it.
  std::uint64_t issue(Command command, std::uint64_t from, const Burst& burst) {
    IssuedCommand now{.cycle = from,
                      .command = command,
                      .bank = burst.place.bank,
                      .row = burst.place.row,
                      .burst = burst.number};
    while (!allows(now)) {
      ++now.cycle;
    }
    put(now);
    return now.cycle;
  }

  void put(const IssuedCommand& now) {
    (is_column(now.command) ? last_column : last_row) = now.cycle;
    if (now.command == Command::activate) {
      open[now.bank] = now.row;
    } else if (now.command == Command::precharge) {
      open[now.bank].reset();
    } else if (now.command == Command::precharge_all) {
      std::ranges::fill(open, std::nullopt);
    }
    issued.push_back(now);
  }
};

class SlowChannel {
 public:
  SlowChannel(const Device& device, const Service& service, const std::vector<Request>& requests)
      : device_(device), service_(service) {
    past_ = {.device = &device, .issued = {}, .open = {}, .last_row = {}, .last_column = {}};
    past_.open.resize(std::size_t{device.groups} * device.banks);
    for (const Constraint& constraint : device.constraints) {
      longest_ = std::max<std::uint64_t>(longest_, constraint.cycles);
    }
    interval_ = service.refresh == Refresh::bank ? device.refresh_interval / past_.open.size()
                                                 : device.refresh_interval;
    due_ = service.refresh == Refresh::off ? kNever : interval_;
    out_.completed.resize(requests.size());
    for (std::size_t r = 0; r < requests.size(); ++r) {
      for (std::uint64_t i = 0; i < requests[r].count; ++i) {
        const std::uint64_t number = requests[r].first + i;
        queues_[requests[r].stream].push_back({.request = r,
                                               .direction = requests[r].direction,
                                               .number = number,
                                               .arrival = requests[r].arrival,
                                               .place = location(device, number)});
      }
    }
  }

  ReferenceResult run() {
    if (service_.policy == Policy::batched) {
      while (const std::optional<Burst> burst = choose()) {
        serve(*burst);
      }
    } else {
      by_window();
    }
    finish();
    return std::move(out_);
  }

 private:
  std::uint64_t slot_opens() const {
    return columns_.size() < service_.lookahead
               ? 0
               : columns_[columns_.size() - service_.lookahead] + 1;
  }

  // The stream whose oldest burst is served next.
  std::optional<Burst> choose() {
    std::uint64_t earliest = kNever;
    for (const auto& [stream, queue] : queues_) {
      if (!queue.empty()) {
        earliest = std::min(earliest, queue.front().arrival);
      }
    }
    if (earliest == kNever) {
      return std::nullopt;
    }
    const std::uint64_t by = std::max(slot_opens(), earliest);
    const auto is_backlogged = [&](std::uint32_t stream) {
      return !queues_[stream].empty() && queues_[stream].front().arrival <= by;
    };
    if (stream_ && batch_ < service_.batch && is_backlogged(*stream_)) {
      ++batch_;
    } else {
      std::vector<std::uint32_t> turn;  // The streams after the present one, around to itself.
      for (const auto& [stream, queue] : queues_) {
        turn.push_back(stream);
      }
      if (stream_) {
        std::rotate(turn.begin(), std::upper_bound(turn.begin(), turn.end(), *stream_), turn.end());
      }
      stream_ = *std::ranges::find_if(turn, is_backlogged);
      batch_ = 1;
    }
    const Burst burst = queues_[*stream_].front();
    queues_[*stream_].pop_front();
    return burst;
  }

  void serve(const Burst& burst) {
    forget();
    for (;;) {
      Past trial = past_;
      const std::uint64_t column = commands_of(burst, trial);
      if (column < due_) {
        past_ = std::move(trial);
        columns_.push_back(column);
        complete(burst, column);
        return;
      }
      refresh();
    }
  }

  std::uint64_t commands_of(const Burst& burst, Past& past) const {
    const std::uint64_t open = std::max(slot_opens(), burst.arrival);
    const auto& row = past.open[burst.place.bank];
    if (row != burst.place.row) {
      if (row) {
        past.issue(Command::precharge, open, burst);
      }
      past.issue(Command::activate, open, burst);
    }
    return past.issue(burst.direction == Direction::read ? Command::read : Command::write,
                      burst.arrival, burst);
  }

  void refresh() {
    if (service_.refresh == Refresh::all) {
      if (std::ranges::any_of(past_.open, [](const auto& row) { return row.has_value(); })) {
        past_.issue(Command::precharge_all, due_, {});
      }
      past_.issue(Command::refresh, due_, {});
    } else {
      Burst bank{};
      bank.place.bank = static_cast<std::uint32_t>(refreshed_++ % past_.open.size());
      if (past_.open[bank.place.bank]) {
        past_.issue(Command::precharge, due_, bank);
      }
      past_.issue(Command::refresh_bank, due_, bank);
    }
    due_ += interval_;
  }

  // Policy `window`: one cycle after the other.
  void by_window() {
    std::vector<Burst> waiting;  // By arrival; of equal arrivals as they were given.
    for (const auto& [stream, queue] : queues_) {
      waiting.insert(waiting.end(), queue.begin(), queue.end());
    }
    std::ranges::stable_sort(waiting, {},
                             [](const Burst& b) { return std::pair(b.arrival, b.request); });
    for (std::uint64_t cycle = 0; !waiting.empty(); ++cycle) {
      forget(cycle);
      if (cycle < due_) {
        static_cast<void>(one_column(waiting, cycle, {}) || one_row(waiting, cycle));
      } else if (service_.refresh == Refresh::all) {
        refresh();
        cycle = *past_.last_row;  // The next cycle is the first after it.
      } else {
        refresh_one(waiting, cycle);
      }
    }
  }

  // While one bank is closed and refreshed, the others go on with the rows that they have open.
  void refresh_one(std::vector<Burst>& waiting, std::uint64_t cycle) {
    Burst bank{};
    bank.place.bank = static_cast<std::uint32_t>(refreshed_ % past_.open.size());
    static_cast<void>(one_column(waiting, cycle, bank.place.bank));
    const bool is_open = past_.open[bank.place.bank].has_value();
    const IssuedCommand command =
        at(is_open ? Command::precharge : Command::refresh_bank, bank, cycle);
    if (past_.allows(command)) {
      past_.put(command);
      if (!is_open) {
        ++refreshed_;
        due_ += interval_;
      }
    }
  }

  static IssuedCommand at(Command command, const Burst& burst, std::uint64_t cycle) {
    return {.cycle = cycle,
            .command = command,
            .bank = burst.place.bank,
            .row = burst.place.row,
            .burst = burst.number};
  }

  // The bursts that are candidates in this cycle, oldest first, are the first ones that wait.
  std::size_t candidates(const std::vector<Burst>& waiting, std::uint64_t cycle) const {
    const std::size_t most = std::min<std::size_t>(waiting.size(), service_.window);
    std::size_t count = 0;
    while (count < most && waiting[count].arrival <= cycle) {
      ++count;
    }
    return count;
  }

  bool one_column(std::vector<Burst>& waiting, std::uint64_t cycle,
                  std::optional<std::uint32_t> refreshing) {
    for (std::size_t i = 0; i < candidates(waiting, cycle); ++i) {
      const Burst burst = waiting[i];
      const Command command = burst.direction == Direction::read ? Command::read : Command::write;
      const IssuedCommand column = at(command, burst, cycle);
      if (burst.place.bank != refreshing && past_.open[burst.place.bank] == burst.place.row &&
          past_.allows(column)) {
        past_.put(column);
        complete(burst, cycle);
        waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
        return true;
      }
    }
    return false;
  }

  bool one_row(const std::vector<Burst>& waiting, std::uint64_t cycle) {
    const std::size_t count = candidates(waiting, cycle);
    for (std::size_t i = 0; i < count; ++i) {
      const auto& row = past_.open[waiting[i].place.bank];
      bool is_wanted = false;  // The open row, by this candidate or another.
      for (std::size_t j = 0; j < count; ++j) {
        is_wanted = is_wanted ||
                    (waiting[j].place.bank == waiting[i].place.bank && row == waiting[j].place.row);
      }
      const IssuedCommand command =
          at(row ? Command::precharge : Command::activate, waiting[i], cycle);
      if (!is_wanted && past_.allows(command)) {
        past_.put(command);
        return true;
      }
    }
    return false;
  }

  void complete(const Burst& burst, std::uint64_t column) {
    const std::uint32_t latency =
        burst.direction == Direction::read ? device_.read_latency : device_.write_latency;
    out_.completed[burst.request] =
        std::max(out_.completed[burst.request], column + latency + device_.burst_cycles);
  }

  // Commands too old to bind anything that is still to come.
  void forget() { forget(slot_opens()); }
  void forget(std::uint64_t now) {
    std::erase_if(past_.issued, [&](const IssuedCommand& command) {
      const bool is_old = command.cycle + longest_ <= now;
      if (is_old) {
        out_.trace.push_back(command);
      }
      return is_old;
    });
  }

  void finish() {
    forget(kNever);
    std::ranges::stable_sort(out_.trace, {}, [](const IssuedCommand& command) {
      return std::pair(command.cycle, is_column(command.command));
    });
    for (const IssuedCommand& command : out_.trace) {
      switch (command.command) {
        case Command::activate: ++out_.counts.activate; break;
        case Command::precharge:
        case Command::precharge_all: ++out_.counts.precharge; break;
        case Command::read: ++out_.counts.read; break;
        case Command::write: ++out_.counts.write; break;
        case Command::refresh: ++out_.counts.refresh; break;
        case Command::refresh_bank: ++out_.counts.refresh_bank; break;
      }
    }
  }

  const Device& device_;
  const Service& service_;
  std::map<std::uint32_t, std::deque<Burst>> queues_;
  Past past_{};
  std::vector<std::uint64_t> columns_;  // Cycles of the column commands, by burst served.
  std::optional<std::uint32_t> stream_;
  std::uint32_t batch_ = 0;
  std::uint64_t longest_ = 0;
  std::uint64_t interval_ = 0;
  std::uint64_t due_ = 0;
  std::uint64_t refreshed_ = 0;
  ReferenceResult out_;
};

}  // namespace

ReferenceResult reference(const Device& device, const Service& service,
                          const std::vector<Request>& requests) {
  return SlowChannel(device, service, requests).run();
}

}  // namespace systole::dram
