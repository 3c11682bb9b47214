// SPDX-License-Identifier: Apache-2.0
// A run over time: slices of what each unit did, and how the counts of each chip grew.
//
// A simulation fills it where it is given one and does not depend on it. It keeps what lies in a
// stretch of time, and no more slices than were allowed.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/ledger.hpp"

namespace systole {

// What a unit works on, or waits to work on.
struct Piece {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  OperationId operation = kNoOperation;
  std::uint32_t iteration = kNone;  // Of the operation's block: the layer, say.
  std::uint32_t part = kNone;       // Block of a matmul, chunk of a collective.

  bool operator==(const Piece&) const = default;
};

struct Slice {
  Femtoseconds begin;
  Femtoseconds end;
  Piece piece;
  State state;  // Any but idle.

  bool operator==(const Slice&) const = default;
};

struct RecordingLimits {
  static constexpr Femtoseconds kEver{std::numeric_limits<std::uint64_t>::max()};

  Femtoseconds from{0};
  Femtoseconds to = kEver;
  std::size_t slices = 2'000'000;
  std::string only{};  // Tracks whose path begins so.
};

class Recording;

// The states of one unit, one after the other.
class Track {
 public:
  Track(Recording& recording, std::string path) : recording_(recording), path_(std::move(path)) {}

  // Ends the present slice at `now` and begins the next one.
  void enter(State state, Femtoseconds now, const Piece& piece) {
    end(now);
    state_ = state;
    piece_ = piece;
    since_ = now;
  }
  // The same, but what is as it was goes on.
  void stay(State state, Femtoseconds now, const Piece& piece) {
    if (state != state_ || !(piece == piece_)) {
      enter(state, now, piece);
    }
  }
  void close(Femtoseconds now) { enter(State::idle, now, {}); }

  [[nodiscard]] const std::string& path() const { return path_; }  // "chip0.matrix_unit1".
  [[nodiscard]] const std::vector<Slice>& slices() const { return slices_; }

 private:
  void end(Femtoseconds now);

  Recording& recording_;
  std::string path_;
  std::vector<Slice> slices_;
  State state_ = State::idle;
  Piece piece_;
  Femtoseconds since_{};
};

// A link: what its track carries in a slice reaches `receiver` a hop later.
struct Wire {
  std::string track;     // Path.
  std::string receiver;  // "chip3".
  Femtoseconds hop;
};

// A matmul of the program: products x [rows x depth] * [depth x columns] on each chip, so often.
struct RecordedMatmul {
  OperationId operation;
  std::uint64_t products;
  std::uint64_t rows;
  std::uint64_t depth;
  std::uint64_t columns;
  std::uint64_t runs;
};

class Recording {
 public:
  explicit Recording(RecordingLimits limits = {});
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  // Of the simulation, while it is built: chip i by its coordinates, which stands for `copies`.
  void add_chip(std::vector<std::uint32_t> coordinates, std::uint64_t copies);
  void add_matmul(const RecordedMatmul& matmul) { matmuls_.push_back(matmul); }
  // Null if it is not wanted. The track stays where it is.
  [[nodiscard]] Track* open(std::string path);
  void connect(Wire wire) { wires_.push_back(std::move(wire)); }

  // While it runs, sample() is due at next_sample(). The run may be over before its last samples:
  // finish() knows when.
  [[nodiscard]] Femtoseconds next_sample() const;
  void sample(const Ledger& ledger, Femtoseconds now);
  void finish(const Ledger& ledger, Femtoseconds elapsed);
  // When the first slice was left out because there were too many.
  [[nodiscard]] std::optional<Femtoseconds> full_since() const { return full_since_; }

  [[nodiscard]] const RecordingLimits& limits() const { return limits_; }
  [[nodiscard]] const std::vector<std::vector<std::uint32_t>>& chips() const { return chips_; }
  [[nodiscard]] std::uint64_t copies() const { return copies_; }
  [[nodiscard]] const std::deque<Track>& tracks() const { return tracks_; }
  [[nodiscard]] const std::vector<Wire>& wires() const { return wires_; }

  [[nodiscard]] const std::vector<RecordedMatmul>& matmuls() const { return matmuls_; }
  // Names by OperationId; known when the run has ended.
  [[nodiscard]] const std::vector<std::string>& operations() const { return operations_; }
  [[nodiscard]] Femtoseconds elapsed() const { return elapsed_; }
  // Ends of the windows; the first begins at limits().from.
  [[nodiscard]] const std::vector<Femtoseconds>& windows() const { return ends_; }
  // By which an action's count grew in a window, over all chips that this one stands for.
  [[nodiscard]] std::uint64_t count(std::size_t window, std::size_t chip, Tensor tensor,
                                    Action action) const;

 private:
  friend class Track;

  using Totals = std::vector<std::uint64_t>;  // By [chip][tensor][action].

  bool keep(const Slice& slice);  // Whether there is room.
  [[nodiscard]] Totals totals(const Ledger& ledger) const;
  [[nodiscard]] std::size_t most_windows() const;

  const RecordingLimits limits_;
  std::vector<std::vector<std::uint32_t>> chips_;
  std::uint64_t copies_ = 1;
  std::deque<Track> tracks_;
  std::vector<Wire> wires_;
  std::vector<RecordedMatmul> matmuls_;
  std::size_t slices_ = 0;
  std::optional<Femtoseconds> full_since_;

  std::vector<std::string> operations_;
  Femtoseconds elapsed_{};
  Femtoseconds width_;
  bool begun_ = false;
  Totals before_;                // At limits_.from.
  std::vector<Totals> samples_;  // At the end of each window.
  std::vector<Femtoseconds> ends_;
};

// "chip12.link0_up" is 12.
[[nodiscard]] std::size_t chip_of(std::string_view path);

}  // namespace systole
