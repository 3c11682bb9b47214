// SPDX-License-Identifier: Apache-2.0
// Links between cubes: which bytes cross them, by hand, and what that costs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/error.hpp"
#include "config/read.hpp"
#include "pod_file.hpp"

namespace systole {
namespace {

using Kind = CollectiveKind;

constexpr std::uint64_t kBytes = 4'000'000;  // 1 MB a chip of four.
const std::string kRing = "shape: [4]\nwrap: [true]\n";

std::uint64_t optical_bytes(const Result& result) {
  std::uint64_t sum = 0;
  for (const BillLine& line : result.bill.lines) {
    sum += line.line.action == Action::optical_byte ? line.line.count : 0;
  }
  return sum;
}

std::uint64_t optical_bytes(const std::string& pod, Kind kind, bool unfold = false) {
  const Pod file(pod);
  CollectiveOptions options = file.options(kind, kBytes);
  options.unfold = unfold;
  return optical_bytes(run_collective(options));
}

TEST(OpticalLink, ThatClosesARingCarriesItsShareOfIt) {
  // One share over each link upwards; and three quarters of V over two ways, an eighth a link.
  EXPECT_EQ(optical_bytes(kRing, Kind::permute), 0U);
  EXPECT_EQ(optical_bytes(kRing + "optical: [4]\n", Kind::permute), 1'000'000U);
  EXPECT_EQ(optical_bytes(kRing + "optical: [4]\n", Kind::all_gather), 3 * kBytes / 4);
  EXPECT_EQ(optical_bytes(kRing + "optical: [2]\n", Kind::all_gather), 3 * kBytes / 2);
  EXPECT_EQ(optical_bytes(kRing + "optical: [1]\n", Kind::all_gather), 3 * kBytes);
}

TEST(OpticalLink, InTheMiddleOfALineCarriesHalfOfTheShardsEachWay) {
  EXPECT_EQ(optical_bytes("shape: [4]\nwrap: [false]\noptical: [2]\n", Kind::all_gather), kBytes);
}

TEST(OpticalLink, CountsTheSameFoldedUnfoldedAndFlitByFlit) {
  for (const std::string pod : {"shape: [4, 4]\nwrap: [true, true]\noptical: [4, 2]\n",
                                "shape: [4, 2]\nwrap: [true, false]\noptical: [0, 1]\n",
                                "shape: [4, 2]\nwrap: [false, true]\noptical: [2, 2]\n"}) {
    for (const Kind kind : kCollectives) {
      const std::uint64_t folded = optical_bytes(pod, kind);
      EXPECT_GT(folded + (kind == Kind::permute ? 1 : 0), 0U);
      EXPECT_EQ(optical_bytes(pod, kind, true), folded) << pod << name(kind);
      const Pod file(pod);
      CollectiveOptions options = file.options(kind, kBytes);
      options.fidelity = CollectiveFidelity::flit;
      EXPECT_EQ(optical_bytes(run_collective(options)), folded) << pod << name(kind);
    }
  }
}

TEST(OpticalLink, ThatIsDeadCarriesNothingAndOneOnAWayAroundCarriesMore) {
  const auto dead = [](int chip) {
    return kRing + "optical: [4]\nfaults: [{chip: [" + std::to_string(chip) +
           "], axis: 0, direction: up, state: down}]\n";
  };
  EXPECT_EQ(optical_bytes(dead(3), Kind::permute), 0U);
  // From chip 0 down over the closing link, to 3, 2 and 1.
  EXPECT_EQ(optical_bytes(dead(0), Kind::permute), 2'000'000U);
}

// 8 x 15 pJ on top of each byte, and not a moment more.
TEST(OpticalLink, CostsItsEndsAndNoTime) {
  const Result copper = Pod(kRing).run(Kind::all_gather, kBytes);
  const Result optical = Pod(kRing + "optical: [4]\n").run(Kind::all_gather, kBytes);
  EXPECT_EQ(optical.elapsed, copper.elapsed);
  EXPECT_NEAR(optical.bill.dynamic_j - copper.bill.dynamic_j, 3'000'000 * 120e-12, 1e-12);
}

TEST(OpticalLink, OfCubesThatDoNotFitTheAxisIsRefused) {
  const auto message = [](const std::string& pod) -> std::string {
    try {
      static_cast<void>(read_pod(Pod(pod).path()));
    } catch (const UserError& e) {
      return e.what();
    }
    return "none";
  };
  EXPECT_THAT(message(kRing + "optical: [3]\n"),
              testing::HasSubstr("axis 0 has 4 chips, which cubes of 3 do not divide"));
  EXPECT_THAT(message(kRing + "optical: [4, 4]\n"),
              testing::HasSubstr("'optical' needs one value for each axis of 'shape': 1, not 2"));
}

}  // namespace
}  // namespace systole
