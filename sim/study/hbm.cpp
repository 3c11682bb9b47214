// SPDX-License-Identifier: Apache-2.0
#include "study/hbm.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "dram/channel.hpp"
#include "dram/memory.hpp"
#include "dram/patterns.hpp"
#include "dram/standard.hpp"
#include "ledger/energy_model.hpp"
#include "ledger/ledger.hpp"
#include "study/measure.hpp"

namespace systole {
namespace {

using dram::Command;
using dram::Counts;
using dram::Device;
using dram::Pattern;
using dram::Scope;

constexpr std::uint64_t kMostRandom = std::uint64_t{1} << 30U;  // Bytes that are served one by one.
constexpr std::uint64_t kSample = std::uint64_t{4} << 20U;  // Bytes that limits are looked for in.
constexpr double kLeastGain = 1e-3;

// What a stack did with a pattern.
struct Served {
  std::uint64_t cycles = 0;
  Counts counts;
  double imbalance = 0.0;  // Bursts of the busiest channel over the mean, less one.
};

struct Stack {
  Device device;
  std::uint32_t channels;
  dram::Service service;

  [[nodiscard]] Bytes capacity() const {
    return Bytes{device.burst.count() * device.columns * device.rows * device.banks *
                 device.groups * channels};
  }
};

double imbalance(const std::vector<std::uint64_t>& bursts) {
  std::uint64_t all = 0;
  for (const std::uint64_t n : bursts) {
    all += n;
  }
  const auto most = static_cast<double>(*std::ranges::max_element(bursts));
  return most * static_cast<double>(bursts.size()) / static_cast<double>(all) - 1.0;
}

// How many bursts each channel has.
std::vector<std::uint64_t> shares(const Stack& stack, const std::vector<dram::Train>& trains) {
  const dram::AddressMap map(stack.device);
  const std::uint64_t burst = stack.device.burst.count();
  std::vector<std::uint64_t> out(stack.channels);
  for (const dram::Train& train : trains) {
    const std::uint64_t each = train.bytes.count() / train.segments;
    for (std::uint64_t s = 0; s < train.segments; ++s) {
      const std::uint64_t base = train.base.count() + s * train.stride.count();
      const std::uint64_t first = base / burst;
      const std::uint64_t end = ceil_div(base + each, burst);
      for (std::uint32_t c = 0; c < stack.channels; ++c) {
        out[c] += map.share(end, c, stack.channels) - map.share(first, c, stack.channels);
      }
    }
  }
  return out;
}

Served serve_trains(const Stack& stack, const std::vector<dram::Train>& trains) {
  dram::Memory memory(stack.device, stack.service, stack.channels);
  for (const dram::Train& train : trains) {
    memory.submit(train, 0);
  }
  Served out;
  while (memory.next()) {
    out.cycles = std::max(out.cycles, memory.next()->at);
    memory.pop();
  }
  out.counts = memory.totals(out.cycles);
  out.imbalance = imbalance(shares(stack, trains));
  return out;
}

// The requests of one channel, in order, of the bursts of all accesses.
std::vector<dram::Request> requests_of(const Stack& stack, const dram::AddressMap& map,
                                       const Pattern& pattern, std::uint64_t accesses,
                                       std::uint32_t channel) {
  const std::uint64_t burst = stack.device.burst.count();
  dram::RandomAccesses random(pattern, stack.capacity());
  std::vector<dram::Request> out;
  for (std::uint64_t i = 0; i < accesses; ++i) {
    const auto [base, direction] = random.next();
    const std::uint64_t first = map.share(base / burst, channel, stack.channels);
    const std::uint64_t end = map.share(ceil_div(base + 64, burst), channel, stack.channels);
    if (end > first) {
      out.push_back({.stream = 0,
                     .direction = direction,
                     .first = first,
                     .count = end - first,
                     .arrival = 0});
    }
  }
  return out;
}

// Channels know nothing of each other, so they are served one after the other.
Served serve_random(const Stack& stack, const Pattern& pattern, std::uint64_t bytes) {
  const dram::Timing timing(stack.device, stack.service);
  const std::uint64_t accesses = ceil_div(bytes, 64);
  std::vector<dram::Channel> channels(stack.channels, dram::Channel(timing));
  std::vector<std::uint64_t> bursts(stack.channels);
  Served out;
  for (std::uint32_t c = 0; c < stack.channels; ++c) {
    for (const dram::Request& request : requests_of(stack, timing.map(), pattern, accesses, c)) {
      channels[c].submit(request);
      bursts[c] += request.count;
    }
    while (const auto done = channels[c].serve()) {
      out.cycles = std::max(out.cycles, done->at);
    }
  }
  for (dram::Channel& channel : channels) {
    channel.idle_until(out.cycles);
    out.counts += channel.totals();
  }
  out.imbalance = imbalance(bursts);
  return out;
}

Served serve(const Stack& stack, const Pattern& pattern, std::uint64_t bytes) {
  return pattern.is_random()
             ? serve_random(stack, pattern, bytes)
             : serve_trains(stack, dram::trains(pattern, Bytes{bytes}, stack.capacity()));
}

bool is(const dram::Constraint& constraint, Scope scope, Command from, Command to) {
  return constraint.scope == scope && constraint.from.front() == from &&
         constraint.to.front() == to;
}

// The stack without one thing that holds commands back: where two commands must be apart, they need
// only be as far as two bursts on the bus.
Stack without(Stack stack, std::string_view what) {
  using enum Command;
  if (what == "refresh") {
    stack.service.refresh = dram::Refresh::off;
    return stack;
  }
  for (dram::Constraint& constraint : stack.device.constraints) {
    const bool is_column = constraint.from.front() == read || constraint.from.front() == write;
    const bool turns = is(constraint, constraint.scope, read, write) ||
                       is(constraint, constraint.scope, write, read);
    const bool hit = what == "tFAW" ? constraint.scope != Scope::bank &&
                                          is(constraint, constraint.scope, activate, activate)
                     : what == "tCCD_L" ? constraint.scope == Scope::group && is_column && !turns
                     : what == "turnaround"
                         ? turns && constraint.scope != Scope::bank
                         : constraint.scope == Scope::bank;  // tRC: one bank's rows.
    if (hit) {
      constraint.cycles = std::min(constraint.cycles, stack.device.burst_cycles);
    }
    if (hit && what == "tFAW") {
      constraint.cycles = 1;
    }
  }
  return stack;
}

std::vector<HbmLimit> limits(const Stack& stack, const Pattern& pattern, std::uint64_t bytes) {
  // At least what the bus moves between the start and the second refresh.
  const std::uint64_t refreshes = 2 * stack.device.refresh_interval / stack.device.burst_cycles *
                                  stack.device.burst.count() * stack.channels;
  const std::uint64_t sample = std::min(bytes, std::max(kSample, refreshes));
  const Served all = serve(stack, pattern, sample);
  std::vector<HbmLimit> out;
  for (const char* what : {"refresh", "tFAW", "tCCD_L", "tRC", "turnaround"}) {
    const Served less = serve(without(stack, what), pattern, sample);
    out.push_back({what, static_cast<double>(all.cycles) / static_cast<double>(less.cycles) - 1.0});
  }
  out.push_back({"channels", all.imbalance});
  std::erase_if(out, [](const HbmLimit& limit) { return limit.gain < kLeastGain; });
  std::ranges::stable_sort(out, std::greater{}, &HbmLimit::gain);
  return out;
}

// A chip that is nothing but this stack, on the stack's clock.
ChipConfig stack_only(const MemoryConfig& memory, const std::string& preset, const Stack& stack,
                      BytesPerSecond peak) {
  ChipConfig chip{};
  chip.name = memory.name;
  chip.clock = Hertz{1e15 / static_cast<double>(stack.device.cycle.count())};
  chip.scratchpad = {
      .capacity = Bytes{1024}, .banks = 1, .ports = 1, .granule = Bytes{1}, .distance = {}};
  chip.hbm = HbmConfig{.memory = memory,
                       .preset = preset,
                       .mapping = "stream",
                       .stacks = 1,
                       .capacity = stack.capacity(),
                       .bandwidth = peak,
                       .distance = {}};
  return chip;
}

std::vector<LedgerLine> lines(const Served& served) {
  std::vector<LedgerLine> out;
  const auto add = [&](Action action, std::uint64_t count) {
    if (count > 0) {
      out.push_back({.component = Component::hbm,
                     .operation = is_static(action) ? kNoOperation : 1,
                     .tensor = Tensor::none,
                     .action = action,
                     .count = count});
    }
  };
  const std::uint64_t bursts = served.counts.read + served.counts.write;
  add(Action::hbm_activate, served.counts.activate);
  add(Action::hbm_read, served.counts.read);
  add(Action::hbm_write, served.counts.write);
  add(Action::hbm_io, bursts);
  add(Action::hbm_phy, bursts);
  add(Action::hbm_refresh, served.counts.refresh);
  add(Action::hbm_background, served.cycles);
  add(Action::hbm_phy_idle, served.cycles);
  return out;
}

bool is_of_device(Action action) {
  return action != Action::hbm_phy && action != Action::hbm_phy_idle;
}

void price_it(const Served& served, const EnergyModel& energy, HbmResult& out) {
  EnergyModel model = energy;
  model.overridden.clear();  // That nothing here reads most of it is no mistake.
  out.bill = price(lines(served), {"static", out.options.pattern}, model, out.chip, 2048, 1);
  double device = 0.0;
  for (const BillLine& line : out.bill.lines) {
    device += is_of_device(line.line.action) ? line.energy_j : 0.0;
  }
  const double bits = 8.0 * static_cast<double>(out.bytes());
  out.device_pj_per_bit = device * 1e12 / bits;
  out.phy_pj_per_bit = out.bill.total_j.nominal * 1e12 / bits;
  out.energy_model = energy.name;
}

}  // namespace

HbmResult run_hbm(const HbmOptions& options) {
  const Pattern pattern = dram::parse_pattern(options.pattern);
  const MemoryConfig memory = read_memory(options.memory);
  const EnergyModel energy = read_energy_model(options.energy_model);
  if (pattern.is_random() && options.bytes.count() > kMostRandom) {
    fail("'{}' is served burst by burst: at most 1 GiB, not {} bytes", pattern.name,
         options.bytes.count());
  }
  Stack stack{
      .device = dram::resolve(memory, options.preset, options.mapping, memory.cycle),
      .channels = memory.channels,
      .service = {.policy = pattern.is_random() ? dram::Policy::window : dram::Policy::batched}};
  stack.service.lookahead = lookahead_for(stack.device);
  const Served served = serve(stack, pattern, options.bytes.count());
  const std::uint64_t burst = memory.burst.count();
  const std::uint64_t bursts = served.counts.read + served.counts.write;
  HbmResult out{};
  out.options = options;
  out.device = memory.name;
  out.channels = stack.channels;
  out.cycles = served.cycles;
  out.elapsed = Cycles{served.cycles} * stack.device.cycle;
  out.commands = served.counts;
  out.read_bytes = served.counts.read * burst;
  out.write_bytes = served.counts.write * burst;
  out.peak = BytesPerSecond{static_cast<double>(burst * stack.channels) /
                            to_seconds(stack.device.cycle * memory.burst_cycles).count()};
  out.bandwidth_fraction = static_cast<double>(bursts * memory.burst_cycles) /
                           static_cast<double>(stack.channels * served.cycles);
  out.limits = limits(stack, pattern, options.bytes.count());
  out.chip = stack_only(memory, options.preset, stack, out.peak);
  price_it(served, energy, out);
  const nlohmann::ordered_json point{{"pattern", options.pattern},
                                     {"bytes", options.bytes.count()},
                                     {"preset", options.preset},
                                     {"mapping", options.mapping}};
  out.inputs = {{"pattern", content_hash(point.dump())},
                {"memory", memory.hash},
                {"energy_model", energy.hash}};
  out.config_hash = config_hash(out.inputs);
  return out;
}

}  // namespace systole
