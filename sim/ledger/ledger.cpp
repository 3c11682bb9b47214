// SPDX-License-Identifier: Apache-2.0
#include "ledger/ledger.hpp"

#include "base/error.hpp"

namespace systole {
namespace {

constexpr std::uint64_t kLimit = std::uint64_t{1} << 63;  // A count beyond this is an underflow.

constexpr std::array<std::string_view, kComponents> kComponentNames{
    "matrix_unit", "accumulator", "scratchpad", "far_sram", "hbm",
    "vector_unit", "sequencer",   "ici",        "chip"};
constexpr std::array<std::string_view, kTensors> kTensorNames{"weight", "kv", "activation", "none"};
constexpr std::array<std::string_view, kStates> kStateNames{
    "idle",           "busy",          "stalled_operation",  "stalled_stationary",
    "stalled_moving", "stalled_space", "stalled_scratchpad", "stalled_link",
    "starting"};

struct ActionFacts {
  Action action;
  std::string_view name;
  Component component;
  bool is_static = false;
};

// In the order of the enumeration, and so by component.
constexpr std::array<ActionFacts, kActions> kFacts{{
    {Action::mac_bf16, "mac_bf16", Component::matrix_unit},
    {Action::mac_fp8, "mac_fp8", Component::matrix_unit},
    {Action::mac_int8, "mac_int8", Component::matrix_unit},
    {Action::mac_int4, "mac_int4", Component::matrix_unit},
    {Action::mac_ternary_int8, "mac_ternary_int8", Component::matrix_unit},
    {Action::mac_ternary_bf16, "mac_ternary_bf16", Component::matrix_unit},
    {Action::weight_shift_bit, "weight_shift_bit", Component::matrix_unit},
    {Action::dequantise, "dequantise", Component::matrix_unit},
    {Action::accumulator_read, "accumulator_read", Component::accumulator},
    {Action::accumulator_write, "accumulator_write", Component::accumulator},
    {Action::scratchpad_read, "scratchpad_read", Component::scratchpad},
    {Action::scratchpad_write, "scratchpad_write", Component::scratchpad},
    {Action::far_sram_read, "far_sram_read", Component::far_sram},
    {Action::far_sram_write, "far_sram_write", Component::far_sram},
    {Action::far_sram_element, "far_sram_element", Component::far_sram},
    {Action::hbm_activate, "hbm_activate", Component::hbm},
    {Action::hbm_read, "hbm_read", Component::hbm},
    {Action::hbm_write, "hbm_write", Component::hbm},
    {Action::hbm_io, "hbm_io", Component::hbm},
    {Action::hbm_phy, "hbm_phy", Component::hbm},
    {Action::hbm_wire, "hbm_wire", Component::hbm},
    {Action::hbm_element, "hbm_element", Component::hbm},
    {Action::hbm_refresh, "hbm_refresh", Component::hbm, true},
    {Action::hbm_background, "hbm_background", Component::hbm, true},
    {Action::hbm_phy_idle, "hbm_phy_idle", Component::hbm, true},
    {Action::lane_add, "lane_add", Component::vector_unit},
    {Action::lane_multiply, "lane_multiply", Component::vector_unit},
    {Action::lane_fma, "lane_fma", Component::vector_unit},
    {Action::lane_transcendental, "lane_transcendental", Component::vector_unit},
    {Action::lane_shuffle, "lane_shuffle", Component::vector_unit},
    {Action::bundle, "bundle", Component::sequencer},
    {Action::link_byte, "link_byte", Component::ici},
    {Action::optical_byte, "optical_byte", Component::ici},
    {Action::link_powered, "link_powered", Component::ici, true},
    {Action::leakage, "leakage", Component::chip, true},
    {Action::clock_tree, "clock_tree", Component::chip, true},
    {Action::miscellaneous, "miscellaneous", Component::chip, true},
    {Action::unexplained, "unexplained", Component::chip, true},
}};

constexpr std::size_t index(auto enumerator) { return static_cast<std::size_t>(enumerator); }

constexpr bool facts_follow_the_enumeration() {
  for (std::size_t i = 0; i < kActions; ++i) {
    if (index(kFacts[i].action) != i || (i > 0 && kFacts[i].component < kFacts[i - 1].component)) {
      return false;
    }
  }
  return true;
}
static_assert(index(Action::unexplained) + 1 == kActions);
static_assert(index(Component::chip) + 1 == kComponents);
static_assert(index(Tensor::none) + 1 == kTensors);
static_assert(index(State::starting) + 1 == kStates);
static_assert(facts_follow_the_enumeration());

// Where each component's actions begin; one entry more, so that two neighbours bound a component.
constexpr std::array<std::size_t, kComponents + 1> kFirst = [] {
  std::array<std::size_t, kComponents + 1> first{};
  for (const ActionFacts& facts : kFacts) {
    for (std::size_t c = index(facts.component) + 1; c < first.size(); ++c) {
      ++first[c];
    }
  }
  return first;
}();

constexpr std::size_t width(Component component) {
  return kFirst[index(component) + 1] - kFirst[index(component)];
}

std::uint64_t add(std::uint64_t sum, std::uint64_t n, Action action) {
  if (n > kLimit || sum > kLimit - n) [[unlikely]] {
    throw Bug(fmt::format("count of {} passes 2^63: {} + {}", name(action), sum, n));
  }
  return sum + n;
}

std::uint64_t multiply(std::uint64_t sum, std::uint64_t copies, Action action) {
  check(sum <= kLimit / copies, "count of {} passes 2^63: {} x {}", name(action), sum, copies);
  return sum * copies;
}

}  // namespace

std::string_view name(Component component) { return kComponentNames[index(component)]; }
std::string_view name(Tensor tensor) { return kTensorNames[index(tensor)]; }
std::string_view name(Action action) { return kFacts[index(action)].name; }
std::string_view name(State state) { return kStateNames[index(state)]; }
Component component_of(Action action) { return kFacts[index(action)].component; }
bool is_static(Action action) { return kFacts[index(action)].is_static; }

bool is_mac(Action action) { return action <= Action::mac_ternary_bf16; }

Action mac_action(Multiplier multiplier) {
  switch (multiplier) {
    case Multiplier::bf16: return Action::mac_bf16;
    case Multiplier::fp8: return Action::mac_fp8;
    case Multiplier::int8: return Action::mac_int8;
    case Multiplier::int4: return Action::mac_int4;
    case Multiplier::ternary_int8: return Action::mac_ternary_int8;
    case Multiplier::ternary_bf16: return Action::mac_ternary_bf16;
  }
  throw Bug("no such multiplier");
}

Account::Account(std::string path, Component component, std::size_t operations,
                 std::uint64_t one_in)
    : path_(std::move(path)),
      component_(component),
      one_in_(one_in),
      first_(kFirst[index(component)]),
      width_(width(component)),
      counts_(operations * kTensors * width_),
      totals_(kTensors * width_) {}

void Account::refuse(OperationId operation, Tensor tensor, Action action, std::uint64_t n) const {
  const std::uint64_t sum = count(operation, tensor, action);
  throw Bug(fmt::format("count of {} passes 2^63: {} + {}", name(action), sum, n));
}

void Account::refuse(State state, Femtoseconds now) const {
  throw Bug(fmt::format("{} entered {} at {} fs, before the present state began at {} fs", path_,
                        name(state), now.count(), since_.count()));
}

std::uint64_t Account::count(OperationId operation, Tensor tensor, Action action) const {
  check(counts(action), "{} recorded on an account of {}", name(action), name(component_));
  const std::size_t i = operation * totals_.size() + column(tensor, action);
  check(i < counts_.size(), "{} recorded {} for operation {}, which the ledger does not have",
        path_, name(action), operation);
  return counts_[i];
}

std::uint64_t Account::total(Tensor tensor, Action action) const {
  return totals_[column(tensor, action)];
}

Ledger::Ledger(std::vector<std::string> operations, std::uint64_t copies)
    : operations_(std::move(operations)), copies_(copies) {
  check(copies >= 1, "a ledger of {} copies", copies);
  operations_.insert(operations_.begin(), "static");
}

Account& Ledger::open(std::string path, Component component, std::uint64_t one_in) {
  check(one_in >= 1 && copies_ % one_in == 0, "one in {} of {} copies of {} counts", one_in,
        copies_, path);
  return accounts_.emplace_back(std::move(path), component, operations_.size(), one_in);
}

std::uint64_t Ledger::over_pod(const Account& account, Action action, std::uint64_t count) const {
  return multiply(count, copies_ / account.one_in(), action);
}

void Ledger::sample() {
  constexpr std::size_t kMostWindows = 64;
  samples_.push_back(totals());
  if (samples_.size() == kMostWindows) {
    for (std::size_t i = 0; i < kMostWindows / 2; ++i) {
      samples_[i] = samples_[2 * i + 1];
    }
    samples_.resize(kMostWindows / 2);
    window_ += window_;
  }
}

Ledger::Totals Ledger::totals() const {
  Totals totals{};
  for (const Account& account : accounts_) {
    const std::size_t component = index(account.component());
    for (std::size_t a = kFirst[component]; a < kFirst[component + 1]; ++a) {
      for (std::size_t t = 0; t < kTensors; ++t) {
        const auto action = static_cast<Action>(a);
        std::uint64_t& total = totals[a * kTensors + t];
        total = add(total, over_pod(account, action, account.total(static_cast<Tensor>(t), action)),
                    action);
      }
    }
  }
  return totals;
}

Windows Ledger::windows() const {
  Windows windows{.width = window_, .lines = {}};
  const std::size_t count = ceil_div(elapsed_.count(), window_.count());
  check(count <= samples_.size() + 1, "a ledger of {} windows was sampled {} times", count,
        samples_.size());
  const Totals last = totals();
  for (std::size_t i = 0; i < last.size(); ++i) {
    const auto action = static_cast<Action>(i / kTensors);
    if (last[i] == 0 || is_static(action)) {
      continue;
    }
    std::vector<std::uint64_t> counts;
    std::uint64_t before = 0;
    for (std::size_t w = 0; w < count; ++w) {
      const std::uint64_t after = w + 1 < count ? samples_[w][i] : last[i];
      counts.push_back(after - before);
      before = after;
    }
    windows.lines.push_back({static_cast<Tensor>(i % kTensors), action, std::move(counts)});
  }
  return windows;
}

void Ledger::close(Femtoseconds elapsed) {
  for (Account& account : accounts_) {
    account.close(elapsed);
  }
  elapsed_ = elapsed;
}

std::vector<LedgerLine> Ledger::lines() const {
  std::vector<LedgerLine> lines;
  for (std::size_t c = 0; c < kComponents; ++c) {
    const auto component = static_cast<Component>(c);
    for (OperationId operation = 0; operation < operations_.size(); ++operation) {
      for (std::size_t t = 0; t < kTensors; ++t) {
        for (std::size_t a = kFirst[c]; a < kFirst[c + 1]; ++a) {
          const LedgerLine line{component, operation, static_cast<Tensor>(t),
                                static_cast<Action>(a), 0};
          lines.push_back(line);
        }
      }
    }
  }
  // One pass over the accounts; a component's lines stand in the order of its accounts' slots.
  for (const Account& account : accounts_) {
    const std::size_t first = kFirst[index(account.component())] * operations_.size() * kTensors;
    const std::size_t size = width(account.component()) * operations_.size() * kTensors;
    for (std::size_t i = first; i < first + size; ++i) {
      LedgerLine& line = lines[i];
      line.count = add(
          line.count,
          over_pod(account, line.action, account.count(line.operation, line.tensor, line.action)),
          line.action);
    }
  }
  std::erase_if(lines, [](const LedgerLine& line) { return line.count == 0; });
  return lines;
}

std::uint64_t Ledger::total(Action action) const {
  std::uint64_t sum = 0;
  for (const LedgerLine& line : lines()) {
    if (line.action == action) {
      sum = add(sum, line.count, action);
    }
  }
  return sum;
}

}  // namespace systole
