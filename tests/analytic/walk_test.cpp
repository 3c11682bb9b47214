// SPDX-License-Identifier: Apache-2.0
// The closed forms against a walk over every step of random matmuls, with random arrays.
#include <gtest/gtest.h>

#include <random>

#include "pods.hpp"

namespace systole {
namespace {

using Walked = std::map<std::pair<Tensor, Action>, std::uint64_t>;

struct Walk {
  const ChipConfig& chip;
  const Matmul& m;
  Walked counts{};
  std::uint64_t last_fetch = UINT64_MAX;  // Block of the stationary operand in the step before.
  std::uint64_t active = 0;               // When the present pass of unit 0 became active.
  std::uint64_t streamed = 0;             // When it has begun its last row.
  std::uint64_t ended = 0;                // When its last result left.

  void add(Tensor tensor, Action action, std::uint64_t n) { counts[{tensor, action}] += n; }
  std::uint64_t granules(Bytes bytes) const {
    return ceil_div(bytes.count(), chip.scratchpad.granule.count());
  }

  void train(Tensor tensor, std::uint64_t elements, Bytes bytes, bool writes) {
    const std::uint64_t bursts = ceil_div(bytes.count(), chip.hbm->burst().count());
    add(tensor, writes ? Action::hbm_write : Action::hbm_read, bursts);
    add(tensor, Action::hbm_io, bursts);
    add(tensor, Action::hbm_phy, bursts);
    add(tensor, Action::hbm_wire, bursts);
    // Four channels of four groups: so many rows are opened first, then one for four bursts.
    add(tensor, Action::hbm_activate,
        std::max(ceil_div(bursts, 4), std::min<std::uint64_t>(bursts, 16)));
    if (!writes) {
      add(tensor, Action::hbm_element, elements);
    }
    add(tensor, writes ? Action::scratchpad_read : Action::scratchpad_write, granules(bytes));
  }

  void first_unit_pass(std::uint64_t stream) {
    const MatrixUnitConfig& unit = chip.matrix_unit;
    if (unit.dataflow == Dataflow::output_stationary) {
      // Its results leave, a row a cycle, when those before have left.
      const std::uint64_t left = ended == 0 ? 0 : streamed + unit.rows;
      active = std::max(streamed, left > stream ? left - stream : 0);
    } else {  // The load starts when the pass before has become active.
      active = std::max(active + ceil_div(unit.rows, unit.load_rows), streamed);
    }
    streamed = active + stream;
    ended = streamed + (unit.rows + 1) * unit.mac_latency + unit.columns - 3 + unit.edge_cycles;
  }

  void passes(std::uint64_t p, std::uint64_t r, std::uint64_t d, std::uint64_t c) {
    const MatrixUnitConfig& unit = chip.matrix_unit;
    const bool ws = unit.dataflow == Dataflow::weight_stationary;
    const bool os = unit.dataflow == Dataflow::output_stationary;
    const std::uint64_t held = ws ? d : os ? r : d;
    const std::uint64_t across = ws ? c : os ? c : r;
    const std::uint64_t stream = ws ? r : os ? d : c;
    std::uint64_t pass = 0;
    for (std::uint64_t product = 0; product < p; ++product) {
      for (std::uint64_t row = 0; row < held; row += unit.rows) {
        for (std::uint64_t column = 0; column < across; column += unit.columns, ++pass) {
          for (std::uint64_t h = 1; !os && h <= std::min<std::uint64_t>(unit.rows, held - row);
               ++h) {
            const std::uint64_t width = std::min<std::uint64_t>(unit.columns, across - column);
            add(Tensor::weight, Action::weight_shift_bit, 16 * h * width);
          }
          add(Tensor::none, Action::bundle,
              ceil_div(stream, unit.rows_per_push) +
                  (os ? 0 : ceil_div(unit.rows, unit.rows_per_push)));
          if (pass % unit.count == 0) {
            first_unit_pass(stream);
          }
        }
      }
    }
  }

  void step(std::uint64_t fetch, bool first_column, bool last_depth, const MatmulBlock& b) {
    const auto& [p, r, d, c] = b;
    const MatrixUnitConfig& unit = chip.matrix_unit;
    const bool os = unit.dataflow == Dataflow::output_stationary;
    const bool is = unit.dataflow == Dataflow::input_stationary;
    if (fetch != last_fetch) {
      train(Tensor::weight, p * d * c, storage(p * d * c, m.stationary.type), false);
    }
    last_fetch = fetch;
    if (first_column) {
      train(Tensor::activation, p * r * d, storage(p * r * d, m.moving.type), false);
    }
    passes(p, r, d, c);
    const std::uint64_t reads = os ? ceil_div(r, unit.rows) : is ? ceil_div(r, unit.columns) : 1;
    add(Tensor::weight, Action::mac_bf16, p * r * d * c);
    add(Tensor::weight, Action::dequantise, p * d * c * reads);
    add(Tensor::weight, Action::scratchpad_read,
        reads * granules(storage(p * d * c, m.stationary.type)));
    add(Tensor::activation, Action::scratchpad_read,
        granules(storage(p * r * d, m.moving.type)) * (is ? 1 : ceil_div(c, unit.columns)));
    const std::uint64_t sums = 4 * p * r * c * (os ? (last_depth ? 1 : 0) : ceil_div(d, unit.rows));
    add(Tensor::activation, Action::accumulator_read, sums);
    add(Tensor::activation, Action::accumulator_write, sums);
    if (last_depth) {
      const Bytes bytes = storage(p * r * c, m.result.type);
      add(Tensor::activation, Action::scratchpad_write, granules(bytes));
      train(Tensor::activation, p * r * c, bytes, true);
      std::uint64_t split = unit.count / (p * ceil_div(c, unit.columns));
      split = std::min(std::max<std::uint64_t>(split, 1), ceil_div(d, unit.rows));
      add(Tensor::activation, Action::lane_add, os ? 0 : (split - 1) * p * r * c);
    }
  }

  void run() {
    const MatmulBlock& b = m.block;
    for (std::uint64_t p = 0; p < m.products; p += b.products) {
      for (std::uint64_t r = 0; r < m.rows; r += b.rows) {
        for (std::uint64_t c = 0; c < m.columns; c += b.columns) {
          for (std::uint64_t d = 0; d < m.depth; d += b.depth) {
            step((p * m.columns + c) * m.depth + d, c == 0, d + b.depth >= m.depth,
                 {std::min(b.products, m.products - p), std::min(b.rows, m.rows - r),
                  std::min(b.depth, m.depth - d), std::min(b.columns, m.columns - c)});
          }
        }
      }
    }
  }
};

TEST(Walk, ClosedFormsEqualAWalkOverEveryStep) {
  std::mt19937 random(1);
  const auto upto = [&random](std::uint32_t n) {
    return 1 + static_cast<std::uint32_t>(random()) % n;
  };
  for (int i = 0; i < 500; ++i) {
    PodConfig pod = systole::testing::small_pod({{1, false}});
    MatrixUnitConfig& unit = pod.chip.matrix_unit;
    unit.count = upto(9);
    unit.rows = upto(6);
    unit.columns = upto(6);
    unit.load_rows = upto(3);
    unit.rows_per_push = upto(4);
    unit.dataflow = static_cast<Dataflow>(i % 3);
    const Matmul m = systole::testing::matmul(upto(4), upto(30), upto(30), upto(30),
                                              {upto(4), upto(30), upto(30), upto(30)}, Place::hbm);
    Walk walk{.chip = pod.chip, .m = m};
    walk.run();
    std::erase_if(walk.counts, [](const auto& entry) { return entry.second == 0; });

    const Trace trace = systole::testing::trace_of(pod, {m});
    Walked found;
    for (const auto& [key, n] : expected(pod, trace).counts) {
      found[{key.tensor, key.action}] = n;
    }
    ASSERT_EQ(found, walk.counts) << "case " << i;
    ASSERT_EQ(time_bounds(pod, trace)[0].time, Femtoseconds{walk.ended * 1'000'000})
        << "case " << i;
  }
}

}  // namespace
}  // namespace systole
