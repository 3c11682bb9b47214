// SPDX-License-Identifier: Apache-2.0
#include "network/transfers.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/error.hpp"

namespace systole::network {
namespace {

class Run {
 public:
  Run(FlitNetwork& network, Bytes flit, const std::vector<Transfer>& transfers, Sending sending)
      : network_(network), flit_(flit), transfers_(transfers), sending_(sending) {
    lanes_.resize(std::size_t{network.torus().chips()} * (network.torus().directions() + 1));
    const std::size_t n = transfers.size();
    times_.finish.assign(n, 0);
    waits_.assign(n, 0);
    packets_.assign(n, 0);
    followers_.assign(n, {});
    for (std::uint32_t i = 0; i < n; ++i) {
      waits_[i] = transfers[i].after.size();
      for (const std::uint32_t before : transfers[i].after) {
        if (before >= n) {
          fail("transfer {} waits for transfer {}, and there are {}", i, before, n);
        }
        followers_[before].push_back(i);
      }
    }
  }

  TransferTimes times() && {
    check_order();
    for (std::uint32_t i = 0; i < transfers_.size(); ++i) {
      if (transfers_[i].after.empty()) {
        ready_.push_back(i);
      }
    }
    start();
    while (!network_.is_empty()) {
      if ((times_.deadlock = network_.run_to_delivery())) {
        break;
      }
      for (const Delivery& delivery : network_.take_delivered()) {
        const auto owner = owner_.find(delivery.packet);
        const std::uint32_t i = owner->second;
        if (sending_ == Sending::ranked) {
          Lane& lane = lane_of(transfers_[i]);
          --lane.in_flight;
          feed(lane);
        }
        if (--packets_[i] == 0) {
          finish(i);
        }
        owner_.erase(owner);
      }
      start();
    }
    return std::move(times_);
  }

 private:
  // Every transfer can be reached by taking off those that wait for nothing.
  void check_order() const {
    std::vector<std::size_t> waits = waits_;
    std::vector<std::uint32_t> done;
    for (std::uint32_t i = 0; i < waits.size(); ++i) {
      if (waits[i] == 0) {
        done.push_back(i);
      }
    }
    for (std::size_t i = 0; i < done.size(); ++i) {
      for (const std::uint32_t follower : followers_[done[i]]) {
        if (--waits[follower] == 0) {
          done.push_back(follower);
        }
      }
    }
    if (done.size() < waits.size()) {
      const auto stuck = std::find_if(waits.begin(), waits.end(), [](auto w) { return w != 0; });
      fail("transfer {} waits for itself in a circle", stuck - waits.begin());
    }
  }

  void start() {
    while (!ready_.empty()) {
      std::vector<std::uint32_t> now = std::exchange(ready_, {});
      std::sort(now.begin(), now.end());
      std::vector<std::uint64_t> left;
      for (const std::uint32_t i : now) {
        left.push_back(flits(transfers_[i]));
        packets_[i] = ceil_div(left.back(), network_.config().packet_flits);
        if (left.back() == 0) {
          finish(i);
        }
      }
      if (sending_ == Sending::ranked) {
        offer(now, left);
      } else {
        take_turns(now, left);
      }
    }
  }

  void take_turns(const std::vector<std::uint32_t>& now, std::vector<std::uint64_t>& left) {
    for (bool is_more = true; is_more;) {
      is_more = false;
      for (std::size_t n = 0; n < now.size(); ++n) {
        if (left[n] != 0) {
          left[n] -= inject(now[n], left[n], network_.now() + transfers_[now[n]].delay);
          is_more = is_more || left[n] != 0;
        }
      }
    }
  }

  // What waits for one link of a chip. Lowest rank first, then the first that became ready.
  struct Offer {
    std::uint64_t rank;
    std::uint64_t order;
    std::uint32_t transfer;
    std::uint64_t from;  // Cycle.
    std::uint64_t left;  // Flits.
    bool operator<(const Offer& other) const {
      return std::tie(rank, order) < std::tie(other.rank, other.order);
    }
  };
  struct Lane {
    std::set<Offer> offers;
    std::uint64_t in_flight = 0;  // Packets.
  };

  Lane& lane_of(const Transfer& transfer) {
    const Torus& torus = network_.torus();
    return lanes_[transfer.source * (torus.directions() + 1) +
                  torus.next(transfer.source, transfer.destination, false)];
  }

  void offer(const std::vector<std::uint32_t>& now, const std::vector<std::uint64_t>& left) {
    for (std::size_t n = 0; n < now.size(); ++n) {
      if (left[n] != 0) {
        const Transfer& transfer = transfers_[now[n]];
        lane_of(transfer).offers.insert({.rank = transfer.rank,
                                         .order = offered_++,
                                         .transfer = now[n],
                                         .from = network_.now() + transfer.delay,
                                         .left = left[n]});
      }
    }
    for (const std::uint32_t i : now) {
      feed(lane_of(transfers_[i]));
    }
  }

  void feed(Lane& lane) {
    while (!lane.offers.empty() &&
           lane.in_flight < ahead(transfers_[lane.offers.begin()->transfer])) {
      auto first = lane.offers.extract(lane.offers.begin());
      Offer& offer = first.value();
      offer.left -= inject(offer.transfer, offer.left, std::max(offer.from, network_.now()));
      ++lane.in_flight;
      if (offer.left != 0) {
        lane.offers.insert(std::move(first));
      }
    }
  }

  // Packets on their way that keep a link busy: those of the time that one takes alone, and one
  // that waits. In a tie packets have two links to go.
  [[nodiscard]] std::uint64_t ahead(const Transfer& transfer) const {
    const FlitConfig& config = network_.config();
    const Torus& torus = network_.torus();
    const std::uint64_t hops = torus.hops(transfer.source, transfer.destination);
    const std::uint64_t links = torus.next(transfer.source, transfer.destination, false) ==
                                        torus.next(transfer.source, transfer.destination, true)
                                    ? 1
                                    : 2;
    const std::uint64_t alone = hops * (config.router_cycles + config.link_cycles) + 1;
    return links * (ceil_div(alone, config.packet_flits) + 2);
  }

  [[nodiscard]] std::uint64_t flits(const Transfer& transfer) const {
    const std::uint64_t exact = ceil_div(transfer.bytes.count(), flit_.count());
    const std::uint32_t packet = network_.config().packet_flits;
    return network_.config().freedom == DeadlockFreedom::bubble ? ceil_div(exact, packet) * packet
                                                                : exact;
  }

  // Returns the flits of the next packet of a transfer that has `left` to go.
  std::uint64_t inject(std::uint32_t i, std::uint64_t left, std::uint64_t cycle) {
    const auto part =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(left, network_.config().packet_flits));
    const Packet packet{transfers_[i].source, transfers_[i].destination, part};
    owner_[network_.inject(packet, cycle)] = i;
    return part;
  }

  void finish(std::uint32_t i) {
    times_.finish[i] = network_.now();
    times_.end = std::max(times_.end, network_.now());
    for (const std::uint32_t follower : followers_[i]) {
      if (--waits_[follower] == 0) {
        ready_.push_back(follower);
      }
    }
  }

  FlitNetwork& network_;
  const Bytes flit_;
  const std::vector<Transfer>& transfers_;
  const Sending sending_;
  std::vector<Lane> lanes_;  // By chip and first direction.
  std::uint64_t offered_ = 0;
  std::vector<std::size_t> waits_;      // Transfers still to come before this one.
  std::vector<std::uint64_t> packets_;  // Still to be delivered.
  std::vector<std::vector<std::uint32_t>> followers_;
  std::vector<std::uint32_t> ready_;
  std::unordered_map<std::uint64_t, std::uint32_t> owner_;  // Of a packet; never iterated.
  TransferTimes times_;
};

}  // namespace

TransferTimes run_transfers(FlitNetwork& network, Bytes flit,
                            const std::vector<Transfer>& transfers, Sending sending) {
  check(network.is_empty(), "transfers in a network that carries something else");
  check(flit.count() >= 1, "a flit without bytes");
  static_cast<void>(network.take_delivered());  // Of what it carried before.
  return Run(network, flit, transfers, sending).times();
}

}  // namespace systole::network
