// SPDX-License-Identifier: Apache-2.0
// Laws of every trace, over thousands of random points of real dimensions. The closed forms are
// those of the common operations of a Llama (B, D, F, N, K, H, S as in the literature).
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "base/error.hpp"
#include "counter.hpp"
#include "lower/lower.hpp"
#include "machines.hpp"
#include "trace/text.hpp"
#include "trace/verify.hpp"

namespace systole {
namespace {

struct Point {
  RunConfig run;
  ModelConfig model;
  PodConfig pod;

  [[nodiscard]] bool is_decode() const { return run.workload.phase == Phase::decode; }
  [[nodiscard]] std::uint64_t batch() const { return run.workload.batch; }
  [[nodiscard]] std::uint64_t data() const { return run.sharding.data; }
  [[nodiscard]] std::uint64_t tensor() const { return run.sharding.tensor; }
};

std::string text(const Point& p) {
  return fmt::format(
      "{} {} batch {} context {} prompt {} steps {} {}/{}/{} tensor {} data {} {} overlap {} "
      "scratchpad {} units {}",
      p.model.name, p.is_decode() ? "decode" : "prefill", p.batch(), p.run.workload.context,
      p.run.workload.prompt, p.run.workload.steps, name(p.run.workload.weights),
      name(p.run.workload.activations), name(p.run.workload.kv_cache), p.tensor(), p.data(),
      p.run.sharding.attention == AttentionSharding::batch ? "batch" : "heads",
      static_cast<int>(p.run.overlap), p.pod.chip.scratchpad.capacity.count(),
      p.pod.chip.matrix_unit.count);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  template <class T>
  T one_of(std::initializer_list<T> choices) {
    return *(choices.begin() + static_cast<std::ptrdiff_t>(engine_() % choices.size()));
  }

  // Round and ragged numbers, small and large ones.
  std::uint64_t number(std::uint64_t least, std::uint64_t most) {
    const std::uint64_t span = std::uint64_t{1} << (engine_() % 14);
    const std::uint64_t round = engine_() % 2 == 0 ? span : 1 + engine_() % span;
    return std::clamp(round, least, most);
  }

  Point point() {
    Point p{decode_run(1, 0, 1), model(), {}};
    const auto shape = one_of<std::vector<std::uint32_t>>(
        {{1}, {2}, {3}, {4}, {16}, {4, 4}, {2, 4}, {3, 5}, {4, 4, 4}, {2, 3, 4}, {8, 8, 8}});
    p.pod = pod_of(chip(), shape);
    std::uint32_t tensor = 1;
    const std::size_t axes = engine_() % (shape.size() + 1);
    for (std::size_t i = 0; i < axes; ++i) {
      tensor *= shape[i];
    }
    p.run.sharding = {.tensor = tensor,
                      .data = static_cast<std::uint32_t>(p.pod.chips()) / tensor,
                      .attention = one_of({AttentionSharding::batch, AttentionSharding::batch,
                                           AttentionSharding::heads})};
    p.run.overlap = one_of({Overlap::async, Overlap::chunked, Overlap::none});
    WorkloadConfig& w = p.run.workload;
    w.phase = one_of({Phase::decode, Phase::prefill});
    w.batch = number(1, 1024);
    w.context = number(1, 8192) - engine_() % 2;
    w.prompt = std::min(number(1, 8192), (std::uint64_t{1} << 17) / w.batch);
    w.steps = one_of<std::uint64_t>({1, 1, 1, 3});
    w.weights = one_of({DataType::bf16, DataType::int8, DataType::int4, DataType::ternary});
    w.activations = one_of({DataType::bf16, DataType::int8});
    w.kv_cache = one_of({DataType::bf16, DataType::int8, DataType::int4});
    w.causal = one_of({Causal::full, Causal::half});
    return p;
  }

 private:
  ModelConfig model() {
    ModelConfig m = one_of({llama_2_7b(), llama_8b(), llama_70b(), llama_405b()});
    m.tied_embeddings = engine_() % 4 == 0;
    return m;
  }

  // With room for everything: what does not fit has tests of its own.
  ChipConfig chip() {
    ChipConfig c = v4_like();
    c.scratchpad.capacity = one_of({16_MiB, 32_MiB, 128_MiB, 4096_MiB});
    c.matrix_unit.count = one_of<std::uint32_t>({1, 2, 4, 8});
    c.matrix_unit.rows = one_of<std::uint32_t>({8, 128, 256});
    c.matrix_unit.columns = one_of<std::uint32_t>({8, 128, 256});
    c.hbm->capacity = Bytes{std::uint64_t{1} << 46};
    if (engine_() % 2 == 0) {
      c.far_sram.reset();
    }
    return c;
  }

  std::mt19937_64 engine_;
};

// Calls `law` with the trace of each of many points.
template <class Law>
void for_points(std::uint64_t seed, const Law& law) {
  Random random(seed);
  for (int i = 0; i < 2000 && !testing::Test::HasFailure(); ++i) {
    const Point p = random.point();
    SCOPED_TRACE(text(p));
    law(p, lower(p.run, p.model, p.pod));
  }
}

std::uint64_t steps(const Point& p) { return p.is_decode() ? p.run.workload.steps : 1; }

// Products with weights: every layer on every token, the LM head once for each sequence.
std::uint64_t weight_products(const Point& p) {
  const ModelConfig& m = p.model;
  const std::uint64_t layer = m.width * (m.heads + 2 * m.kv_heads) * m.head_width +
                              m.heads * m.head_width * m.width + 3 * m.width * m.hidden;
  const std::uint64_t tokens = p.batch() * (p.is_decode() ? 1 : p.run.workload.prompt);
  return steps(p) * (m.layers * tokens * layer + p.batch() * m.width * m.vocabulary);
}

// Query-key pairs of one sequence and head, over all steps.
std::uint64_t pairs(const Point& p) {
  const WorkloadConfig& w = p.run.workload;
  if (!p.is_decode()) {
    return w.causal == Causal::half ? w.prompt * (w.prompt + 1) / 2 : w.prompt * w.prompt;
  }
  std::uint64_t sum = 0;
  for (std::uint64_t step = 0; step < w.steps; ++step) {
    sum += w.context + step + 1;
  }
  return sum;
}

std::uint64_t attention_products(const Point& p) {
  return 2 * p.model.layers * p.batch() * p.model.heads * p.model.head_width * pairs(p);
}

// True if no weight matrix of the network is padded on its way to the chips.
bool is_even(const Point& p) {
  const ModelConfig& m = p.model;
  const std::uint64_t n = p.tensor();
  const bool heads_even =
      p.run.sharding.attention == AttentionSharding::batch
          ? (m.heads + 2 * m.kv_heads) * m.head_width % n == 0 && m.heads * m.head_width % n == 0
          : m.kv_heads % n == 0;
  return heads_even && m.hidden % n == 0 && m.vocabulary % n == 0 && m.width % n == 0;
}

bool is_whole_batch(const Point& p) { return p.batch() % p.data() == 0; }

// Chips of a group that share a sequence: the axes behind the longest leading run that divides.
std::uint64_t context_chips(const Point& p) {
  std::uint64_t sequence_chips = 1;
  if (p.run.sharding.attention == AttentionSharding::heads) {
    return 1;
  }
  const std::uint64_t batch = (p.batch() + p.data() - 1) / p.data();
  for (const Axis& axis : p.pod.axes) {
    if (sequence_chips * axis.length > p.tensor() || batch % (sequence_chips * axis.length) != 0) {
      break;
    }
    sequence_chips *= axis.length;
  }
  return p.tensor() / sequence_chips;
}

TEST(Lowering, EveryTraceIsVerifiedAndGoesThroughItsTextUnchanged) {
  for_points(1, [](const Point& p, const Trace& trace) {
    EXPECT_NO_THROW(verify(trace, machine_of(p.pod, p.run.sharding.tensor)));
    EXPECT_EQ(parse_trace(write(trace), "trace"), trace);
  });
}

TEST(Lowering, UsefulProductsAreThoseOfTheClosedForms) {
  for_points(2, [](const Point& p, const Trace& trace) {
    const Counts sum = count(trace);
    EXPECT_EQ(sum.useful_weight, weight_products(p));
    EXPECT_EQ(sum.useful_kv, attention_products(p));
    EXPECT_EQ(trace.output_tokens, p.batch() * steps(p));
  });
}

TEST(Lowering, HardwareProductsAreNeverFewerAndAreEqualWhereEverythingDivides) {
  int equal_weights = 0;
  int equal_attention = 0;
  for_points(3, [&](const Point& p, const Trace& trace) {
    const Counts sum = count(trace);
    const std::uint64_t chips = p.pod.chips();
    EXPECT_GE(sum.weight_products * chips, weight_products(p));
    EXPECT_GE(sum.kv_products * chips, attention_products(p));
    if (is_even(p) && is_whole_batch(p)) {
      EXPECT_EQ(sum.weight_products * chips, weight_products(p));
      ++equal_weights;
      // Where chips share a sequence all of them multiply the newest key.
      if (p.is_decode() && context_chips(p) == 1) {
        EXPECT_EQ(sum.kv_products * chips, attention_products(p));
        ++equal_attention;
      }
    }
  });
  EXPECT_GT(equal_weights, 200);
  EXPECT_GT(equal_attention, 100);
}

TEST(Lowering, EachWeightIsReadOnceAStepWhereRowsFitOneBlockAndNeverLess) {
  int exact = 0;
  for_points(4, [&](const Point& p, const Trace& trace) {
    if (trace.residency.scratchpad.count() != 0) {
      return;  // Read in place.
    }
    const ModelConfig& m = p.model;
    const std::uint64_t weights =
        m.layers * (m.width * (m.heads + 2 * m.kv_heads) * m.head_width +
                    m.heads * m.head_width * m.width + 3 * m.width * m.hidden) +
        m.width * m.vocabulary;
    const std::uint64_t once = steps(p) * p.data() * weights * bits(p.run.workload.weights) / 8;
    const std::uint64_t read = count(trace).weight_read * p.pod.chips();
    EXPECT_GE(read, once);
    bool is_one_block = true;
    for (const Operation& operation : trace.blocks[1].operations) {
      const auto* m_op = std::get_if<Matmul>(&operation.work);
      is_one_block = is_one_block && (m_op == nullptr || m_op->block.rows == m_op->rows);
    }
    if (is_one_block && p.is_decode() && is_even(p)) {
      EXPECT_EQ(read, once);
      ++exact;
    }
  });
  EXPECT_GT(exact, 100);
}

TEST(Lowering, DecodeReadsOldKeysAndValuesOnceAndWritesTheNewOnes) {
  int exact = 0;
  for_points(5, [&](const Point& p, const Trace& trace) {
    const WorkloadConfig& w = p.run.workload;
    const bool is_held_by_memory = trace.residency.scratchpad.count() == 0;
    if (!p.is_decode() || !is_held_by_memory) {
      return;
    }
    const ModelConfig& m = p.model;
    const std::uint64_t r = context_chips(p);
    const std::uint64_t token = m.layers * 2 * m.kv_heads * m.head_width * p.batch();  // Elements.
    std::uint64_t old_keys = 0;
    for (std::uint64_t step = 0; step < w.steps; ++step) {
      old_keys += w.context + step;
    }
    const Counts sum = count(trace);
    const std::uint64_t read = sum.kv_read * p.pod.chips();
    const std::uint64_t written = sum.kv_written * p.pod.chips();
    EXPECT_GE(read, old_keys * token * bits(w.kv_cache) / 8);
    EXPECT_GE(written, w.steps * token * bits(w.kv_cache) / 8);
    const bool is_dealt_evenly =
        is_whole_batch(p) && w.steps == 1 && w.context % r == 0 &&
        (p.run.sharding.attention == AttentionSharding::batch || m.kv_heads % p.tensor() == 0);
    if (is_dealt_evenly) {
      EXPECT_EQ(read, old_keys * token * bits(w.kv_cache) / 8);
      ++exact;
    }
    if (is_dealt_evenly && p.batch() / p.data() * 2 * m.kv_heads * m.head_width % (2 * r) == 0) {
      EXPECT_EQ(written, token * bits(w.kv_cache) / 8);
    }
  });
  EXPECT_GT(exact, 100);
}

TEST(Lowering, ResidentsAreTheShareOfWeightsAndCache) {
  int exact = 0;
  for_points(6, [&](const Point& p, const Trace& trace) {
    const WorkloadConfig& w = p.run.workload;
    const std::uint64_t r = context_chips(p);
    const std::uint64_t tokens = p.is_decode() ? w.context + w.steps : w.prompt;
    const bool is_exact =
        is_even(p) && is_whole_batch(p) && tokens % r == 0 && (p.is_decode() || r == 1);
    const ModelConfig& m = p.model;
    const std::uint64_t norms = (2 * m.layers + 1) * m.width;
    const std::uint64_t weights = (m.parameters() - norms) * bits(w.weights) / 8 / p.tensor();
    const std::uint64_t cache = 2 * m.layers * m.kv_heads * m.head_width * tokens * p.batch() *
                                bits(w.kv_cache) / 8 / p.pod.chips();
    const Residency& held = trace.residency;
    const std::uint64_t all = (held.scratchpad + held.far_sram + held.hbm).count();
    if (is_exact) {
      EXPECT_EQ(all, weights + cache);
      ++exact;
    } else {
      EXPECT_GE(all, weights);
    }
    EXPECT_GE(2 * (held.stationary_buffer + held.moving_buffer).count(),
              p.pod.chip.scratchpad.capacity.count());
  });
  EXPECT_GT(exact, 100);
}

TEST(Lowering, NothingIsFetchedAheadWithoutOverlapAndNewKeysNever) {
  for_points(7, [](const Point& p, const Trace& trace) {
    for (const Block& block : trace.blocks) {
      for (const Operation& operation : block.operations) {
        const auto* m = std::get_if<Matmul>(&operation.work);
        if (m == nullptr || m->stationary.place == Place::scratchpad) {
          continue;
        }
        const bool exists = m->tensor == Stationary::weight || p.is_decode();
        EXPECT_EQ(m->prefetch, exists && p.run.overlap != Overlap::none) << operation.name;
      }
    }
  });
}

// Eight blocks in flight hide a memory's latency; a megabyte is long enough for one.
TEST(Lowering, StationaryBlocksLeaveRoomForTheNextOnes) {
  for_points(8, [](const Point&, const Trace& trace) {
    for (const Block& block : trace.blocks) {
      for (const Operation& operation : block.operations) {
        const auto* m = std::get_if<Matmul>(&operation.work);
        if (m == nullptr || m->stationary.place == Place::scratchpad) {
          continue;
        }
        const MatmulBlock& b = m->block;
        const std::uint64_t bytes =
            storage(b.products * b.depth * b.columns, m->stationary.type).count();
        const std::uint64_t buffer = trace.residency.stationary_buffer.count();
        EXPECT_LE(bytes, buffer / 2) << operation.name;
        if (b.rows == m->rows) {
          EXPECT_LE(bytes, std::max<std::uint64_t>(3U << 19U, buffer * 3 / 8)) << operation.name;
        }
      }
    }
  });
}

}  // namespace
}  // namespace systole
