// SPDX-License-Identifier: Apache-2.0
#include "study/activity.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "base/random.hpp"
#include "config/read.hpp"
#include "ledger/energy_model.hpp"
#include "model/clocked.hpp"
#include "numerics/arithmetic.hpp"
#include "study/histogram.hpp"

namespace systole {
namespace {

using numerics::Code;

constexpr std::uint32_t kColumns =
    4;  // Of the array that is watched: they do not influence each other.
constexpr std::uint32_t kTiles = 8;    // Tiles of weights drawn for it,
constexpr std::uint32_t kStream = 64;  // and rows of activations for each of them.
constexpr std::uint64_t kHeldSeed = 1;
constexpr std::uint64_t kMovingSeed = 2;

// The processing element on which two types meet.
DataType element_of(DataType stationary, DataType moving) {
  switch (multiplier_for(stationary, moving)) {
    case Multiplier::bf16:
    case Multiplier::ternary_bf16: return DataType::bf16;  // The adder and registers are the same.
    case Multiplier::fp8: return stationary;
    case Multiplier::int8: return DataType::int8;
    case Multiplier::int4: return DataType::int4;
    case Multiplier::ternary_int8: return DataType::ternary;
  }
  throw Bug("a multiplier without a processing element");
}

// Standard deviation of gaussian values, in units of the type. Quantised types are scaled so that
// their largest value is four deviations; a ternary weight by the mean of its magnitude, as BitNet
// b1.58 does (Ma et al., 2024). A scale changes nothing in bf16.
double deviation(DataType type) {
  switch (type) {
    case DataType::int8: return 127.0 / 4.0;
    case DataType::int4: return 7.0 / 4.0;
    case DataType::fp4: return 6.0 / 4.0;
    case DataType::fp8_e4m3: return 448.0 / 4.0;
    case DataType::fp8_e5m2: return 57344.0 / 4.0;
    case DataType::ternary: return std::sqrt(std::acos(-1.0) / 2.0);
    case DataType::bf16:
    case DataType::fp32: return 1.0;
  }
  throw Bug("a type without a scale");
}

// Random data of types with few values are codes, all equally likely.
double random_value(DataType type, double u) {
  switch (type) {
    case DataType::int8:
    case DataType::int4:
    case DataType::fp4: {
      const double codes = std::ldexp(1.0, static_cast<int>(bits(type)));
      return numerics::decode(type, static_cast<Code>(u * codes));
    }
    case DataType::ternary: return std::floor(3.0 * u) - 1.0;
    case DataType::bf16:
    case DataType::fp32:
    case DataType::fp8_e4m3:
    case DataType::fp8_e5m2: return 2.0 * u - 1.0;
  }
  throw Bug("a type without random values");
}

// The products that the table of activity shows: one for each processing element and price.
constexpr std::array<std::pair<DataType, DataType>, 7> kProducts{{
    {DataType::bf16, DataType::bf16},
    {DataType::fp8_e4m3, DataType::fp8_e4m3},
    {DataType::fp8_e5m2, DataType::fp8_e5m2},
    {DataType::int8, DataType::int8},
    {DataType::int4, DataType::int4},
    {DataType::ternary, DataType::int8},
    {DataType::ternary, DataType::bf16},
}};

struct NamedData {
  const char* name;
  ValuesConfig weights;
  ValuesConfig activations;
};

const std::array<NamedData, 4> kCases{{
    {"random", {}, {}},
    {"gaussian",
     {.distribution = Distribution::gaussian},
     {.distribution = Distribution::gaussian}},
    {"50% zeros", {}, {.distribution = Distribution::sparse, .zeros = 0.5}},
    {"90% zeros", {}, {.distribution = Distribution::sparse, .zeros = 0.9}},
}};

// Draws of an operand as codes of a processing element.
class Draws {
 public:
  Draws(const OperandData& operand, DataType element, std::uint64_t seed)
      : operand_(operand), element_(element), seed_(seed) {
    if (operand.values.distribution == Distribution::histogram) {
      histogram_ = read_histogram(operand.values.histogram);
    }
  }

  // A row of packed elements.
  [[nodiscard]] model::Row row(std::uint32_t elements, std::uint32_t width) {
    model::Row out((std::uint64_t{elements} * width + 31) / 32);
    for (std::uint32_t i = 0; i < elements; ++i) {
      out[i * width / 32] |= next() << (i * width % 32);
    }
    return out;
  }

 private:
  [[nodiscard]] Code next() {
    const double u = uniform(seed_, drawn_, 0);
    const double stored = numerics::decode(
        operand_.type, numerics::encode(operand_.type, static_cast<float>(value(u))));
    ++drawn_;
    return numerics::encode(element_, static_cast<float>(stored));
  }

  [[nodiscard]] double value(double u) const {
    switch (operand_.values.distribution) {
      case Distribution::random: return random_value(operand_.type, u);
      case Distribution::gaussian: return deviation(operand_.type) * normal_quantile(u);
      case Distribution::sparse: {
        const double other = uniform(seed_, drawn_, 1);
        return other < operand_.values.zeros ? 0.0 : random_value(operand_.type, u);
      }
      case Distribution::histogram: return histogram_->quantile(u);
    }
    throw Bug("a distribution without values");
  }

  const OperandData operand_;
  const DataType element_;
  const std::uint64_t seed_;
  std::optional<Histogram> histogram_;
  std::uint64_t drawn_ = 0;
};

}  // namespace

Switching switching(const OperandData& stationary, const OperandData& moving, std::uint32_t rows) {
  const DataType element = element_of(stationary.type, moving.type);
  const std::uint32_t weight_bits = bits(element);
  const std::uint32_t activation_bits = bits(numerics::activation_type(element));
  model::Toggles toggles;
  const auto unit = model::clocked_unit({.type = element,
                                         .rows = rows,
                                         .columns = kColumns,
                                         .dataflow = Dataflow::weight_stationary,
                                         .preload = Preload::double_buffered,
                                         .latency = 1,
                                         .accumulator_rows = kStream,
                                         .scale_slots = 1,
                                         .result_slots = 1},
                                        &toggles);
  Draws held(stationary, element, kHeldSeed);
  Draws streamed(moving, numerics::activation_type(element), kMovingSeed);
  model::UnitInputs in;
  in.pass = {.sum_start = true,
             .sum_end = false,
             .scaled = false,
             .result_start = true,
             .result_end = false};  // Sums stay in the accumulators.
  const auto step = [&] {
    (void)unit->settle(in);
    unit->clock();
  };
  // A tile loads, then streams.
  for (std::uint32_t tile = 0; tile < kTiles; ++tile) {
    in.weights_valid = true;
    for (std::uint32_t r = 0; r < rows; ++r) {
      in.weights = held.row(kColumns, weight_bits);
      step();
    }
    in.weights_valid = false;
    in.activations_valid = true;
    for (std::uint32_t m = 0; m < kStream; ++m) {
      in.first = m == 0;
      in.last = m + 1 == kStream;
      in.activations = streamed.row(rows, activation_bits);
      step();
    }
    in.activations_valid = false;
  }
  for (std::uint32_t i = 0; i < rows + kColumns + 2; ++i) {
    step();
  }
  check(toggles.active_element_cycles == std::uint64_t{kTiles} * kStream * rows * kColumns,
        "the watched array did not take every row");
  return {.product = static_cast<double>(toggles.act + toggles.sum) /
                     static_cast<double>(toggles.active_element_cycles),
          .shift_bit = static_cast<double>(toggles.shift) /
                       static_cast<double>(toggles.shift_hops * weight_bits)};
}

ActivityTable activity_table(const std::string& chip_file, const std::string& energy_model) {
  const ChipConfig chip = read_chip(chip_file);
  const EnergyModel energy = read_energy_model(energy_model);
  const PriceList prices = price_list(energy, chip);
  const double idle = energy.at("array.zero_operand").value;
  ActivityTable table{.chip = chip.name,
                      .energy_model = energy.name,
                      .rows = chip.matrix_unit.rows,
                      .products = {}};
  for (const auto& [held, moving] : kProducts) {
    const Multiplier multiplier = multiplier_for(held, moving);
    if (chip.matrix_unit.rate(multiplier) == 0) {
      continue;
    }
    const double random_pj = prices.pj[static_cast<std::size_t>(mac_action(multiplier))].value();
    ActivityRow row{.product = fmt::format("{} x {}", name(held), name(moving)),
                    .at_rest_pj = idle * random_pj,
                    .per_toggle_pj = 0.0,
                    .cases = {}};
    for (const auto& [data, weights, activations] : kCases) {
      const double toggles = switching({.type = held, .values = weights},
                                       {.type = moving, .values = activations}, table.rows)
                                 .product;
      if (row.cases.empty()) {  // Random data: the far end of the line.
        row.per_toggle_pj = (random_pj - row.at_rest_pj) / toggles;
      }
      row.cases.push_back(
          {.data = data, .toggles = toggles, .pj = row.at_rest_pj + row.per_toggle_pj * toggles});
    }
    table.products.push_back(std::move(row));
  }
  return table;
}

Activities activities(const RunConfig& run, const MatrixUnitConfig& unit) {
  const WorkloadConfig& work = run.workload;
  const OperandData moving{.type = work.activations, .values = run.values.activations};
  const auto activity = [&](const OperandData& held) {
    if (held.values == ValuesConfig{} && moving.values == ValuesConfig{}) {
      return Activity{};
    }
    const Switching now = switching(held, moving, unit.rows);
    const Switching random = switching({.type = held.type, .values = {}},
                                       {.type = moving.type, .values = {}}, unit.rows);
    return Activity{.mac = now.product / random.product, .shift = now.shift_bit / random.shift_bit};
  };
  Activities out{};
  out[static_cast<std::size_t>(Tensor::weight)] =
      activity({.type = work.weights, .values = run.values.weights});
  out[static_cast<std::size_t>(Tensor::kv)] =
      activity({.type = work.kv_cache, .values = run.values.kv_cache});
  return out;
}

}  // namespace systole
