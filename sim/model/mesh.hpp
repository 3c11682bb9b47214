// SPDX-License-Identifier: Apache-2.0
// The chips that are simulated, and their links: all of a pod, one tensor group, or one chip that
// stands for all of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/pod.hpp"
#include "model/chip.hpp"
#include "model/program.hpp"

namespace systole::model {

enum class Extent : std::uint8_t { one_chip, one_group, whole_pod };

class Mesh {
 public:
  Mesh(const PodConfig& pod, const std::vector<GroupAxis>& group, Extent extent,
       const Program& program, const Residency& residency, Ledger& ledger);

  [[nodiscard]] const std::vector<std::unique_ptr<Chip>>& chips() const { return chips_; }

 private:
  using Coordinates = std::vector<std::uint32_t>;  // On the pod's axes.
  void connect_groups(const std::vector<GroupAxis>& group);
  void connect_to_itself(const std::vector<GroupAxis>& group);
  [[nodiscard]] Coordinates coordinates(std::size_t index) const;
  [[nodiscard]] std::size_t index(const Coordinates& at) const;

  std::vector<std::uint32_t> shape_;  // Chips that are simulated along each axis of the pod.
  const Plans plans_;
  std::vector<std::unique_ptr<Chip>> chips_;
};

}  // namespace systole::model
