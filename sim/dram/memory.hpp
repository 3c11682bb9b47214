// SPDX-License-Identifier: Apache-2.0
// A chip's memory: all its channels, served train by train.
//
// Planning is serving copies, so an answer holds until another train comes; then what was planned
// beyond its arrival is dropped and served anew, unless the train only makes a queue longer that
// has not been empty. Channels with equal states and equal requests are
// served once. Neither changes a cycle or a count.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "dram/channel.hpp"

namespace systole::dram {

// `bytes` in all, in `segments` equal pieces whose begins lie `stride` apart.
struct Train {
  Bytes base;
  Bytes bytes;
  std::uint64_t segments = 1;
  Bytes stride{};
  Direction direction = Direction::read;
  std::uint32_t stream = 0;
};

enum class Folding : std::uint8_t { fold, each_alone };

class Memory {
 public:
  struct Options {
    Folding folding = Folding::fold;
    bool epochs = true;  // Repeat epochs that have been seen.
    Pace pace = Pace::visits;
  };

  Memory(const Device& device, const Service& service, std::uint32_t channels, Options options);
  Memory(const Device& device, const Service& service, std::uint32_t channels)
      : Memory(device, service, channels, Options{}) {}
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  // A number for the train. Times never go back: `now` is no earlier than the train before it or
  // any completion that was popped.
  std::uint64_t submit(const Train& train, std::uint64_t now);

  // The first train to complete if no other comes, when its last data have passed, and its counts
  // over all channels; of trains of one cycle, the one submitted first. Empty if there is none.
  [[nodiscard]] const std::optional<Completion>& next();
  void pop();  // That completion has come true.

  // Everything up to `now`, which no later train may precede: sums over all channels.
  [[nodiscard]] Counts totals(std::uint64_t now);
  // Cycles in which a channel's data bus carried data, summed over channels.
  [[nodiscard]] std::uint64_t busy_cycles(const Counts& counts) const {
    return (counts.read + counts.write) * burst_cycles_;
  }

  [[nodiscard]] std::uint32_t channels() const { return channels_; }
  [[nodiscard]] std::size_t lanes() const { return lanes_.size(); }  // That are served apart.

 private:
  // A channel and what has become of trains in it, while not all other channels are as far.
  struct State {  // NOLINT(bugprone-exception-escape): only memory can run out.
    Channel channel;
    std::vector<Completion> done;
  };
  // Channels that have been equal so far.
  struct Lane {  // NOLINT(bugprone-exception-escape): as above.
    std::vector<std::uint32_t> members;
    State committed;  // Settled by now; what follows from it is `planned`.
    State planned;
    bool is_planned = false;  // Else `planned` is out of date.
  };
  struct Open {
    std::uint64_t train;
    std::uint32_t channels;  // That have a share of it.
  };
  struct Piece {
    std::uint64_t first;
    std::uint64_t count;
    bool operator==(const Piece&) const = default;
  };
  using Pieces = std::vector<Piece>;  // A train's share of a channel.

  void commit(Lane& lane, std::uint64_t now);
  void commit_all(std::uint64_t now);
  void pass(std::uint64_t now);
  void merge(std::uint64_t now);
  void serve(State& state, const Horizon& horizon);
  [[nodiscard]] Pieces share(const Train& train, std::uint32_t channel) const;
  [[nodiscard]] bool is_even(const Train& train) const;
  void split(const Train& train, std::uint64_t now);
  void enter(State& state, const Pieces& pieces, const Train& train, std::uint64_t now);
  [[nodiscard]] bool keeps_plans(const Train& train) const;
  [[nodiscard]] std::optional<Completion> first_complete() const;
  void plan();

  const Options options_;
  const std::uint32_t channels_;
  const std::uint64_t burst_;
  const std::uint64_t burst_cycles_;
  const std::unique_ptr<Timing> timing_;
  EpochMemo memo_;
  std::vector<Lane> lanes_;
  std::vector<Open> open_;  // In the order of their numbers.
  std::uint64_t trains_ = 0;
  std::uint64_t now_ = 0;
  Counts merged_;  // What lanes that are no more had beyond those they joined.
  std::optional<Completion> next_;
  bool is_planned_ = true;
};

}  // namespace systole::dram
