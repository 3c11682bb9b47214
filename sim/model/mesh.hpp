// SPDX-License-Identifier: Apache-2.0
// The chips that are simulated, and their links: all of a pod, one tensor group, or one chip that
// stands for all of them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/detour.hpp"
#include "config/pod.hpp"
#include "model/chip.hpp"
#include "model/program.hpp"

namespace systole::model {

enum class Extent : std::uint8_t { one_chip, one_group, whole_pod };

class Mesh {
 public:
  Mesh(const PodConfig& pod, const std::vector<GroupAxis>& group, Extent extent,
       const Program& program, const Residency& residency, Ledger& ledger, Recording* recording);

  [[nodiscard]] const std::vector<std::unique_ptr<Chip>>& chips() const { return chips_; }

 private:
  using Coordinates = std::vector<std::uint32_t>;  // On the pod's axes.
  void connect_groups();
  void connect_to_itself();
  [[nodiscard]] std::vector<LinkPlace> links_of_group(std::size_t chip) const;
  [[nodiscard]] std::uint32_t name_of(std::uint32_t axis) const;
  Link& lay(const LinkPlace& place);
  [[nodiscard]] Coordinates coordinates(std::size_t index) const;
  [[nodiscard]] std::size_t index(const Coordinates& at) const;

  const PodConfig& pod_;
  const std::vector<GroupAxis>& group_;
  std::vector<std::uint32_t> shape_;  // Chips that are simulated along each axis of the pod.
  const Plans plans_;
  std::vector<std::unique_ptr<Chip>> chips_;
  std::map<LinkPlace, Link*> laid_;
};

}  // namespace systole::model
