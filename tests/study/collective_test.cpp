// SPDX-License-Identifier: Apache-2.0
// One collective on shipped pods: its time against its bound, its links, its refusals.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "shipped.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

CollectiveOptions on(const std::string& pod, CollectiveKind kind, std::uint64_t bytes) {
  return {.kind = kind,
          .bytes = bytes,
          .pod = shipped("configs/pods/" + pod + ".yaml"),
          .energy_model = shipped("energy_models/n7.yaml")};
}

double bound_s(const Result& result, std::string_view resource) {
  for (const Bound& bound : result.bounds) {
    if (bound.resource == resource) {
      return to_seconds(bound.time).count();
    }
  }
  return 0;
}

TEST(CollectiveCommand, OfAGatherOnATorusRunsAllLinksAtTheClosedForm) {
  const Result result =
      run_collective(on("tpu_v5e_16x16", CollectiveKind::all_gather, 256'000'000));
  // V (N - 1) / (2 n N W).
  const double closed = 256e6 * 255 / (4 * 256 * result.chip.ici->bandwidth.count());
  EXPECT_NEAR(bound_s(result, "ici"), closed, 1e-9);
  EXPECT_GE(result.seconds(), closed);
  EXPECT_LE(result.seconds(), 1.05 * closed);
  EXPECT_EQ(result.ici_bytes, std::uint64_t{256'000'000} * 255);
  EXPECT_TRUE(result.folded);
  ASSERT_EQ(result.links.size(), 4U);
  for (const LinkLoad& load : result.links) {
    EXPECT_EQ(load.links, 256U);
    EXPECT_GT(load.least, 0.95);
    EXPECT_EQ(load.least, load.most);
  }
}

TEST(CollectiveCommand, OnAMeshLoadsTheLinksOfItsEndsMost) {
  const Result result = run_collective(on("tpu_v5e_4x4", CollectiveKind::all_gather, 256'000'000));
  EXPECT_FALSE(result.folded);
  ASSERT_EQ(result.links.size(), 4U);
  // A link into an end carries the shards of three chips, one out of it a single shard.
  EXPECT_EQ(result.links[0].links, 12U);
  EXPECT_NEAR(result.links[0].most, 3 * result.links[0].least, 0.02);
  EXPECT_NEAR(result.links[0].mean, 2 * result.links[0].least, 0.02);
  // Link by link: of the first row, chips 0, 1 and 2 pass on one, two and three shards.
  ASSERT_EQ(result.links[0].busy.size(), 12U);
  EXPECT_EQ(result.links[0].chips[2], 2U);
  EXPECT_EQ(result.links[0].chips[3], 4U);  // Chip 3 has no link up.
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(result.links[0].busy[i], static_cast<double>(i + 1) * result.links[0].busy[0],
                0.01);
  }
}

TEST(CollectiveCommand, OfFewBytesTakesItsStartAndHops) {
  const Result result = run_collective(on("tpu_v5e_16x16", CollectiveKind::all_gather, 4096));
  EXPECT_GE(result.seconds(), bound_s(result, "latency"));
  EXPECT_LE(result.seconds(), 1.1 * bound_s(result, "latency"));
}

TEST(CollectiveCommand, OfEveryKindIsTheSameFoldedAndUnfolded) {
  for (const CollectiveKind kind : kCollectives) {
    CollectiveOptions options = on("tiny_4x4", kind, 100'003);
    const Result folded = run_collective(options);
    options.unfold = true;
    const Result whole = run_collective(options);
    EXPECT_EQ(folded.elapsed, whole.elapsed) << name(kind);
    EXPECT_EQ(folded.ici_bytes, whole.ici_bytes) << name(kind);
    EXPECT_EQ(folded.folded, kind != CollectiveKind::broadcast) << name(kind);
  }
}

TEST(CollectiveCommand, FlitByFlitTakesAboutAsLongAsChunkByChunk) {
  // Enough bytes for the links to decide; of a quarter of them, first flits that wait to turn cost
  // an all-to-all on the 4x4 mesh a tenth.
  using Case = std::pair<const char*, std::uint64_t>;
  for (const auto& [pod, bytes] : {Case{"tiny_4x4", 16'000'000}, Case{"tiny_mesh_2x4", 16'000'000},
                                   Case{"tpu_v5e_4x4", 64'000'000}}) {
    for (const CollectiveKind kind : kCollectives) {
      CollectiveOptions options = on(pod, kind, bytes);
      options.unfold = true;
      const Result chunks = run_collective(options);
      options.fidelity = CollectiveFidelity::flit;
      const Result flits = run_collective(options);
      EXPECT_EQ(flits.fidelity, "flit");
      EXPECT_NEAR(flits.seconds(), chunks.seconds(), 0.06 * chunks.seconds()) << pod << name(kind);
      // Two executors of one plan: every byte and every joule that it moves.
      EXPECT_EQ(flits.ici_bytes, chunks.ici_bytes) << pod << name(kind);
      EXPECT_EQ(flits.sram_read_bytes, chunks.sram_read_bytes) << pod << name(kind);
      EXPECT_EQ(flits.sram_write_bytes, chunks.sram_write_bytes) << pod << name(kind);
      EXPECT_DOUBLE_EQ(flits.bill.dynamic_j, chunks.bill.dynamic_j);
      ASSERT_EQ(flits.links.size(), chunks.links.size());
      for (std::size_t i = 0; i < flits.links.size(); ++i) {
        EXPECT_EQ(flits.links[i].links, chunks.links[i].links);
        EXPECT_NEAR(flits.links[i].mean, chunks.links[i].mean, 0.1) << pod << name(kind) << i;
      }
    }
  }
}

TEST(CollectiveCommand, FlitByFlitIsNeverBelowABound) {
  for (const CollectiveKind kind : kCollectives) {
    for (const std::uint64_t bytes : {1U, 4097U, 100'003U}) {
      CollectiveOptions options = on("tiny_mesh_2x4", kind, bytes);
      options.fidelity = CollectiveFidelity::flit;
      const Result result = run_collective(options);
      for (const Bound& bound : result.bounds) {
        EXPECT_GE(result.elapsed, bound.time) << name(kind) << bytes << bound.resource;
      }
    }
  }
}

TEST(CollectiveCommand, FlitByFlitRefusesMoreThan256Chips) {
  CollectiveOptions options = on("tpu_v3_32x32", CollectiveKind::all_gather, 1000);
  options.fidelity = CollectiveFidelity::flit;
  EXPECT_THROW((void)run_collective(options), UserError);
}

TEST(CollectiveCommand, NeedsTwoChips) {
  EXPECT_THROW((void)run_collective(on("tpu_v5e_1", CollectiveKind::all_gather, 1000)), UserError);
}

}  // namespace
}  // namespace systole
