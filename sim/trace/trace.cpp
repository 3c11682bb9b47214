// SPDX-License-Identifier: Apache-2.0
#include "trace/trace.hpp"

namespace systole {

std::string ledger_name(const Block& block, const Operation& operation) {
  return block.name + "." + operation.name;
}

std::string_view name(Place place) {
  switch (place) {
    case Place::scratchpad: return "scratchpad";
    case Place::far_sram: return "far_sram";
    case Place::hbm: return "hbm";
  }
  return "";
}

std::string_view name(Stationary tensor) { return tensor == Stationary::weight ? "weight" : "kv"; }

std::string_view name(CollectiveKind kind) {
  switch (kind) {
    case CollectiveKind::all_gather: return "all_gather";
    case CollectiveKind::reduce_scatter: return "reduce_scatter";
    case CollectiveKind::all_reduce: return "all_reduce";
    case CollectiveKind::all_to_all: return "all_to_all";
    case CollectiveKind::permute: return "permute";
    case CollectiveKind::broadcast: return "broadcast";
  }
  return "";
}

std::string_view kind(const Work& work) {
  struct Kind {
    std::string_view operator()(const Matmul&) const { return "matmul"; }
    std::string_view operator()(const Vector&) const { return "vector"; }
    std::string_view operator()(const Move&) const { return "move"; }
    std::string_view operator()(const Collective& c) const { return name(c.kind); }
    std::string_view operator()(const Launch&) const { return "launch"; }
  };
  return std::visit(Kind{}, work);
}

}  // namespace systole
