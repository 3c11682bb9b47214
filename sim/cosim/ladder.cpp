// SPDX-License-Identifier: Apache-2.0
#include "cosim/ladder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>

#include "base/error.hpp"
#include "cosim/contract_unit.hpp"
#include "cosim/lockstep.hpp"
#include "cosim/product.hpp"
#include "cosim/random_passes.hpp"
#include "cosim/speed.hpp"
#include "cosim/times.hpp"
#include "model/clocked.hpp"

namespace systole::cosim {
namespace {

using model::ArrayConfig;

constexpr const char* kLockstep = "rtl == clocked";
constexpr const char* kProduct = "rtl == numerics";
constexpr const char* kTimes = "clocked == event";
constexpr double kSpeedSeconds = 0.05;  // CPU time, for each array.

Draw draw_of(std::uint64_t seed, std::string_view rung, std::string_view array,
             std::uint64_t number) {
  return {seed, fmt::format("{}, {}, case {}", rung, array, number)};
}

Case product_case(const RtlVariant& variant, std::uint64_t seed, std::uint64_t number) {
  Draw draw = draw_of(seed, kProduct, variant.name, number);
  const Product product = random_product(variant.config, draw);
  const numerics::MatmulShape& shape = product.shape;
  const auto unit = variant.make(draw.seed());
  const Traffic traffic{.seed = draw.seed(), .bubbles = draw.bits(1) != 0, .resets = false};
  const auto multiplied = multiply(variant.config, product, traffic, *unit);
  const std::string what = fmt::format("[{} x {}] * [{} x {}] in groups of {}", shape.m, shape.k,
                                       shape.k, shape.n, shape.group == 0 ? shape.k : shape.group);
  if (!multiplied) {
    return {.difference = fmt::format("{}: the RTL does not deliver all results\n", what)};
  }
  Case out{.cycles = multiplied->cycles, .transfers = 0, .difference = {}};
  const auto expected =
      numerics::matmul(shape, product.activations, product.weights, product.scales);
  const auto [seen, right] =
      std::mismatch(multiplied->result.begin(), multiplied->result.end(), expected.begin());
  if (right != expected.end()) {
    const auto at = static_cast<std::size_t>(right - expected.begin());
    out.difference = fmt::format("{}: row {}, column {} is {:08x} in the RTL, {:08x} in numerics\n",
                                 what, at / shape.n, at % shape.n, *seen, *right);
  }
  return out;
}

Case times_case(const ArrayConfig& config, std::string_view array, std::uint64_t seed,
                std::uint64_t number) {
  Draw draw = draw_of(seed, kTimes, array, number);
  const auto unit = model::clocked_unit(config);
  const Timed timed = compare_times(config, draw, *unit);
  Case out{.cycles = timed.cycles, .transfers = 0, .difference = {}};
  if (timed.difference) {
    out.difference = *timed.difference + "\n";
  }
  return out;
}

// What runs again and again under new numbers, and the line of the result that it adds to.
struct Job {
  std::size_t rung;
  std::string array;
  std::uint32_t latency;
  std::function<Case(std::uint64_t number)> run;
};

std::string_view word(Dataflow dataflow) {
  return dataflow == Dataflow::output_stationary ? "os" : "ws";
}

std::string describe(const RtlVariant& variant) {
  const ArrayConfig& config = variant.config;
  std::string out = fmt::format("{}x{}", config.rows, config.columns);
  if (config.latency != 1) {
    out += fmt::format(" L={}", config.latency);
  }
  out += config.preload == Preload::serial ? " serial" : "";
  return out + (variant.random_start ? " random start" : "");
}

class Ladder {
 public:
  Ladder(std::span<const RtlVariant> variants, const LadderOptions& options)
      : options_(options), climbed_{.seed = options.seed, .rungs = {}, .failure = {}} {
    for (const DataType type : options.types) {
      for (const Dataflow dataflow : {Dataflow::weight_stationary, Dataflow::output_stationary}) {
        if (dataflow == options.dataflow.value_or(dataflow)) {
          select(variants, type, dataflow);
        }
      }
    }
    check_selection(variants);
    for (const RtlVariant* variant : selected_) {
      add_lockstep(*variant);
    }
    for_each_kind([&](const auto& kind) { add_products(kind); });
    for_each_kind([&](const auto& kind) { add_times(kind); });
  }

  Climbed climb() {
    for (std::size_t i = 0; i < selected_.size(); ++i) {  // Not of the time for cases.
      climbed_.rungs[i].speed = speed(*selected_[i], kSpeedSeconds);
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto spent = [&] {
      return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      const double until =
          spent() + (options_.seconds - spent()) / static_cast<double>(jobs_.size() - i);
      const auto goes_on = [&](std::uint64_t done) {
        return options_.cases ? done < *options_.cases : done == 0 || spent() < until;
      };
      for (std::uint64_t done = 0; goes_on(done); ++done) {
        if (!run(jobs_[i], done + 1)) {
          break;
        }
      }
    }
    return std::move(climbed_);
  }

 private:
  void select(std::span<const RtlVariant> variants, DataType type, Dataflow dataflow) {
    for (const RtlVariant& variant : variants) {
      if (variant.config.type == type && variant.config.dataflow == dataflow &&
          variant.config.latency == options_.latency.value_or(variant.config.latency)) {
        selected_.push_back(&variant);
      }
    }
  }

  void check_selection(std::span<const RtlVariant> variants) const {
    if (variants.empty()) {
      fail(
          "this program was built without the matrix unit's RTL, since Verilator was missing: "
          "apt-get install verilator, then run scripts/build.sh");
    }
    for (const DataType type : options_.types) {
      if (std::ranges::none_of(selected_,
                               [&](const RtlVariant* v) { return v->config.type == type; })) {
        std::vector<std::string_view> names;
        for (const RtlVariant& variant : variants) {
          if (variant.config.type == type) {
            names.push_back(variant.name);
          }
        }
        fail(
            "no array of the RTL has type {} and the dataflow and latency asked for; there are: {}",
            name(type), fmt::join(names, " "));
      }
    }
  }

  // Calls f with the selected variants of each type and dataflow.
  template <class F>
  void for_each_kind(const F& f) const {
    for (auto begin = selected_.begin(); begin != selected_.end();) {
      const auto end = std::find_if(begin, selected_.end(), [&](const RtlVariant* v) {
        return v->config.type != (*begin)->config.type ||
               v->config.dataflow != (*begin)->config.dataflow;
      });
      f(std::vector<const RtlVariant*>(begin, end));
      begin = end;
    }
  }

  std::size_t add_rung(const char* name, const ArrayConfig& config, std::string arrays) {
    climbed_.rungs.push_back({.name = name,
                              .type = config.type,
                              .dataflow = config.dataflow,
                              .arrays = std::move(arrays),
                              .speed = {}});
    return climbed_.rungs.size() - 1;
  }

  void add_lockstep(const RtlVariant& variant) {
    jobs_.push_back({.rung = add_rung(kLockstep, variant.config, describe(variant)),
                     .array = variant.name,
                     .latency = variant.config.latency,
                     .run = [this, &variant](std::uint64_t number) {
                       return lockstep_case(variant, options_.seed, number);
                     }});
  }

  void add_products(const std::vector<const RtlVariant*>& kind) {
    std::vector<std::string> arrays;
    for (const RtlVariant* variant : kind) {
      const std::string shape = fmt::format("{}x{}", variant->config.rows, variant->config.columns);
      if (std::ranges::find(arrays, shape) == arrays.end()) {
        arrays.push_back(shape);
      }
    }
    const std::size_t rung =
        add_rung(kProduct, kind[0]->config, fmt::format("{}", fmt::join(arrays, " ")));
    for (const RtlVariant* variant : kind) {
      jobs_.push_back({.rung = rung,
                       .array = variant->name,
                       .latency = variant->config.latency,
                       .run = [this, variant](std::uint64_t number) {
                         return product_case(*variant, options_.seed, number);
                       }});
    }
  }

  void add_times(const std::vector<const RtlVariant*>& kind) {
    const ArrayConfig& like = kind[0]->config;
    const std::uint32_t latency = options_.latency.value_or(1);
    const ArrayConfig config = steady_config(like.type, options_.rows, options_.columns,
                                             like.dataflow, options_.preload, latency);
    const std::string array = fmt::format("{}_{}_{}x{}", word(like.dataflow), name(like.type),
                                          config.rows, config.columns);
    jobs_.push_back(
        {.rung = add_rung(kTimes, config, fmt::format("{}x{}", config.rows, config.columns)),
         .array = array,
         .latency = latency,
         .run = [this, config, array](std::uint64_t number) {
           return times_case(config, array, options_.seed, number);
         }});
  }

  // False if the case found a difference.
  bool run(const Job& job, std::uint64_t number) {
    const Case done = job.run(number);
    Rung& rung = climbed_.rungs[job.rung];
    ++rung.cases;
    rung.cycles += done.cycles;
    rung.transfers += done.transfers;
    if (!done.difference) {
      return true;
    }
    ++rung.mismatches;
    if (!climbed_.failure) {
      climbed_.failure =
          Failure{.rung = rung.name,
                  .array = job.array,
                  .number = number,
                  .difference = *done.difference,
                  .options = fmt::format(
                      "--type {} --dataflow {} --latency {} --seed {} --cases {}", name(rung.type),
                      word(rung.dataflow), job.latency, options_.seed, number)};
    }
    return false;
  }

  const LadderOptions& options_;
  std::vector<const RtlVariant*> selected_;
  std::vector<Job> jobs_;
  Climbed climbed_;
};

}  // namespace

std::uint64_t Climbed::cycles() const {
  std::uint64_t sum = 0;
  for (const Rung& rung : rungs) {
    sum += rung.cycles;
  }
  return sum;
}

std::uint64_t Climbed::mismatches() const {
  std::uint64_t sum = 0;
  for (const Rung& rung : rungs) {
    sum += rung.mismatches;
  }
  return sum;
}

Case lockstep_case(const RtlVariant& variant, std::uint64_t seed, std::uint64_t number) {
  const ArrayConfig& config = variant.config;
  Draw draw = draw_of(seed, kLockstep, variant.name, number);
  RandomPasses passes(config, draw.seed());
  Driver driver(config, passes, {.seed = draw.seed(), .bubbles = true, .resets = true});
  const auto rtl = variant.make(draw.seed());
  const auto clocked = model::clocked_unit(config);
  const auto contract = make_contract_unit(config);
  const std::array contenders{Contender{"rtl", *rtl}, Contender{"clocked", *clocked},
                              Contender{"contract", *contract}};
  const std::uint64_t cycles = std::max(1000U, 40 * (config.rows + config.columns));
  const Compared compared = lockstep(contenders, driver, cycles);
  Case out{.cycles = compared.cycles, .transfers = compared.transfers, .difference = {}};
  if (compared.mismatch) {
    out.difference = explain(*compared.mismatch);
  }
  return out;
}

Climbed climb(std::span<const RtlVariant> variants, const LadderOptions& options) {
  return Ladder(variants, options).climb();
}

}  // namespace systole::cosim
