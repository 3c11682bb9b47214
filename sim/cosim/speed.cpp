// SPDX-License-Identifier: Apache-2.0
#include "cosim/speed.hpp"

#include <ctime>

#include "cosim/contract_unit.hpp"
#include "cosim/driver.hpp"
#include "cosim/random_passes.hpp"

namespace systole::cosim {
namespace {

// Steady traffic from a reset on, as the contract answers it: it can be replayed in a circle.
std::vector<model::UnitInputs> record(const model::ArrayConfig& config) {
  constexpr std::uint64_t kSeed = 1;
  RandomPasses passes(config, kSeed);
  Driver driver(config, passes, {.seed = kSeed, .bubbles = false, .resets = false});
  const auto unit = make_contract_unit(config);
  std::vector<model::UnitInputs> out(256 + 8 * (config.rows + config.columns));
  for (model::UnitInputs& inputs : out) {
    inputs = driver.inputs();
    const model::UnitOutputs& outputs = unit->settle(inputs);
    unit->clock();
    driver.clock(outputs);
  }
  return out;
}

}  // namespace

double speed(const RtlVariant& variant, double seconds) {
  const std::vector<model::UnitInputs> inputs = record(variant.config);
  const auto unit = variant.make(1);
  const auto replay = [&] {
    for (const model::UnitInputs& cycle : inputs) {
      static_cast<void>(unit->settle(cycle));
      unit->clock();
    }
  };
  replay();  // The first time pays for pages and caches.
  const std::clock_t begin = std::clock();
  const auto enough = static_cast<std::clock_t>(seconds * CLOCKS_PER_SEC);
  std::uint64_t cycles = 0;
  std::clock_t spent = 0;
  do {
    replay();
    cycles += inputs.size();
    spent = std::clock() - begin;
  } while (spent < enough);
  return static_cast<double>(cycles) * CLOCKS_PER_SEC / static_cast<double>(spent);
}

}  // namespace systole::cosim
