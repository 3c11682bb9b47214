// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "trace/text.hpp"
#include "trace/verify.hpp"

namespace systole {
namespace {

constexpr std::uint32_t kAxes = 3;
constexpr TraceMachine kMachine{.chips = 512,
                                .group_axes = kAxes,
                                .stores = {.scratchpad = Bytes{std::uint64_t{1} << 40},
                                           .far_sram = Bytes{std::uint64_t{1} << 40},
                                           .hbm = Bytes{std::uint64_t{1} << 40}}};

template <class T>
T one_of(std::initializer_list<T> choices) {
  return *rc::gen::elementOf(std::vector<T>(choices));
}

std::uint64_t in(std::uint64_t low, std::uint64_t high) {  // Both included.
  return *rc::gen::inRange<std::uint64_t>(low, high + 1);
}

Place any_place() { return one_of({Place::scratchpad, Place::far_sram, Place::hbm}); }

Matmul any_matmul() {
  Matmul out{};
  out.products = in(1, 100);
  out.rows = in(1, 1000);
  out.depth = in(1, 1000);
  out.columns = in(1, 1000);
  out.tensor = one_of({Stationary::weight, Stationary::kv});
  out.stationary = {one_of({DataType::bf16, DataType::fp8_e4m3, DataType::fp8_e5m2, DataType::int8,
                            DataType::int4, DataType::fp4, DataType::ternary}),
                    any_place()};
  out.moving = {one_of({DataType::bf16, DataType::fp8_e5m2, DataType::int8, DataType::fp4}),
                any_place()};
  out.result = {one_of({DataType::bf16, DataType::fp32, DataType::ternary}), any_place()};
  out.block = {.products = in(1, out.products),
               .rows = in(1, out.rows),
               .depth = in(1, out.depth),
               .columns = in(1, out.columns)};
  out.prefetch = out.stationary.place != Place::scratchpad && *rc::gen::arbitrary<bool>();
  out.useful = in(0, std::uint64_t{1} << 62);
  return out;
}

Vector any_vector() {
  const auto count = [] { return in(0, 2) * in(0, 1U << 20); };
  return {.add = count(),
          .multiply = count(),
          .fma = count(),
          .transcendental = count(),
          .shuffle = count(),
          .read = Bytes{count()},
          .written = Bytes{count()}};
}

Move any_move() {
  const Place from = any_place();
  const std::uint64_t bytes = in(1, 1U << 30);
  return {.from = from,
          .to = from == Place::hbm ? one_of({Place::scratchpad, Place::far_sram}) : Place::hbm,
          .bytes = Bytes{bytes},
          .segments = in(1, bytes),
          .elements = in(0, 1U << 30),
          .tensor = one_of({Stationary::weight, Stationary::kv})};
}

Collective any_collective() {
  std::vector<std::uint32_t> axes;
  for (std::uint32_t axis = 0; axis < kAxes; ++axis) {
    if (*rc::gen::arbitrary<bool>() || (axis + 1 == kAxes && axes.empty())) {
      axes.insert(*rc::gen::arbitrary<bool>() ? axes.begin() : axes.end(), axis);
    }
  }
  return {.kind = one_of({CollectiveKind::all_gather, CollectiveKind::reduce_scatter,
                          CollectiveKind::all_reduce, CollectiveKind::all_to_all,
                          CollectiveKind::permute, CollectiveKind::broadcast}),
          .axes = axes,
          .bytes = Bytes{in(1, 1U << 30)},
          .type = one_of({DataType::bf16, DataType::fp32, DataType::int8})};
}

Work any_work() {
  switch (in(0, 4)) {
    case 0: return any_matmul();
    case 1: return any_vector();
    case 2: return any_move();
    case 3: return any_collective();
    default: return Launch{};
  }
}

// Each operation waits for some earlier ones; the last for all, so that the iteration ends.
Block any_block() {
  static const std::string kLetters = "abcXYZ019_-";
  Block out{.name = {}, .repeat = in(1, 200), .operations = {}};
  const std::uint64_t length = in(1, 64);
  for (std::uint64_t i = 0; i < length; ++i) {
    out.name += kLetters[in(0, kLetters.size() - 1)];
  }
  const std::uint64_t n = in(1, 12);
  for (std::uint64_t i = 0; i < n; ++i) {
    Operation operation{.name = "op_" + std::to_string(i), .work = any_work(), .after = {}};
    if (*rc::gen::arbitrary<bool>()) {
      operation.after.emplace_back("previous");
    }
    for (std::uint64_t j = 0; j < i; ++j) {
      if (i + 1 == n || *rc::gen::arbitrary<bool>()) {
        operation.after.push_back("op_" + std::to_string(j));
      }
    }
    out.operations.push_back(operation);
  }
  return out;
}

Trace any_trace() {
  Trace out{};
  out.pod = one_of<std::string>({"0", "5f1c3a9e77d20b46", "xxh3:ab.cd_-"});
  out.tensor = one_of<std::uint32_t>({1, 2, 64, 512});
  out.data = 512 / out.tensor;
  out.output_tokens = in(0, std::uint64_t{1} << 62);
  out.causal = one_of<std::optional<std::string>>({std::nullopt, "full", "half"});
  out.residency = {.scratchpad = Bytes{in(0, 1U << 30)},
                   .far_sram = Bytes{in(0, 1U << 30)},
                   .hbm = Bytes{in(0, 1U << 30)},
                   .stationary_buffer = 1024_MiB,  // Twice the largest stationary block, and more.
                   .moving_buffer = Bytes{in(0, 1U << 30)}};
  const std::uint64_t n = in(1, 4);
  for (std::uint64_t i = 0; i < n; ++i) {
    out.blocks.push_back(any_block());
  }
  return out;
}

TEST(TraceRoundTrip, AVerifiedTraceGoesThroughTheTextUnchanged) {
  EXPECT_TRUE(rc::check([] {
    const Trace trace = any_trace();
    verify(trace, kMachine);
    const SourcedTrace again = parse_sourced_trace(write(trace), "my.trace");
    RC_ASSERT(again.trace == trace);
    verify(again.trace, kMachine, &again.source);
  }));
}

// What a person may do to a text and mean the same: other spaces, comments, blank lines, CRLF.
std::string edited(const std::string& text) {
  std::string out;
  bool is_first = true;
  for (const char c : text) {
    if (c == '\n') {
      out += is_first ? "" : one_of<std::string>({"", "  ", "\t", "  # x=1 y", "\n", "\n#end"});
      out += one_of<std::string>({"\n", "\r\n"});
      is_first = false;
    } else if (c == ' ') {
      out += one_of<std::string>({" ", "   ", "\t"});
    } else {
      out += c;
    }
  }
  return out;
}

TEST(TraceRoundTrip, WritingWhatWasReadIsAFixedPoint) {
  EXPECT_TRUE(rc::check([] {
    const std::string text = edited(write(any_trace()));
    const std::string once = write(parse_trace(text, "my.trace"));
    RC_ASSERT(write(parse_trace(once, "my.trace")) == once);
    RC_ASSERT(parse_trace(once, "my.trace") == parse_trace(text, "my.trace"));
  }));
}

}  // namespace
}  // namespace systole
