// SPDX-License-Identifier: Apache-2.0
#include "model/matrix_unit.hpp"

#include <algorithm>

namespace systole::model {
namespace {

Cycles load_cycles(const MatrixUnitConfig& config) {
  return Cycles{
      config.dataflow == Dataflow::output_stationary ? 0 : ceil_div(config.rows, config.load_rows)};
}

}  // namespace

MatrixUnit::MatrixUnit(const MatrixUnitConfig& config)
    : load_(load_cycles(config)),
      bus_(config.dataflow == Dataflow::output_stationary ? config.rows : 0),
      fill_((config.rows + 1) * config.mac_latency + config.columns - 3 +
            (config.preload == Preload::serial ? 0 : config.edge_cycles)),
      serial_(config.preload == Preload::serial) {}

MatrixUnit::Times MatrixUnit::accept(std::uint64_t passes, Cycles stream, Cycles available) {
  if (serial_) {
    return accept_serial(passes, stream, available);
  }
  const Cycles begin = std::max(available, shadow_free_);
  const Cycles bus_wait = bus_free_ > stream ? bus_free_ - stream : Cycles{0};
  const Cycles first = std::max({begin + load_, array_free_, bus_wait});
  const Cycles last = first + std::max({stream, load_, bus_}) * (passes - 1);
  shadow_free_ = last;
  array_free_ = last + stream;
  bus_free_ = array_free_ + bus_;
  drained_ = last + stream + fill_;
  return {.begin = begin, .last_active = last, .end = drained_};
}

void MatrixUnit::stretch(Cycles more) {
  for (Cycles* time : {&shadow_free_, &array_free_, &bus_free_, &drained_}) {
    *time += more;
  }
}

MatrixUnit::Times MatrixUnit::accept_serial(std::uint64_t passes, Cycles stream, Cycles available) {
  const Cycles begin = std::max(available, drained_);
  const Cycles pass = load_ + stream + fill_;
  const Cycles last = begin + pass * (passes - 1) + load_;
  drained_ = begin + pass * passes;
  return {.begin = begin, .last_active = last, .end = drained_};
}

}  // namespace systole::model
