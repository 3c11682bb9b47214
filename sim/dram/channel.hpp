// SPDX-License-Identifier: Apache-2.0
// One pseudo-channel, command by command: what README.md calls the service of one channel.
//
// A value: a copy has a future of its own, so planning ahead is serving a copy.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "dram/batched.hpp"
#include "dram/epochs.hpp"
#include "dram/service.hpp"
#include "dram/timing.hpp"
#include "dram/window.hpp"

namespace systole::dram {

class Channel {  // NOLINT(bugprone-exception-escape): only memory can run out.
 public:
  explicit Channel(const Timing& timing);  // Which outlives it.

  // Requests of a stream are served in the order in which they are submitted; `train` names the
  // completion, which comes with the `last` share of it. A request arrives at settled() or later,
  // or of a stream with a backlog.
  void submit(const Request& request, std::uint64_t train = 0, bool last = true);

  // Goes on until a train's share is complete, the horizon is reached or nothing is left. `memo`,
  // which channels of equal timing share, lets whole epochs be repeated; policy `batched` only.
  std::optional<Completion> serve(const Horizon& horizon = {}, EpochMemo* memo = nullptr,
                                  Pace pace = Pace::visits);
  // With nothing to serve: refreshes due by `cycle`.
  void idle_until(std::uint64_t cycle);

  [[nodiscard]] bool has_work() const;
  // An arrival at this cycle or later would have changed nothing so far.
  [[nodiscard]] std::uint64_t settled() const;
  // The stream had work at every choice since it last began: more of it, whenever it arrives, would
  // have changed nothing so far. Never so under policy `window`.
  [[nodiscard]] bool has_backlog(std::uint32_t stream) const;
  // No share that is still to complete does so before this cycle.
  [[nodiscard]] std::uint64_t next_completion() const;
  // All commands so far, refreshes and their precharges included.
  [[nodiscard]] const Counts& totals() const;
  // No work, and equal futures whatever arrives from `now` on.
  [[nodiscard]] bool is_same_from(const Channel& other, std::uint64_t now) const;

  // Every command from now on, as they are decided: rows are prepared ahead, so sort by cycle. With
  // a sink nothing is skipped. Null ends it.
  void record(CommandTrace* sink);

 private:
  [[nodiscard]] const Banks& banks() const;
  [[nodiscard]] Banks& banks();

  const Timing* timing_;
  std::variant<Batched, FirstReady> policy_;
};

}  // namespace systole::dram
