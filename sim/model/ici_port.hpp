// SPDX-License-Identifier: Apache-2.0
// A chip's side of the collectives: one at a time, in program order, as chunks between neighbours.
//
// It wakes for its links too, so all that happens to them and to it at one instant is one event.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "config/pod.hpp"
#include "model/chip_accounts.hpp"
#include "model/clock.hpp"
#include "model/link.hpp"
#include "model/plans.hpp"
#include "model/program.hpp"
#include "model/queue.hpp"
#include "model/timeline.hpp"

namespace systole::model {

class IciPort : public sc_core::sc_module {
 public:
  IciPort(const sc_core::sc_module_name& name, const IciConfig& config, const Program& program,
          const Plans& plans, GroupPlace place, Queue<Instance>& issued, Queue<Instance>& ended,
          ChipAccounts& accounts, Account& account);

  // A link that leaves from here.
  Link& lay(std::uint32_t axis, bool up, BytesPerSecond bandwidth, IciPort& neighbour,
            Account& account);
  // `way` leads there, over one link or around a dead one.
  void connect(std::uint32_t axis, bool up, std::vector<Link*> way) {
    ways_[axis][up ? 1 : 0] = std::move(way);
  }
  [[nodiscard]] std::string waiting_for() const;
  void close(Femtoseconds elapsed);

 private:
  // How far one chunk of the running collective is.
  struct Progress {
    const ChunkPlan* plan;
    std::uint32_t phase = 0;
    std::array<std::uint32_t, 2> sent{};  // Of the phase: down, up.
  };
  struct Running {
    Instance instance;
    const Collective* collective;
    OperationId operation;
    Femtoseconds begins;
    std::vector<Progress> chunks;
    std::vector<std::uint32_t> touched;  // Chunks that may go on.
    std::size_t scattering = 0;          // Chunks with a scatter to come.
    std::size_t unfinished = 0;
  };

  // A collective was issued or may begin, a chunk arrived or may leave, links are free at last.
  void wake();
  void receive(const Chunk& chunk);
  void begin(const Instance& instance);
  void go_on();
  void end();
  [[nodiscard]] bool all_left();
  void progress(std::uint32_t index);
  void end_phase(Progress& progress);
  [[nodiscard]] bool carry_out(Progress& progress, std::uint32_t index, bool up);
  [[nodiscard]] std::uint32_t& receipts(std::uint64_t sequence, std::uint32_t slot, bool up);
  void make_appointments();

  const Femtoseconds hop_latency_;
  const Femtoseconds collective_start_;
  const Femtoseconds collective_step_;
  const Program& program_;
  const Plans& plans_;
  const GroupPlace place_;
  Queue<Instance>& issued_;
  Queue<Instance>& ended_;
  ChipAccounts& accounts_;
  Timeline timeline_;
  Alarm alarm_;
  Arrivals arrivals_{alarm_};
  std::deque<Link> links_;                               // That leave from here.
  std::vector<std::array<std::vector<Link*>, 2>> ways_;  // By axis; down, up.
  std::deque<Instance> waiting_;
  std::optional<Running> running_;
  std::uint64_t sequence_ = 0;  // Of the running collective.
  // How often a phase has received, down and up, by its slot; of the running collective and those
  // that neighbours have begun before.
  std::deque<std::vector<std::array<std::uint32_t, 2>>> receipts_;
};

}  // namespace systole::model
