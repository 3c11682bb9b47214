// SPDX-License-Identifier: Apache-2.0
// The bounds of collectives against published numbers of real pods and a textbook's.
#include <gtest/gtest.h>

#include "analytic/bounds.hpp"
#include "pods.hpp"

namespace systole {
namespace {

using Kind = CollectiveKind;

PodConfig pod_of(std::vector<Axis> axes, double bytes_per_second) {
  PodConfig pod = systole::testing::small_pod(std::move(axes));
  pod.chip.ici->bandwidth = BytesPerSecond{bytes_per_second};
  return pod;
}

double microseconds(const PodConfig& pod, Kind kind, double bytes) {
  return to_seconds(link_bound(pod, kind, Bytes{static_cast<std::uint64_t>(bytes)})).count() * 1e6;
}

constexpr Axis kRing4{4, true};
constexpr Axis kRing8{8, true};
constexpr Axis kRing16{16, true};

TEST(LinkBound, IsThatOfTheTorus) {
  const PodConfig ring = pod_of({kRing16}, 45e9);
  EXPECT_NEAR(microseconds(ring, Kind::all_gather, 16e6), 167, 0.5);
  EXPECT_NEAR(microseconds(ring, Kind::all_reduce, 256e6), 5333, 1);
  EXPECT_NEAR(microseconds(ring, Kind::all_to_all, 256e6), 711, 0.5);
  const PodConfig square = pod_of({kRing16, kRing16}, 45e9);
  EXPECT_NEAR(microseconds(square, Kind::all_gather, 16e6), 88.5, 0.05);
  EXPECT_NEAR(microseconds(square, Kind::all_gather, 256e6), 1417, 1);
  EXPECT_NEAR(microseconds(square, Kind::all_to_all, 256e6), 44, 0.5);
  const PodConfig cube = pod_of({kRing4, kRing4, kRing4}, 90e9);
  EXPECT_NEAR(microseconds(cube, Kind::reduce_scatter, 256e6), 467, 0.5);
  EXPECT_NEAR(microseconds(cube, Kind::all_to_all, 256e6), 22, 0.5);
  EXPECT_NEAR(microseconds(pod_of({kRing8, kRing8, kRing8}, 90e9), Kind::all_gather, 256e6), 473,
              0.5);
}

TEST(LinkBound, OfAMeshIsThatOfItsCorner) {
  // Scaling book: 34 MB over four v5e in a line, 560 us in theory (it rounds).
  EXPECT_NEAR(microseconds(pod_of({{4, false}}, 45e9), Kind::all_gather, 34e6), 560, 8);
  // Two axes without wrap: half the links of a torus.
  EXPECT_NEAR(microseconds(pod_of({{4, false}, {4, false}}, 45e9), Kind::all_gather, 34e6),
              34e6 * 15 / 16 / (2 * 45e9) * 1e6, 0.01);
}

TEST(LinkBound, OfARowOfChipsBehindOneAxisCanBeLargerThanThatOfOneChip) {
  // Pairs along a line of 16: both chips of the last pair hear the other 30 over one link each.
  EXPECT_NEAR(microseconds(pod_of({{2, true}, {16, false}}, 1e9), Kind::all_gather, 32e3),
              15.0 / 32 * 32, 0.01);
}

TEST(LinkBound, IsTheTextbooksLinkTimeOfALlama70bLayer) {
  // [64, 8192] in bf16 on v5e. At both links of one axis 2 B D / 90 GB/s = 11.65 us, of which a
  // ring of 8 sends 7 / 8.
  const double bytes = 64.0 * 8192 * 2;
  EXPECT_NEAR(microseconds(pod_of({kRing8}, 45e9), Kind::all_gather, bytes) * 8 / 7, 11.65, 0.005);
  // The slice of 4 x 8 does not wrap: two all-reduces a layer are about 45 us of links.
  const PodConfig slice = pod_of({{4, false}, {8, false}}, 45e9);
  EXPECT_NEAR(2 * microseconds(slice, Kind::all_reduce, bytes), 45, 0.5);
}

TEST(LinkBound, IsThePublishedBandwidthOfATpuV4Pod) {
  // 4096 chips: 1.1 PB/s of all-reduce, and 24 TB/s across the middle (at 47 GB/s a link).
  const PodConfig pod = pod_of({kRing16, kRing16, kRing16}, 45e9);
  const double chips = 4096;
  const double bytes = 4096e6;
  const double sum_s = microseconds(pod, Kind::all_reduce, bytes) * 1e-6;
  EXPECT_NEAR(2 * bytes * (chips - 1) / sum_s, 1.1e15, 0.01e15);
  const double exchange_s = microseconds(pod, Kind::all_to_all, bytes) * 1e-6;
  EXPECT_NEAR(bytes / 4 / exchange_s, 24e12, 1.2e12);
}

}  // namespace
}  // namespace systole
