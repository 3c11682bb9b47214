// SPDX-License-Identifier: Apache-2.0
// A chip's side of the collectives: one at a time, in program order, as chunks between neighbours.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "config/pod.hpp"
#include "model/chip_accounts.hpp"
#include "model/link.hpp"
#include "model/program.hpp"
#include "model/queue.hpp"
#include "model/timeline.hpp"
#include "network/exchange.hpp"

namespace systole::model {

using network::AxisPhase;
using network::AxisPlace;
using network::Exchange;
using network::PlannedChunk;

// Where a chip stands in its tensor group. When one chip stands for all, its neighbours are itself.
struct GroupPlace {
  std::vector<GroupAxis> axes;
  std::vector<std::uint32_t> positions;  // By axis.
  bool folded;

  [[nodiscard]] AxisPlace on(std::uint32_t axis) const {
    return {.length = axes[axis].length, .wraps = axes[axis].wraps, .position = positions[axis]};
  }
  // The chip from which data travelling up (or down) come; none at the end of a line.
  [[nodiscard]] std::optional<AxisPlace> upstream(std::uint32_t axis, bool up) const;
};

// The plans of a program's collectives, made once for all chips.
class Plans {
 public:
  Plans(const Program& program, const std::vector<GroupAxis>& group, const PodConfig& pod);
  [[nodiscard]] const std::vector<PlannedChunk>& of(OperationIndex operation) const {
    return plans_[operation];
  }

 private:
  std::vector<std::vector<PlannedChunk>> plans_;  // By operation; empty if it is no collective.
};

class IciPort : public sc_core::sc_module {
 public:
  IciPort(const sc_core::sc_module_name& name, const IciConfig& config, const Program& program,
          const Plans& plans, GroupPlace place, Queue<Instance>& issued, Queue<Instance>& ended,
          ChipAccounts& accounts, Account& account);

  [[nodiscard]] Queue<Chunk>& arrivals() { return arrivals_; }
  [[nodiscard]] LinksFreed& links_freed() { return links_freed_; }
  // `way` leads there, over one link or around a dead one.
  void connect(std::uint32_t axis, bool up, std::vector<Link*> way) {
    links_[axis][up ? 1 : 0] = way.front();
    ways_[axis][up ? 1 : 0] = std::move(way);
  }
  [[nodiscard]] std::string waiting_for() const;
  void close(Femtoseconds elapsed) { timeline_.close(elapsed); }

 private:
  // How far one chunk of the running collective is.
  struct Progress {
    const PlannedChunk* chunk;
    std::uint32_t phase = 0;
    std::array<std::uint32_t, 2> next_step{1, 1};  // Down, up.
  };
  struct Running {
    Instance instance;
    Femtoseconds begins;
    std::vector<Progress> chunks;
    std::vector<std::uint32_t> touched;  // Chunks that may go on.
    std::size_t scattering = 0;          // Chunks with a scatter to come.
    std::size_t unfinished = 0;
  };
  // Which chunks a count of receipts is about.
  struct Receipt {
    std::uint64_t sequence;
    std::uint32_t chunk;
    std::uint32_t phase;
    bool up;
    auto operator<=>(const Receipt&) const = default;
  };

  void wake();  // A collective was issued or may begin, a chunk arrived, a link became free.
  void receive(const Chunk& chunk);
  void begin(const Instance& instance);
  [[nodiscard]] bool progress();  // True when the running collective has ended.
  void progress(std::uint32_t index);
  [[nodiscard]] bool all_left();
  void end_phase(Progress& progress, std::uint32_t index);
  void send_ready(Progress& progress, std::uint32_t index, bool up);
  [[nodiscard]] const Collective& collective() const;  // That runs.
  [[nodiscard]] bool is_received(const Progress& progress, std::uint32_t index) const;
  [[nodiscard]] std::uint32_t received(std::uint32_t chunk, std::uint32_t phase, bool up) const;
  void call_at(Femtoseconds time);

  const Femtoseconds collective_start_;
  const Femtoseconds collective_step_;
  const Program& program_;
  const Plans& plans_;
  const GroupPlace place_;
  Queue<Instance>& issued_;
  Queue<Instance>& ended_;
  ChipAccounts& accounts_;
  Timeline timeline_;
  Queue<Chunk> arrivals_;
  std::vector<std::array<Link*, 2>> links_;  // By axis; down, up: the first of its way.
  std::vector<std::array<std::vector<Link*>, 2>> ways_;
  std::deque<Instance> waiting_;
  std::optional<Running> running_;
  std::uint64_t sequence_ = 0;  // Of the running collective.
  std::map<Receipt, std::uint32_t> receipts_;
  std::optional<Femtoseconds> call_;  // The earliest appointment still to come.
  sc_core::sc_event timer_;
  LinksFreed links_freed_;
};

}  // namespace systole::model
