// SPDX-License-Identifier: Apache-2.0
// What the DMA hands to a memory: trains of bursts, never single bursts.
//
// A client opens a port, pushes requests into it and gets one reply for each, when all its data are
// there, in the order of its requests. A memory serves requests in order of arrival; of those that
// arrive at one instant, the port opened first goes first.
#pragma once

#include <cstdint>

#include "base/quantity.hpp"
#include "ledger/ledger.hpp"
#include "model/queue.hpp"

namespace systole::model {

enum class Direction : std::uint8_t { read, write };

// `segments` contiguous pieces of equal size. Where they lie does not matter yet to a memory that
// accounts for rows and bursts in bulk; a command-level memory adds a base and a stride here.
struct Train {
  Bytes bytes;
  std::uint64_t segments;
  Direction direction;
  std::uint64_t elements;  // Numbers in it.
  OperationId operation;
  Tensor tensor;

  [[nodiscard]] Bytes piece() const { return Bytes{ceil_div(bytes.count(), segments)}; }
};

struct TrainDone {};

// A train and the number of the port it came through.
struct Request {
  Train train;
  std::uint32_t port;
};

class StorePort {
 public:
  StorePort(Queue<Request>& requests, std::uint32_t number)
      : requests_(requests), number_(number) {}

  void request(const Train& train) { requests_.push({.train = train, .port = number_}); }
  [[nodiscard]] Queue<TrainDone>& replies() { return replies_; }

 private:
  Queue<Request>& requests_;
  const std::uint32_t number_;
  Queue<TrainDone> replies_;
};

}  // namespace systole::model
