// SPDX-License-Identifier: Apache-2.0
// Traces without meaning, for properties that hold of every trace.
#pragma once

#include <cstdint>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "tiny.hpp"

namespace systole {

struct TestPod {
  std::vector<Axis> axes;
  std::uint32_t tensor;
  std::uint32_t data;
};

inline void PrintTo(const TestPod& pod, std::ostream* out) {
  for (const Axis& axis : pod.axes) {
    *out << axis.length << (axis.wraps ? "w " : " ");
  }
  *out << "tensor " << pod.tensor << " data " << pod.data;
}

// Collectives on random axes between matmuls, vector work and moves; with broadcasts, which do not
// fold, of every kind.
inline Trace random_trace(const TestPod& pod, std::uint32_t seed, bool broadcasts = true) {
  std::mt19937 random(seed);
  const auto pick = [&](std::uint64_t low, std::uint64_t high) {
    return low + random() % (high - low + 1);
  };
  const std::vector<GroupAxis> group = tensor_group(tiny_pod(pod.axes), pod.tensor);
  std::vector<Operation> operations;
  std::string before = "previous";
  for (int i = 0; i < 8; ++i) {
    const std::string name = "op" + std::to_string(i);
    Work work = Vector{.add = pick(1, 5000)};
    switch (pick(0, 3)) {
      case 0: {
        Matmul m = matmul(pick(1, 40), pick(1, 64), pick(1, 64));
        m.stationary.place = pick(0, 1) == 0 ? Place::hbm : Place::far_sram;
        m.block = {1, m.rows, pick(1, m.depth), pick(1, m.columns)};
        m.prefetch = pick(0, 1) == 0;
        work = m;
        break;
      }
      case 1:
      case 2: {
        if (group.empty()) {
          break;
        }
        std::vector<std::uint32_t> axes;
        for (std::uint32_t axis = 0; axis < group.size(); ++axis) {
          if (pick(0, 2) > 0 || (axes.empty() && axis + 1 == group.size())) {
            axes.push_back(axis);
          }
        }
        work = Collective{static_cast<CollectiveKind>(pick(0, broadcasts ? 5 : 4)), axes,
                          Bytes{pick(1, 30000)}, DataType::bf16};
        break;
      }
      default: break;
    }
    operations.push_back(operation(name, work, {before}));
    before = name;
  }
  return trace_of(operations, pod.tensor, pod.data, 3);
}

}  // namespace systole
