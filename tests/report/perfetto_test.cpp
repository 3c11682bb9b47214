// SPDX-License-Identifier: Apache-2.0
#include "report/perfetto.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/error.hpp"
#include "perfetto_reader.hpp"
#include "shipped.hpp"

namespace systole {
namespace {

using read_back::Event;
using read_back::Track;
using read_back::Tracks;
using testing::HasSubstr;

constexpr std::uint64_t kFemtosecondsOfNs = 1'000'000;

struct Recorded {
  Result result;
  std::string bytes;
};

Recorded record(const std::string& run, const RecordingLimits& limits = {}, bool unfold = false,
                TraceClock clock = TraceClock::nanoseconds) {
  Recording recording(limits);
  PointOptions options;
  options.unfold = unfold;
  options.recording = &recording;
  Result result = run_point(shipped("configs/runs/" + run + ".yaml"), options);
  std::string bytes = perfetto_trace(result, recording, clock);
  return {.result = std::move(result), .bytes = std::move(bytes)};
}

std::string document(const Result& result) { return to_text(to_json(result)); }

bool is_slices(const Track& track) { return !track.is_counter && track.process != 0; }

// The integral of a counter over the ticks of the axis.
double integral(const Track& counter) {
  double sum = 0.0;
  for (std::size_t i = 0; i + 1 < counter.events.size(); ++i) {
    sum += counter.events[i].value *
           static_cast<double>(counter.events[i + 1].at - counter.events[i].at);
  }
  return sum;
}

// Joules by component of all processes together, each of which stands for `copies` chips.
std::map<std::string, double> joules(const Tracks& tracks, double tick_s, double copies) {
  std::map<std::string, double> out;
  for (const auto& [uuid, track] : tracks) {
    if (track.is_counter) {
      EXPECT_TRUE(track.name.ends_with(" W"));
      EXPECT_EQ(track.events.front().type, 4U);
      EXPECT_EQ(track.events.back().value, 0.0);  // Where the run, or its window, has ended.
      out[track.name.substr(0, track.name.size() - 2)] += integral(track) * tick_s * copies;
    }
  }
  return out;
}

void expect_energy_of(const Recorded& run, double tick_s) {
  const double copies =
      static_cast<double>(run.result.chips) / static_cast<double>(run.result.simulated_chips);
  const auto counted = joules(read_back::tracks(run.bytes), tick_s, copies);
  double total = 0.0;
  const Json whole = to_json(run.result);
  ASSERT_FALSE(whole["by_component"].empty());
  for (const Json& item : whole["by_component"]) {
    const double expected = item["energy_j"].get<double>();
    const auto found = counted.find(item["component"]);
    const double shown = found == counted.end() ? 0.0 : found->second;
    EXPECT_NEAR(shown, expected, 1e-9 * expected) << item["component"];
    total += shown;
  }
  const double nominal = run.result.bill.total_j.nominal;
  EXPECT_NEAR(total, nominal, 1e-9 * nominal);
}

TEST(Perfetto, CountersIntegrateToTheEnergyOfEachComponentAndOfTheRun) {
  expect_energy_of(record("tiny-decode"), 1e-9);
  expect_energy_of(record("tiny-decode", {}, true), 1e-9);
  expect_energy_of(record("llama-3.1-8b-v5e"), 1e-9);
}

TEST(Perfetto, CountersIntegrateOnEveryClock) {
  const Recorded ps = record("tiny-decode", {}, false, TraceClock::picoseconds);
  expect_energy_of(ps, 1e-12);
  const Recorded cycles = record("llama-3.1-8b-v5e", {}, false, TraceClock::cycles);
  expect_energy_of(cycles, to_seconds(period(cycles.result.chip.clock)).count());
}

TEST(Perfetto, CountersEndWithTheTickInWhichTheRunEnds) {
  const Recorded run = record("tiny-decode");
  for (const auto& [uuid, track] : read_back::tracks(run.bytes)) {
    if (track.is_counter) {
      EXPECT_EQ(track.events.front().at, 0U);
      EXPECT_EQ(track.events.back().at, ceil_div(run.result.elapsed.count(), kFemtosecondsOfNs));
    }
  }
}

TEST(Perfetto, WindowsSideBySideHoldTheEnergyOfTheRun) {
  const Femtoseconds middle{7'300 * kFemtosecondsOfNs};
  const Recorded before = record("tiny-decode", {.to = middle});
  const Recorded after = record("tiny-decode", {.from = middle});
  double total = 0.0;
  for (const Recorded* part : {&before, &after}) {
    for (const auto& [component, energy] : joules(read_back::tracks(part->bytes), 1e-9, 4.0)) {
      total += energy;
    }
  }
  const double nominal = before.result.bill.total_j.nominal;
  EXPECT_NEAR(total, nominal, 1e-9 * nominal);
}

void expect_slices_in_order(const Tracks& tracks, std::uint64_t first, std::uint64_t last) {
  std::size_t slices = 0;
  for (const auto& [uuid, track] : tracks) {
    if (!is_slices(track)) {
      continue;
    }
    std::uint64_t now = first;
    ASSERT_EQ(track.events.size() % 2, 0U) << track.name;
    for (std::size_t i = 0; i < track.events.size(); i += 2) {
      const Event& begin = track.events[i];
      const Event& end = track.events[i + 1];
      EXPECT_EQ(begin.type, 1U);
      EXPECT_EQ(end.type, 2U);
      EXPECT_FALSE(begin.name.empty());
      EXPECT_LE(now, begin.at) << track.name;
      EXPECT_LE(begin.at, end.at) << track.name;
      now = end.at;
    }
    EXPECT_LE(now, last) << track.name;
    slices += track.events.size() / 2;
  }
  EXPECT_GT(slices, 20U);
}

TEST(Perfetto, SlicesOfATrackBeginAndEndInTurnWithinTheRun) {
  for (const bool unfold : {false, true}) {
    const Recorded run = record("tiny-decode", {}, unfold);
    expect_slices_in_order(read_back::tracks(run.bytes), 0,
                           ceil_div(run.result.elapsed.count(), kFemtosecondsOfNs));
  }
  const Recorded large = record("llama-3.1-70b-decode-64");
  expect_slices_in_order(read_back::tracks(large.bytes), 0,
                         ceil_div(large.result.elapsed.count(), kFemtosecondsOfNs));
}

TEST(Perfetto, AWindowHoldsNothingOutsideOfIt) {
  const Recorded run = record("tiny-decode", {.from = Femtoseconds{3'000 * kFemtosecondsOfNs},
                                              .to = Femtoseconds{9'000 * kFemtosecondsOfNs}});
  expect_slices_in_order(read_back::tracks(run.bytes), 3'000, 9'000);
}

TEST(Perfetto, HasAProcessForEachChipWithItsCoordinates) {
  std::set<std::string> names;
  for (const auto& [uuid, track] : read_back::tracks(record("tiny-decode", {}, true).bytes)) {
    if (track.is_process) {
      names.insert(track.name);
    }
  }
  const std::set<std::string> expected{"chip (0, 0)", "chip (1, 0)", "chip (0, 1)", "chip (1, 1)"};
  EXPECT_EQ(names, expected);
}

TEST(Perfetto, AFoldedChipSaysForHowManyItStands) {
  const Tracks tracks = read_back::tracks(record("tiny-decode").bytes);
  const auto process =
      std::ranges::find_if(tracks, [](const auto& track) { return track.second.is_process; });
  EXPECT_EQ(process->second.name, "chip (0, 0), for 4 like it");
}

// Tiny's links take 100 ns from chip to chip.
TEST(Perfetto, EveryTransferFlowsFromItsLinkToAnotherChipAHopLater) {
  const Tracks tracks = read_back::tracks(record("tiny-decode", {}, true).bytes);
  struct End {
    const Track* track;
    std::uint64_t at;
    std::string name;
  };
  std::map<std::uint64_t, std::vector<End>> flows;
  for (const auto& [uuid, track] : tracks) {
    for (const Event& event : track.events) {
      for (const std::uint64_t flow : event.flows) {
        flows[flow].push_back({.track = &track, .at = event.at, .name = event.name});
      }
    }
  }
  // Of a chip in a layer: two all-to-alls and two all-reduces over two rings of two.
  EXPECT_GT(flows.size(), 4U * 2U * 4U);
  for (const auto& [flow, ends] : flows) {
    ASSERT_EQ(ends.size(), 2U);
    const bool first_sends = ends[0].track->name.starts_with("link");
    const End& sent = ends[first_sends ? 0 : 1];
    const End& received = ends[first_sends ? 1 : 0];
    EXPECT_TRUE(sent.track->name.starts_with("link")) << sent.track->name;
    EXPECT_THAT(received.track->name, HasSubstr("arrivals by " + sent.track->name));
    EXPECT_NE(received.track->process, sent.track->process);
    EXPECT_THAT(sent.name, HasSubstr("."));  // "layer.mlp_sum", say.
    EXPECT_EQ(received.name, sent.name);
    EXPECT_NEAR(static_cast<double>(received.at), static_cast<double>(sent.at + 100), 1.0);
  }
}

TEST(Perfetto, BusySlicesAreNamedAfterTheirOperationAndItsLayer) {
  std::set<std::string> layers;
  for (const auto& [uuid, track] : read_back::tracks(record("tiny-decode").bytes)) {
    if (track.name == "matrix_unit0") {
      for (const Event& event : track.events) {
        if (event.name == "layer.qkv") {
          layers.insert(event.annotations.at("iteration"));
        }
      }
    }
  }
  EXPECT_EQ(layers, (std::set<std::string>{"0", "1"}));
}

TEST(Perfetto, SaysWhatATickOfItsAxisIs) {
  const Tracks tracks =
      read_back::tracks(record("llama-3.1-8b-v5e", {}, false, TraceClock::cycles).bytes);
  const auto about = std::ranges::find_if(
      tracks, [](const auto& track) { return track.second.name == "systole"; });
  ASSERT_EQ(about->second.events.size(), 1U);
  const auto& said = about->second.events[0].annotations;
  EXPECT_EQ(said.at("1 ns of this axis is"), "1 cycle of the core clock");
  EXPECT_EQ(said.at("femtoseconds"), "714796");  // 1.399 GHz.
}

TEST(Perfetto, TheSameRunGivesTheSameBytes) {
  EXPECT_EQ(record("tiny-decode", {}, true).bytes, record("tiny-decode", {}, true).bytes);
}

TEST(Perfetto, RecordingChangesNoByteOfTheResult) {
  for (const char* run : {"tiny-decode", "llama-3.1-8b-v5e", "llama-3.1-70b-decode-64"}) {
    const std::string plain =
        document(run_point(shipped("configs/runs/" + std::string(run) + ".yaml")));
    EXPECT_EQ(document(record(run).result), plain);
    // At an odd instant, in windows of 39 ns.
    EXPECT_EQ(document(record(run, {.from = Femtoseconds{1'234'567'891},
                                    .to = Femtoseconds{11'234'567'891}})
                           .result),
              plain);
  }
}

TEST(Perfetto, AChipOfManyRecordsWhatTheFoldedOneDoes) {
  const auto energy = [](bool unfold) {
    const Recorded run = record("tiny-decode", {}, unfold);
    return joules(read_back::tracks(run.bytes), 1e-9, unfold ? 1.0 : 4.0);
  };
  const auto folded = energy(false);
  const auto unfolded = energy(true);
  ASSERT_EQ(folded.size(), unfolded.size());
  for (const auto& [component, total] : folded) {
    EXPECT_NEAR(unfolded.at(component), total, 1e-9 * total) << component;
  }
}

TEST(Perfetto, MoreSlicesThanThereIsRoomForIsAUserErrorThatSaysFromWhen) {
  try {
    static_cast<void>(record("tiny-decode", {.slices = 50}));
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("more than 50 slices"));
    EXPECT_THAT(error.what(), HasSubstr("choose a shorter window"));
  }
}

TEST(Perfetto, AWindowBehindTheEndOfTheRunIsAUserError) {
  try {
    static_cast<void>(record("tiny-decode", {.from = Femtoseconds{1'000'000'000'000}}));
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("begins at 1000 us, but the run ends at 16.5"));
  }
}

TEST(Perfetto, AnEstimateHasNoTimeline) {
  Recording recording;
  PointOptions options;
  options.overrides = {{"fidelity", "analytic"}};
  options.recording = &recording;
  EXPECT_THROW(static_cast<void>(run_point(shipped("configs/runs/tiny-decode.yaml"), options)),
               UserError);
}

}  // namespace
}  // namespace systole
