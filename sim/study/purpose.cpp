// SPDX-License-Identifier: Apache-2.0
#include "study/purpose.hpp"

namespace systole {

Purpose purpose_of(const LedgerLine& line) {
  if (is_static(line.action)) {
    return Purpose::fixed;
  }
  if (line.action <= Action::mac_ternary_bf16) {  // The mac_* actions come first.
    return Purpose::products;
  }
  switch (line.component) {
    case Component::vector_unit: return Purpose::vector_unit;
    case Component::sequencer: return Purpose::instructions;
    case Component::ici: return Purpose::links;
    default:
      return line.tensor == Tensor::weight ? Purpose::weights
             : line.tensor == Tensor::kv   ? Purpose::kv_cache
                                           : Purpose::activations;
  }
}

std::array<double, kPurposes> by_purpose(const Bill& bill) {
  std::array<double, kPurposes> out{};
  for (const BillLine& line : bill.lines) {
    out[static_cast<std::size_t>(purpose_of(line.line))] += line.energy_j;
  }
  return out;
}

}  // namespace systole
