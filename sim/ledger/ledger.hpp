// SPDX-License-Identifier: Apache-2.0
// What happened: whole-number counts of actions, and the time each unit spent in each state.
//
// It never holds a joule. A model keeps a reference to its own Account and records what its
// hardware toggles, once, in the unit that toggles.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/data_type.hpp"
#include "base/quantity.hpp"

namespace systole {

enum class Component : std::uint8_t {
  matrix_unit,
  accumulator,
  scratchpad,
  far_sram,
  hbm,
  vector_unit,
  sequencer,
  ici,
  chip
};
inline constexpr std::size_t kComponents = 9;
[[nodiscard]] std::string_view name(Component component);

// What moved or was multiplied.
enum class Tensor : std::uint8_t { weight, kv, activation, none };
inline constexpr std::size_t kTensors = 4;
[[nodiscard]] std::string_view name(Tensor tensor);

// Everything that can be counted. Each action belongs to one component (component_of).
enum class Action : std::uint8_t {
  // matrix_unit
  mac_bf16,
  mac_fp8,
  mac_int8,
  mac_int4,
  mac_ternary_int8,
  mac_ternary_bf16,  // One product each.
  weight_shift_bit,  // One bit of a stationary operand moved by one row.
  dequantise,        // One stationary element widened at the array's edge: one lane operation.
  // accumulator
  accumulator_read,
  accumulator_write,  // Bytes.
  // scratchpad
  scratchpad_read,
  scratchpad_write,  // Granules.
  // far_sram
  far_sram_read,
  far_sram_write,    // Granules.
  far_sram_element,  // Elements delivered: priced only by rule-of-thumb models.
  // hbm
  hbm_activate,  // One row of one pseudo-channel opened and closed.
  hbm_read,
  hbm_write,  // Bursts: array and data path of the device.
  hbm_io,
  hbm_phy,
  hbm_wire,     // Bursts: device I/O; PHY and controller; PHY to scratchpad.
  hbm_element,  // As far_sram_element.
  hbm_refresh,  // Static: one all-bank refresh of one pseudo-channel.
  hbm_background,
  hbm_phy_idle,  // Static: core clock cycles, all stacks of a chip.
  // vector_unit
  lane_add,
  lane_multiply,
  lane_fma,
  lane_transcendental,
  lane_shuffle,  // One lane, one operation.
  // sequencer
  bundle,  // One instruction bundle fetched and issued.
  // ici
  link_byte,     // One byte over one link, the part that follows traffic.
  optical_byte,  // Of those, one over an optical link: what its ends take on top.
  link_powered,  // Static: core clock cycles, all links of a chip.
  // chip
  leakage,
  clock_tree,
  miscellaneous,
  unexplained  // Static: core clock cycles of a chip.
};
inline constexpr std::size_t kActions = 38;
[[nodiscard]] std::string_view name(Action action);
[[nodiscard]] Component component_of(Action action);
[[nodiscard]] bool is_static(Action action);  // Charged by time whether or not anything happens.
[[nodiscard]] Action mac_action(Multiplier multiplier);
[[nodiscard]] bool is_mac(Action action);

// Index into Ledger::operations(); operation 0 is "static", for what no operation causes.
using OperationId = std::uint32_t;
inline constexpr OperationId kNoOperation = 0;

// Every instant of every unit is in exactly one state.
enum class State : std::uint8_t {
  idle,  // Nothing to do.
  busy,
  stalled_operation,   // The next operation waits for an earlier one.
  stalled_stationary,  // Waits for weights or KV from memory.
  stalled_moving,      // Waits for activations from memory.
  stalled_space,       // Waits for room in a buffer.
  stalled_scratchpad,  // Waits for accesses of the scratchpad.
  stalled_link,        // Waits for a neighbour's data.
  starting             // Fixed cost of a kernel, transfer or collective.
};
inline constexpr std::size_t kStates = 9;
[[nodiscard]] std::string_view name(State state);

// One unit's page in the ledger.
class Account {
 public:
  Account(std::string path, Component component, std::size_t operations, std::uint64_t one_in = 1);

  // What was done, on behalf of which operation of the trace.
  void record(OperationId operation, Tensor tensor, Action action, std::uint64_t n) {
    const std::size_t own = column(tensor, action);
    const std::size_t i = operation * totals_.size() + own;
    if (!counts(action) || i >= counts_.size() || n > kMostCounts || counts_[i] > kMostCounts - n)
        [[unlikely]] {
      refuse(operation, tensor, action, n);
    }
    counts_[i] += n;
    totals_[own] += n;
  }

  // Closes the present state's stretch at `now` and opens the next one.
  void enter(State state, Femtoseconds now) {
    if (now < since_) [[unlikely]] {
      refuse(state, now);
    }
    times_[static_cast<std::size_t>(state_)] += now - since_;
    state_ = state;
    since_ = now;
  }
  void close(Femtoseconds now) { enter(state_, now); }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] Component component() const { return component_; }
  [[nodiscard]] std::uint64_t one_in() const { return one_in_; }
  [[nodiscard]] std::uint64_t count(OperationId operation, Tensor tensor, Action action) const;
  [[nodiscard]] std::uint64_t total(Tensor tensor, Action action) const;  // Of all operations.
  [[nodiscard]] Femtoseconds time_in(State state) const {
    return times_[static_cast<std::size_t>(state)];
  }

 private:
  // A count beyond this is an underflow.
  static constexpr std::uint64_t kMostCounts = std::uint64_t{1} << 63;

  // Whether the action is of this component.
  [[nodiscard]] bool counts(Action action) const {
    return static_cast<std::size_t>(action) - first_ < width_;
  }
  [[nodiscard]] std::size_t column(Tensor tensor, Action action) const {
    return static_cast<std::size_t>(tensor) * width_ + static_cast<std::size_t>(action) - first_;
  }
  // Say what is wrong with a call: off the way of those with which nothing is.
  [[noreturn]] void refuse(OperationId operation, Tensor tensor, Action action,
                           std::uint64_t n) const;
  [[noreturn]] void refuse(State state, Femtoseconds now) const;

  std::string path_;
  Component component_;
  std::uint64_t one_in_;
  std::size_t first_;  // Of this component's actions, and how many there are.
  std::size_t width_;
  std::vector<std::uint64_t> counts_;  // [operation][tensor][action of this component].
  std::vector<std::uint64_t> totals_;  // [tensor][action of this component].
  std::array<Femtoseconds, kStates> times_{};
  State state_ = State::idle;
  Femtoseconds since_{};
};

struct LedgerLine {
  Component component;
  OperationId operation;
  Tensor tensor;
  Action action;
  std::uint64_t count;  // Over the whole pod.

  bool operator==(const LedgerLine&) const = default;
};

// How the dynamic counts of the whole pod grew: by equal windows from the beginning on, of which
// the run's end cuts off the last.
struct Windows {
  struct Line {
    Tensor tensor;
    Action action;
    std::vector<std::uint64_t> counts;  // By window.
  };
  Femtoseconds width;
  std::vector<Line> lines;  // By action, then tensor; none that is zero throughout.
};

class Ledger {
 public:
  // Names of operations; "static" is put in front. `copies` pods' worth of accounts make up the
  // whole pod (folding).
  explicit Ledger(std::vector<std::string> operations, std::uint64_t copies = 1);

  // The reference stays valid for the ledger's life, so a model keeps it and never looks it up.
  // A unit without states of its own (a store) has the same kind of page and never enters one.
  // Of `one_in` copies of the account only one counts: every fourth link of a ring, say.
  Account& open(std::string path, Component component, std::uint64_t one_in = 1);

  // A simulation calls sample() each time window() has passed, from the beginning on. Windows
  // double whenever there are many of them, so a run of any length ends with 32 to 64 (or fewer, of
  // 1 us).
  [[nodiscard]] Femtoseconds window() const { return window_; }
  void sample();

  void close(Femtoseconds elapsed);  // Ends the run.

  [[nodiscard]] const std::deque<Account>& accounts() const { return accounts_; }
  [[nodiscard]] const std::vector<std::string>& operations() const { return operations_; }
  [[nodiscard]] Femtoseconds elapsed() const { return elapsed_; }
  [[nodiscard]] std::uint64_t copies() const { return copies_; }

  // Accounts of a kind summed, times copies, zero counts left out; ordered by component, operation,
  // tensor, action.
  [[nodiscard]] std::vector<LedgerLine> lines() const;

  // Sum over all operations and tensors, over the whole pod.
  [[nodiscard]] std::uint64_t total(Action action) const;

  [[nodiscard]] Windows windows() const;  // Of a closed ledger.

 private:
  // `count` of one copy of the account, over the whole pod.
  [[nodiscard]] std::uint64_t over_pod(const Account& account, Action action,
                                       std::uint64_t count) const;

  // Counts of the whole pod so far, by [action][tensor].
  using Totals = std::array<std::uint64_t, kActions * kTensors>;
  [[nodiscard]] Totals totals() const;

  std::vector<std::string> operations_;
  std::deque<Account> accounts_;
  std::vector<Totals> samples_;  // At the end of each window.
  Femtoseconds window_{1'000'000'000};
  Femtoseconds elapsed_{};
  const std::uint64_t copies_;
};

}  // namespace systole
