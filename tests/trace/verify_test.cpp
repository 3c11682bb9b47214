// SPDX-License-Identifier: Apache-2.0
#include "trace/verify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample.hpp"
#include "trace/text.hpp"

namespace systole {
namespace {

using testing::HasSubstr;

std::string errors(const Trace& trace, const TraceMachine& machine = sample_machine()) {
  try {
    verify(trace, machine);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

std::string errors_with(const Matmul& matmul) {
  Trace trace = sample_trace();
  trace.blocks[0].operations[1].work = matmul;
  return errors(trace);
}

TEST(TraceVerify, AcceptsTheSample) { EXPECT_EQ(errors(sample_trace()), "no error"); }

TEST(TraceVerify, NamesBlockAndOperationWhenThereIsNoText) {
  Trace trace = sample_trace();
  trace.blocks[0].operations[1].after = {"nrm"};
  EXPECT_THAT(errors(trace), HasSubstr("error: layer.up: no operation 'nrm' in the block; "));
  EXPECT_THAT(errors(trace), HasSubstr("1 error; nothing was run."));
}

TEST(TraceVerify, AnOperationCanWaitNeitherForItselfNorForALaterOne) {
  Trace trace = sample_trace();
  trace.blocks[0].operations[1].after = {"up", "sum"};
  EXPECT_THAT(errors(trace), HasSubstr("layer.up: the operation waits for itself"));
  EXPECT_THAT(errors(trace), HasSubstr("layer.up: 'sum' comes later"));
}

TEST(TraceVerify, NamesOfABlockAreDistinctAndNoneIsPrevious) {
  Trace trace = sample_trace();
  trace.blocks[0].operations[2].name = "norm";
  EXPECT_THAT(errors(trace), HasSubstr("'norm' is taken; first at operation 1 of the block"));
  trace.blocks[0].operations[2].name = "previous";
  EXPECT_THAT(errors(trace), HasSubstr("cannot be named 'previous'"));
}

TEST(TraceVerify, NamesAreWordsThatTheTextCanHold) {
  Trace trace = sample_trace();
  trace.blocks[0].operations[2].name = "two words";
  EXPECT_THAT(errors(trace), HasSubstr("'two words' is not a name"));
  trace.blocks[0].operations[2].name = std::string(64, 'a');
  EXPECT_EQ(errors(trace), "no error");
  trace.blocks[0].operations[2].name += 'a';
  EXPECT_THAT(errors(trace), HasSubstr("is not a name"));
  trace = sample_trace();
  trace.blocks[0].name = "";
  EXPECT_THAT(errors(trace), HasSubstr("'' is not a name"));
  trace = sample_trace();
  trace.pod = "a b";
  EXPECT_THAT(errors(trace), HasSubstr("'a b' is not the hash of a pod"));
}

TEST(TraceVerify, TheEndOfABlockWaitsForAllButMovesThatNobodyWaitsFor) {
  Trace trace = sample_trace();
  auto& operations = trace.blocks[0].operations;
  ASSERT_TRUE(std::holds_alternative<Move>(operations[2].work));  // `save`, which nobody waits for.
  operations[3].after = {"norm"};
  EXPECT_THAT(errors(trace), HasSubstr("layer.up: the end of the block does not wait for 'up'"));
  EXPECT_THAT(errors(trace), Not(HasSubstr("'save'")));

  // A move that a vector operation waits for is no longer free, and neither is the vector
  // operation.
  operations[3].after = {"up"};
  operations.insert(operations.begin() + 3,
                    {.name = "check", .work = Vector{.add = 1}, .after = {"save"}});
  EXPECT_THAT(errors(trace), HasSubstr("does not wait for 'save'"));
  EXPECT_THAT(errors(trace), HasSubstr("does not wait for 'check'"));
  operations[4].after = {"check"};
  EXPECT_EQ(errors(trace), "no error");
}

TEST(TraceVerify, ABlockRunsAtLeastOnceAndHasOperations) {
  Trace trace = sample_trace();
  trace.blocks[0].repeat = 0;
  EXPECT_THAT(errors(trace), HasSubstr("block layer: block 'layer' runs 0 times"));
  trace.blocks[0].repeat = 1;
  trace.blocks[0].operations.clear();
  EXPECT_THAT(errors(trace), HasSubstr("block 'layer' has no operations"));
  trace.blocks.clear();
  EXPECT_THAT(errors(trace), HasSubstr("the trace has no blocks"));
}

TEST(TraceVerify, ShapesAreAtLeast1) {
  Matmul m = sample_matmul();
  m.products = 0;
  EXPECT_THAT(errors_with(m), HasSubstr("at least 1 product"));
  for (auto extent : {&Matmul::rows, &Matmul::depth, &Matmul::columns}) {
    m = sample_matmul();
    m.*extent = 0;
    EXPECT_THAT(errors_with(m), HasSubstr("at least 1 row, depth and column"));
  }
}

TEST(TraceVerify, ABlockIsNoLargerThanTheShapeInAnyDimension) {
  Matmul m = sample_matmul();
  m.block.products = 2;
  EXPECT_THAT(errors_with(m), HasSubstr("layer.up: 2 products in a block; must be at least 1 and "
                                        "at most 1"));
  m = sample_matmul();
  m.block.rows = 65;
  EXPECT_THAT(errors_with(m), HasSubstr("65 rows in a block"));
  m = sample_matmul();
  m.block.depth = 1025;
  EXPECT_THAT(errors_with(m), HasSubstr("1025 depth in a block"));
  m = sample_matmul();
  m.block.columns = 0;
  EXPECT_THAT(errors_with(m), HasSubstr("0 columns in a block"));
}

// The stationary buffer is 2 MiB: two blocks of 1 MiB, or one of 2 MiB.
TEST(TraceVerify, TwoStationaryBlocksFitTheBufferOrOneThatIsAlone) {
  Matmul m = sample_matmul();
  m.block.columns = 1024;  // 1024 x 1024 bytes: exactly half.
  EXPECT_EQ(errors_with(m), "no error");
  m.block.columns = 1025;
  EXPECT_THAT(errors_with(m), HasSubstr("a stationary block of 1049600 bytes; at most half of the "
                                        "stationary buffer, 1048576 bytes"));
  m.columns = m.block.columns = 2048;
  EXPECT_EQ(errors_with(m), "no error");
  m.columns = m.block.columns = 2049;
  EXPECT_THAT(errors_with(m), HasSubstr("at most the stationary buffer, 2097152 bytes"));
  m.stationary.type = DataType::int4;  // Half the bytes, again one block.
  EXPECT_EQ(errors_with(m), "no error");
  m.stationary = {DataType::bf16, Place::scratchpad};  // Read in place.
  m.prefetch = false;
  EXPECT_EQ(errors_with(m), "no error");
}

TEST(TraceVerify, OnlyWhatIsMovedCanBePrefetched) {
  Matmul m = sample_matmul();
  m.stationary.place = Place::scratchpad;
  EXPECT_THAT(errors_with(m), HasSubstr("nothing to prefetch"));
}

TEST(TraceVerify, TypesAreThoseThatTheArrayTakes) {
  Matmul m = sample_matmul();
  m.stationary.type = DataType::fp32;
  EXPECT_THAT(errors_with(m), HasSubstr("the matrix unit holds no fp32"));
  m.stationary.type = DataType::ternary;
  m.result.type = DataType::fp32;
  EXPECT_EQ(errors_with(m), "no error");
  m.moving.type = DataType::ternary;
  EXPECT_THAT(errors_with(m), HasSubstr("a moving operand cannot be ternary"));
  m.moving.type = DataType::fp32;
  EXPECT_THAT(errors_with(m), HasSubstr("a moving operand cannot be fp32"));
}

TEST(TraceVerify, APlaceThatTheChipLacksIsAnError) {
  Matmul m = sample_matmul();
  m.stationary.place = m.moving.place = m.result.place = Place::far_sram;
  EXPECT_THAT(errors_with(m), HasSubstr("the chip has no far_sram"));
  EXPECT_THAT(errors_with(m), HasSubstr("3 errors"));
}

TEST(TraceVerify, AMoveLeavesItsPlaceInOneToAllBytesSegments) {
  Trace trace = sample_trace();
  auto& move = std::get<Move>(trace.blocks[0].operations[2].work);
  move.segments = 4096;
  EXPECT_EQ(errors(trace), "no error");
  move.segments = 4097;
  EXPECT_THAT(errors(trace), HasSubstr("layer.save: 4096 bytes in 4097 segments"));
  move.segments = 0;
  EXPECT_THAT(errors(trace), HasSubstr("4096 bytes in 0 segments"));
  move.bytes = 0_B;
  EXPECT_THAT(errors(trace), HasSubstr("a move of no bytes"));
  move = {Place::hbm, Place::hbm, 1_B, 1, 1, Stationary::kv};
  EXPECT_THAT(errors(trace), HasSubstr("a move from hbm to itself"));
}

TEST(TraceVerify, ACollectiveUsesDistinctAxesOfTheGroup) {
  Trace trace = sample_trace();
  auto& sum = std::get<Collective>(trace.blocks[0].operations[3].work);
  sum.axes = {0, 2};
  EXPECT_THAT(errors(trace), HasSubstr("layer.sum: no axis 2 in a tensor group; the group has 2"));
  sum.axes = {1, 1};
  EXPECT_THAT(errors(trace), HasSubstr("axis 1 is named twice"));
  sum.axes = {};
  EXPECT_THAT(errors(trace), HasSubstr("a collective over no axes"));
  sum.axes = {1};
  sum.bytes = 0_B;
  EXPECT_THAT(errors(trace), HasSubstr("a collective of no bytes"));
}

TEST(TraceVerify, TensorTimesDataIsThePod) {
  Trace trace = sample_trace();
  trace.data = 3;
  EXPECT_THAT(errors(trace), HasSubstr("header: tensor x data is 4 x 3; the product must be the "
                                       "pod's 8 chips"));
  trace.tensor = 8;
  trace.data = 1;
  EXPECT_EQ(errors(trace), "no error");
}

// 16 MiB of scratchpad, of which the sample's buffers take 4.
TEST(TraceVerify, ResidentsAndBuffersFitTheStores) {
  Trace trace = sample_trace();
  trace.residency.scratchpad = 12_MiB;
  EXPECT_EQ(errors(trace), "no error");
  trace.residency.scratchpad += 1_B;
  EXPECT_THAT(errors(trace), HasSubstr("residents and both buffers of scratchpad need 16777217 "
                                       "bytes; the chip has 16777216 bytes"));
  trace = sample_trace();
  trace.residency.hbm = Bytes{(std::uint64_t{16} << 30) + 1};
  EXPECT_THAT(errors(trace), HasSubstr("residents of hbm need 17179869185 bytes; the chip has "
                                       "17179869184 bytes"));
  trace = sample_trace();
  trace.residency.far_sram = 1_B;
  EXPECT_THAT(errors(trace), HasSubstr("residents of far_sram need 1 bytes; the chip has no"));
}

// 2^63 / (8 chips x 2^10 repeats) = 2^50 lane operations.
TEST(TraceVerify, NoCounterOfTheLedgerCanOverflow) {
  Trace trace = sample_trace();
  auto& block = trace.blocks[0];
  block.repeat = 1024;
  block.operations = {
      {.name = "a", .work = Vector{.add = (std::uint64_t{1} << 50) - 1}, .after = {}}};
  EXPECT_EQ(errors(trace), "no error");
  block.operations[0].work = Vector{.add = std::uint64_t{1} << 50};
  EXPECT_THAT(errors(trace), HasSubstr("layer.a: the counts of the run pass 2^63 here"));

  Matmul huge = sample_matmul();  // 2^64 x 2^64 would wrap to an innocent 0.
  huge.rows = huge.depth = huge.columns = huge.products = std::uint64_t{1} << 32;
  EXPECT_THAT(errors_with(huge), HasSubstr("layer.up: the counts of the run pass 2^63 here"));
  huge.block = {huge.products, huge.rows, huge.depth, huge.columns};
  EXPECT_THAT(errors_with(huge), HasSubstr("a stationary block of 9223372036854775808 bytes"));
}

TEST(TraceVerify, EveryMistakeIsReportedAtOnceAndInOrder) {
  Trace trace = sample_trace();
  trace.data = 1;
  trace.blocks[0].repeat = 0;
  trace.blocks[0].operations[1].after = {"nowhere", "nothing"};
  EXPECT_THAT(errors(trace), HasSubstr("4 errors; nothing was run."));
}

TEST(TraceVerify, AHostileTraceEndsInAnError) {
  Trace trace = sample_trace();
  std::vector<Operation>& operations = trace.blocks[0].operations;
  operations.clear();
  for (int i = 0; i < 200000; ++i) {
    operations.push_back(
        {.name = "op" + std::to_string(i), .work = Launch{}, .after = {"nothing"}});
  }
  EXPECT_THAT(errors(trace), HasSubstr("and 980 more"));
}

}  // namespace
}  // namespace systole
