// SPDX-License-Identifier: Apache-2.0
#include "report/perfetto.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "report/perfetto_packets.hpp"
#include "study/recorded_energy.hpp"

namespace systole {
namespace {

using perfetto::Annotation;
using perfetto::Packets;

Femtoseconds tick_of(TraceClock clock, const ChipConfig& chip) {
  switch (clock) {
    case TraceClock::nanoseconds: return Femtoseconds{1'000'000};
    case TraceClock::picoseconds: return Femtoseconds{1'000};
    case TraceClock::cycles: break;
  }
  return period(chip.clock);
}

std::string words(TraceClock clock) {
  switch (clock) {
    case TraceClock::nanoseconds: return "1 ns";
    case TraceClock::picoseconds: return "1 ps";
    case TraceClock::cycles: break;
  }
  return "1 cycle of the core clock";
}

// "matrix_unit0" of "chip3.matrix_unit0".
std::string unit_name(const std::string& path) { return path.substr(path.find('.') + 1); }

class TraceWriter {
 public:
  TraceWriter(const Result& result, const Recording& recording, TraceClock clock)
      : result_(result), recording_(recording), tick_(tick_of(clock, result.chip)) {
    describe_trace(clock);
    for (std::size_t chip = 0; chip < recording.chips().size(); ++chip) {
      out_.describe(process_track(chip), perfetto::Process{.pid = pid(chip), .name = name(chip)});
    }
    number_flows();
    for (const Track& track : recording.tracks()) {
      write_unit(track);
    }
    for (const Wire& wire : recording.wires()) {
      write_arrivals(wire);
    }
    write_counters();
  }

  [[nodiscard]] std::string take() { return out_.take(); }

 private:
  // Numbers of a chip's tracks: its own, its units' in the order of the recording, its counters'.
  static constexpr std::uint64_t kTracksOfChip = 1024;
  [[nodiscard]] static std::uint64_t process_track(std::size_t chip) {
    return (chip + 1) * kTracksOfChip;
  }
  [[nodiscard]] static std::int32_t pid(std::size_t chip) {
    return static_cast<std::int32_t>(process_track(chip));
  }

  [[nodiscard]] std::string place(std::size_t chip) const {
    return fmt::format("chip ({})", fmt::join(recording_.chips()[chip], ", "));
  }
  [[nodiscard]] std::string name(std::size_t chip) const {
    const std::uint64_t copies = recording_.copies();
    return place(chip) + (copies == 1 ? "" : fmt::format(", for {} like it", copies));
  }
  [[nodiscard]] std::uint64_t ticks(Femtoseconds time) const { return time / tick_; }

  void open_thread(std::size_t chip, const std::string& unit) {
    const std::uint64_t track = process_track(chip) + ++threads_[chip];
    out_.describe(
        track,
        perfetto::Thread{.pid = pid(chip), .tid = static_cast<std::int32_t>(track), .name = unit});
  }

  void describe_trace(TraceClock clock) {
    constexpr std::uint64_t kOwnTrack = 1;
    out_.describe(kOwnTrack, "systole");
    const auto number = [](std::string key, std::uint64_t value) {
      return Annotation{.name = std::move(key), .text = {}, .number = value};
    };
    out_.instant(ticks(recording_.limits().from), "about this trace",
                 {{.name = "1 ns of this axis is", .text = words(clock)},
                  number("femtoseconds", tick_.count()),
                  {.name = "elapsed", .text = fmt::format("{} s", result_.seconds())},
                  {.name = "chip", .text = result_.chip.name},
                  number("chips", result_.chips),
                  number("chips for each process", recording_.copies()),
                  {.name = "energy model", .text = result_.energy_model},
                  {.name = "config_hash", .text = result_.config_hash}});
  }

  // Each slice of a link is a transfer, and has a number of its own.
  void number_flows() {
    std::map<std::string, const Track*> tracks;
    for (const Track& track : recording_.tracks()) {
      tracks[track.path()] = &track;
    }
    std::uint64_t next = 1;
    for (const Wire& wire : recording_.wires()) {
      if (const auto track = tracks.find(wire.track); track != tracks.end()) {
        flows_[wire.track] = {.track = track->second, .first = next, .hop = wire.hop};
        next += track->second->slices().size();
      }
    }
  }

  // Arrivals are in the trace if they are in the recording's window.
  [[nodiscard]] bool arrives(const Slice& slice, Femtoseconds hop) const {
    return slice.begin + hop < std::min(recording_.limits().to, recording_.elapsed());
  }

  void write_slice(const Slice& slice, std::optional<std::uint64_t> flow) {
    const std::string& operation = recording_.operations()[slice.piece.operation];
    const bool is_own = slice.state == State::busy && slice.piece.operation != kNoOperation;
    std::vector<Annotation> annotations;
    if (!is_own && slice.piece.operation != kNoOperation) {
      annotations.push_back({.name = "operation", .text = operation});
    }
    for (const auto& [key, value] :
         {std::pair("iteration", slice.piece.iteration), std::pair("part", slice.piece.part)}) {
      if (value != Piece::kNone) {
        annotations.push_back({.name = key, .text = {}, .number = value});
      }
    }
    out_.begin(ticks(slice.begin),
               is_own ? std::string_view(operation) : systole::name(slice.state), annotations,
               flow);
    out_.end(ticks(slice.end));
  }
  void write_unit(const Track& track) {
    open_thread(chip_of(track.path()), unit_name(track.path()));
    const auto flow = flows_.find(track.path());
    for (std::size_t i = 0; i < track.slices().size(); ++i) {
      std::optional<std::uint64_t> number;
      if (flow != flows_.end() && arrives(track.slices()[i], flow->second.hop)) {
        number = flow->second.first + i;
      }
      write_slice(track.slices()[i], number);
    }
  }

  // What a link carries, as the receiver sees it: all of it a hop later.
  void write_arrivals(const Wire& wire) {
    const auto flow = flows_.find(wire.track);
    if (flow == flows_.end()) {
      return;
    }
    open_thread(chip_of(wire.receiver), fmt::format("arrivals by {} of {}", unit_name(wire.track),
                                                    place(chip_of(wire.track))));
    const std::vector<Slice>& slices = flow->second.track->slices();
    const Femtoseconds last = std::min(recording_.limits().to, recording_.elapsed());
    for (std::size_t i = 0; i < slices.size(); ++i) {
      if (arrives(slices[i], wire.hop)) {
        Slice arrival = slices[i];
        arrival.begin += wire.hop;
        arrival.end = std::min(arrival.end + wire.hop, last);
        write_slice(arrival, flow->second.first + i);
      }
    }
  }
  void write_counters() {
    const std::vector<ChipEnergy> energy = recorded_energy(recording_, result_.bill);
    for (std::size_t chip = 0; chip < energy.size(); ++chip) {
      std::uint64_t counter = process_track(chip) + kTracksOfChip / 2;
      for (std::size_t c = 0; c < kComponents; ++c) {
        const std::vector<double>& joules = energy[chip][c];
        if (std::ranges::any_of(joules, [](double j) { return j > 0.0; })) {
          out_.describe(++counter,
                        perfetto::Counter{
                            .process = process_track(chip),
                            .name = fmt::format("{} W", systole::name(static_cast<Component>(c))),
                            .unit = "W"});
          write_power(joules);
        }
      }
    }
  }

  // A value holds until the next one. It is the window's energy over the window's whole ticks, so
  // that the shown counter integrates to the energy; a window without a tick of its own goes to the
  // next one. The last tick is rounded up.
  void write_power(const std::vector<double>& joules) {
    std::uint64_t begin = ticks(recording_.limits().from);
    double pending = 0.0;
    for (std::size_t w = 0; w < joules.size(); ++w) {
      const Femtoseconds at = recording_.windows()[w];
      const std::uint64_t end =
          w + 1 < joules.size() ? ticks(at) : ceil_div(at.count(), tick_.count());
      pending += joules[w];
      if (end > begin) {
        out_.value(begin, pending / (static_cast<double>(end - begin) * to_seconds(tick_).count()));
        begin = end;
        pending = 0.0;
      }
    }
    out_.value(begin, 0.0);
  }

  struct Flows {
    const Track* track;
    std::uint64_t first;  // Number of its first transfer.
    Femtoseconds hop;
  };

  const Result& result_;
  const Recording& recording_;
  const Femtoseconds tick_;
  Packets out_;
  std::map<std::size_t, std::uint64_t> threads_;  // By chip, so far.
  std::map<std::string, Flows> flows_;            // By the path of a link's track.
};

}  // namespace

std::string perfetto_trace(const Result& result, const Recording& recording, TraceClock clock) {
  return TraceWriter(result, recording, clock).take();
}

}  // namespace systole
