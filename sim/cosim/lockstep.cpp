// SPDX-License-Identifier: Apache-2.0
#include "cosim/lockstep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"

namespace systole::cosim {
namespace {

using model::UnitInputs;
using model::UnitOutputs;

// The last cycles, kept as they were and put into words only if they are asked for.
class History {
 public:
  void keep(const UnitInputs& inputs, const UnitOutputs& outputs) {
    Entry& entry = entries_[count_++ % entries_.size()];
    entry.inputs = inputs;
    entry.outputs = outputs;
  }

  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> out;
    const std::size_t kept = std::min<std::size_t>(count_, entries_.size());
    for (std::size_t cycle = count_ - kept; cycle < count_; ++cycle) {
      out.push_back(line(cycle, entries_[cycle % entries_.size()]));
    }
    return out;
  }

 private:
  struct Entry {
    UnitInputs inputs;
    UnitOutputs outputs;
  };

  static std::string line(std::size_t cycle, const Entry& entry) {
    const auto& [in, out] = entry;
    if (in.reset) {
      return fmt::format("{}: reset", cycle);
    }
    const auto flag = [](bool set, const char* text) { return set ? text : ""; };
    return fmt::format(
        "{}: valid/ready weights {:d}/{:d} scales {:d}/{:d} activations {:d}/{:d}{}{}{}{}{}{}{}"
        " results {:d}/{:d}",
        cycle, in.weights_valid, out.weights_ready, in.scales_valid, out.scales_ready,
        in.activations_valid, out.activations_ready, flag(in.first, " first"),
        flag(in.last, " last"), flag(in.pass.sum_start, " sum_start"),
        flag(in.pass.sum_end, " sum_end"), flag(in.pass.scaled, " scaled"),
        flag(in.pass.result_start, " result_start"), flag(in.pass.result_end, " result_end"),
        out.results_valid, in.results_ready);
  }

  std::array<Entry, 8> entries_;
  std::size_t count_ = 0;
};

// The first pin in which two answers differ.
std::string differing(const UnitOutputs& a, const UnitOutputs& b) {
  if (a.weights_ready != b.weights_ready) {
    return "weights_ready_o";
  }
  if (a.scales_ready != b.scales_ready) {
    return "scales_ready_o";
  }
  if (a.activations_ready != b.activations_ready) {
    return "activations_ready_o";
  }
  if (a.results_valid != b.results_valid) {
    return "results_valid_o";
  }
  check(a.results.size() == b.results.size(), "results of {} and {} words", a.results.size(),
        b.results.size());
  const auto [at, other] = std::ranges::mismatch(a.results, b.results);
  return fmt::format("results_o[{}]", at - a.results.begin());
}

std::string value(const UnitOutputs& outputs, const std::string& signal) {
  const std::size_t bracket = signal.find('[');
  if (bracket != std::string::npos) {
    return fmt::format("{:08x}", outputs.results[std::stoul(signal.substr(bracket + 1))]);
  }
  const bool high = signal == "weights_ready_o"       ? outputs.weights_ready
                    : signal == "scales_ready_o"      ? outputs.scales_ready
                    : signal == "activations_ready_o" ? outputs.activations_ready
                                                      : outputs.results_valid;
  return high ? "1" : "0";
}

std::uint64_t transfers(const UnitInputs& in, const UnitOutputs& out) {
  return std::uint64_t{in.weights_valid && out.weights_ready} +
         std::uint64_t{in.scales_valid && out.scales_ready} +
         std::uint64_t{in.activations_valid && out.activations_ready} +
         std::uint64_t{out.results_valid && in.results_ready};
}

}  // namespace

Compared lockstep(std::span<const Contender> contenders, Driver& driver, std::uint64_t cycles) {
  Compared compared;
  History history;
  std::vector<const UnitOutputs*> answers(contenders.size());
  while (compared.cycles < cycles) {
    const UnitInputs& inputs = driver.inputs();
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      answers[i] = &contenders[i].unit.settle(inputs);
    }
    history.keep(inputs, *answers[0]);
    for (const UnitOutputs* answer : answers) {
      if (*answer != *answers[0]) {
        Mismatch mismatch{.cycle = compared.cycles,
                          .signal = differing(*answers[0], *answer),
                          .values = {},
                          .history = history.lines()};
        for (std::size_t i = 0; i < contenders.size(); ++i) {
          mismatch.values.push_back({contenders[i].name, value(*answers[i], mismatch.signal)});
        }
        compared.mismatch = std::move(mismatch);
        return compared;
      }
    }
    for (const Contender& contender : contenders) {
      contender.unit.clock();
    }
    compared.transfers += transfers(inputs, *answers[0]);
    ++compared.cycles;
    driver.clock(*answers[0]);
  }
  return compared;
}

std::string explain(const Mismatch& mismatch) {
  std::string out = fmt::format("cycle {}: {} is", mismatch.cycle, mismatch.signal);
  for (const Mismatch::Value& value : mismatch.values) {
    out += fmt::format("{} {} in {}", &value == mismatch.values.data() ? "" : ",", value.value,
                       value.name);
  }
  out += "\n";
  for (const std::string& line : mismatch.history) {
    out += "  " + line + "\n";
  }
  return out;
}

}  // namespace systole::cosim
