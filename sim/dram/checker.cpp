// SPDX-License-Identifier: Apache-2.0
#include "dram/checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dram/standard.hpp"

namespace systole::dram {
namespace {

constexpr std::uint64_t kMostOwed = 8;  // Refreshes that may be postponed (JESD235).

bool is_of_all_banks(Command command) {
  return command == Command::precharge_all || command == Command::refresh;
}

bool is_column(Command command) { return command == Command::read || command == Command::write; }

bool is_refresh(Command command) {
  return command == Command::refresh || command == Command::refresh_bank;
}

bool holds(const std::vector<Command>& commands, Command command) {
  return std::ranges::find(commands, command) != commands.end();
}

class Checker {
 public:
  Checker(const Device& device, const CommandTrace& trace, Refresh refresh)
      : device_(device),
        trace_(trace),
        refresh_(refresh),
        open_(std::size_t{device.groups} * device.banks) {
    for (const Constraint& constraint : device.constraints) {
      longest_ = std::max<std::uint64_t>(longest_, constraint.cycles);
    }
    if (refresh == Refresh::all) {
      interval_ = device.refresh_interval;
    } else if (refresh == Refresh::bank) {
      interval_ = device.refresh_interval / open_.size();
    }
    due_ = interval_;
  }

  std::optional<Violation> run() {
    for (std::size_t at = 0; at < trace_.size(); ++at) {
      for (const auto rule : {&Checker::order, &Checker::buses, &Checker::constraints,
                              &Checker::places, &Checker::rows, &Checker::refreshes}) {
        if (auto violation = (this->*rule)(at)) {
          return violation;
        }
      }
      follow(trace_[at]);
    }
    return std::nullopt;
  }

 private:
  using Found = std::optional<Violation>;

  Found broken(std::string rule, std::size_t at, std::optional<std::size_t> first = {}) const {
    Violation out{.rule = std::move(rule), .first = {}, .second = trace_[at]};
    if (first) {
      out.first = trace_[*first];
    }
    return out;
  }

  Found order(std::size_t at) const {
    return at > 0 && trace_[at].cycle < trace_[at - 1].cycle
               ? broken("commands in the order of their cycles", at, at - 1)
               : std::nullopt;
  }

  // One row command and one column command a cycle.
  Found buses(std::size_t at) const {
    for (std::size_t i = at; i-- > 0 && trace_[i].cycle == trace_[at].cycle;) {
      if (is_column(trace_[i].command) == is_column(trace_[at].command)) {
        return broken("one command a cycle on a bus", at, i);
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] bool is_within(Scope scope, const IssuedCommand& a, const IssuedCommand& b) const {
    if (scope == Scope::channel || is_of_all_banks(a.command) || is_of_all_banks(b.command)) {
      return true;
    }
    return scope == Scope::bank ? a.bank == b.bank
                                : a.bank / device_.banks == b.bank / device_.banks;
  }

  Found constraints(std::size_t at) const {
    for (const Constraint& constraint : device_.constraints) {
      if (holds(constraint.to, trace_[at].command)) {
        if (auto violation = against(constraint, at)) {
          return violation;
        }
      }
    }
    return std::nullopt;
  }

  Found against(const Constraint& constraint, std::size_t at) const {
    const IssuedCommand& second = trace_[at];
    std::uint32_t met = 0;
    for (std::size_t i = at; i-- > 0;) {
      const IssuedCommand& first = trace_[i];
      if (second.cycle - first.cycle >= longest_) {
        return std::nullopt;
      }
      if (holds(constraint.from, first.command) && is_within(constraint.scope, first, second) &&
          ++met == constraint.window) {
        return second.cycle - first.cycle < constraint.cycles ? broken(constraint.name, at, i)
                                                              : std::nullopt;
      }
    }
    return std::nullopt;
  }

  // Bursts are where the mapping puts them, and commands name banks and rows that exist.
  Found places(std::size_t at) const {
    const IssuedCommand& command = trace_[at];
    if (is_of_all_banks(command.command)) {
      return std::nullopt;
    }
    if (command.bank >= open_.size() ||
        (command.command == Command::activate && command.row >= device_.rows)) {
      return broken("a bank and row of the device", at);
    }
    if (is_column(command.command)) {
      const Location place = location(device_, command.burst);
      if (place.bank != command.bank || place.row != command.row) {
        return broken("a burst is where the mapping puts it", at);
      }
    }
    return std::nullopt;
  }

  Found rows(std::size_t at) const {
    const IssuedCommand& command = trace_[at];
    const auto is_closed = [](const std::optional<std::uint32_t>& row) { return !row; };
    switch (command.command) {
      case Command::read:
      case Command::write:
        return open_[command.bank] == command.row ? std::nullopt
                                                  : broken("a column of an open row", at);
      case Command::activate:
        return is_closed(open_[command.bank]) ? std::nullopt
                                              : broken("an activate of a closed bank", at);
      case Command::refresh_bank:
        return is_closed(open_[command.bank]) ? std::nullopt
                                              : broken("a refresh of a closed bank", at);
      case Command::refresh:
        return std::ranges::all_of(open_, is_closed) ? std::nullopt
                                                     : broken("a refresh of closed banks", at);
      default: return std::nullopt;
    }
  }

  // A refresh comes not before it is due, and nothing is opened, read or written meanwhile. While
  // one bank waits for its own, the others may go on.
  Found refreshes(std::size_t at) const {
    const IssuedCommand& command = trace_[at];
    if (!is_refresh(command.command)) {
      const bool may_wait = command.command == Command::precharge ||
                            command.command == Command::precharge_all || interval_ == 0;
      const std::uint64_t latest = refresh_ == Refresh::bank ? due_ + kMostOwed * interval_ : due_;
      return may_wait || command.cycle < latest ? std::nullopt : broken("a refresh is due", at);
    }
    const Command kind = refresh_ == Refresh::bank ? Command::refresh_bank : Command::refresh;
    if (interval_ == 0 || command.command != kind) {
      return broken("a refresh of the kind that is in use", at);
    }
    if (kind == Command::refresh_bank && command.bank != refreshed_ % open_.size()) {
      return broken("banks are refreshed in the order of their numbers", at);
    }
    return command.cycle >= due_ ? std::nullopt : broken("a refresh not before it is due", at);
  }

  void follow(const IssuedCommand& command) {
    switch (command.command) {
      case Command::activate: open_[command.bank] = command.row; break;
      case Command::precharge: open_[command.bank].reset(); break;
      case Command::precharge_all: std::ranges::fill(open_, std::nullopt); break;
      case Command::refresh:
      case Command::refresh_bank:
        ++refreshed_;
        due_ += interval_;
        break;
      default: break;
    }
  }

  const Device& device_;
  const CommandTrace& trace_;
  Refresh refresh_;
  std::vector<std::optional<std::uint32_t>> open_;  // Row, by bank.
  std::uint64_t longest_ = 0;                       // Beyond this nothing binds.
  std::uint64_t interval_ = 0;                      // Between two refreshes; 0: none are.
  std::uint64_t due_ = 0;
  std::uint64_t refreshed_ = 0;
};

std::string describe(const IssuedCommand& command) {
  const std::string where =
      is_of_all_banks(command.command)
          ? ""
          : fmt::format(" bank {}{}", command.bank,
                        is_column(command.command) || command.command == Command::activate
                            ? fmt::format(" row {}", command.row)
                            : "");
  return fmt::format("{}{} at {}", name(command.command), where, command.cycle);
}

}  // namespace

std::optional<Violation> first_violation(const Device& device, const CommandTrace& trace,
                                         Refresh refresh) {
  return Checker(device, trace, refresh).run();
}

std::string describe(const Violation& violation) {
  return fmt::format("{}: {}{}", violation.rule,
                     violation.first ? describe(*violation.first) + ", " : "",
                     describe(violation.second));
}

Location location(const Device& device, std::uint64_t burst) {
  std::array<std::uint64_t, 5> digits{};  // By Field.
  std::array<std::uint32_t, 5> filled{};
  for (const MappingField& field : device.mapping.fields) {
    const auto i = static_cast<std::size_t>(field.field);
    if (field.field != Field::channel) {  // That digit is the same for all bursts of a channel.
      digits[i] |= (burst & ((std::uint64_t{1} << field.bits) - 1)) << filled[i];
      filled[i] += field.bits;
      burst >>= field.bits;
    }
  }
  for (const MappingXor& flip : device.mapping.xors) {
    digits[static_cast<std::size_t>(flip.field)] ^=
        digits[static_cast<std::size_t>(flip.with)] & ((std::uint64_t{1} << flip.bits) - 1);
  }
  const auto digit = [&](Field field) { return digits[static_cast<std::size_t>(field)]; };
  return {
      .bank = static_cast<std::uint32_t>(digit(Field::group) * device.banks + digit(Field::bank)),
      .row = static_cast<std::uint32_t>(digit(Field::row)),
      .column = static_cast<std::uint32_t>(digit(Field::column))};
}

}  // namespace systole::dram
