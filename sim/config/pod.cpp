// SPDX-License-Identifier: Apache-2.0
#include "config/pod.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/hash.hpp"
#include "config/detour.hpp"
#include "config/read.hpp"

namespace systole {
namespace {

using Mistakes = std::vector<Diagnostic>;

constexpr std::size_t kMostAxes = 3;
constexpr std::uint64_t kMostChips = 1U << 20;

std::vector<Axis> axes(const Document& document) {
  const std::vector<std::uint64_t> shape = document.integers("shape");
  const std::vector<bool> wrap = document.booleans("wrap");
  Mistakes mistakes;
  if (shape.size() > kMostAxes) {
    mistakes.push_back(document.mistake(
        "shape", fmt::format("a pod has 1 to {} axes, not {}", kMostAxes, shape.size())));
  }
  if (shape.size() != wrap.size()) {
    mistakes.push_back(document.mistake(
        "wrap", fmt::format("'wrap' needs one value for each axis of 'shape': {}, not {}",
                            shape.size(), wrap.size())));
  }
  std::vector<Axis> out;
  std::uint64_t chips = 1;
  for (std::size_t i = 0; i < std::min(shape.size(), wrap.size()); ++i) {
    if (shape[i] == 1 && wrap[i]) {
      mistakes.push_back(
          document.mistake("wrap", fmt::format("axis {} has one chip and cannot wrap", i)));
    }
    chips = std::min(kMostChips + 1, chips * shape[i]);
    out.push_back({.length = static_cast<std::uint32_t>(shape[i]), .wraps = wrap[i]});
  }
  if (chips > kMostChips) {
    mistakes.push_back(
        document.mistake("shape", fmt::format("a pod has at most {} chips", kMostChips)));
  }
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
  return out;
}

void read_optical(const Document& document, std::vector<Axis>& axes) {
  if (!document.has("optical")) {
    return;
  }
  const std::vector<std::uint64_t> optical = document.integers("optical");
  if (optical.size() != axes.size()) {
    throw UserError({document.mistake(
        "optical", fmt::format("'optical' needs one value for each axis of 'shape': {}, not {}",
                               axes.size(), optical.size()))});
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (optical[i] > 0 && axes[i].length % optical[i] != 0) {
      throw UserError({document.mistake(
          "optical", fmt::format("axis {} has {} chips, which cubes of {} do not divide", i,
                                 axes[i].length, optical[i]))});
    }
    axes[i].optical = static_cast<std::uint32_t>(optical[i]);
  }
}

// Checks that need the pod and its chip.
void check_links(const Document& document, const PodConfig& pod) {
  if (pod.chips() == 1) {
    return;
  }
  if (!pod.chip.ici) {
    throw UserError({document.mistake(
        "chip", fmt::format("chip '{}' has no links ('ici'), and the pod has {} chips",
                            pod.chip.name, pod.chips()))});
  }
  std::uint32_t needed = 0;
  for (const Axis& axis : pod.axes) {
    needed += axis.length > 1 ? 2 : 0;
  }
  if (pod.chip.ici->links < needed) {
    throw UserError(
        {document.mistake("shape", fmt::format("chip '{}' has {} links, and this mesh needs {}",
                                               pod.chip.name, pod.chip.ici->links, needed))});
  }
}

std::string text_of(const std::vector<std::uint32_t>& chip) {
  return fmt::format("[{}]", fmt::join(chip, ", "));
}

// What is wrong with a fault of this pod; empty if nothing is.
std::string why_no_fault(const PodConfig& pod, const LinkFault& fault) {
  if (fault.chip.size() != pod.axes.size()) {
    return fmt::format("a place in this pod has {} numbers, and {} has {}", pod.axes.size(),
                       text_of(fault.chip), fault.chip.size());
  }
  for (std::size_t axis = 0; axis < pod.axes.size(); ++axis) {
    if (fault.chip[axis] >= pod.axes[axis].length) {
      return fmt::format("chip {} is outside the pod: axis {} has {} chips, counted from 0",
                         text_of(fault.chip), axis, pod.axes[axis].length);
    }
  }
  const std::uint64_t chip = number_of(pod, fault.chip);
  const char* direction = fault.up ? "up" : "down";
  if (fault.axis >= pod.axes.size()) {
    return fmt::format("there is no axis {}: the pod has {}", fault.axis, pod.axes.size());
  }
  if (!end_of(pod, {.chip = chip, .axis = fault.axis, .up = fault.up})) {
    return fmt::format("chip {} has no link {} on axis {}, which does not wrap",
                       text_of(fault.chip), direction, fault.axis);
  }
  if (fault.bandwidth && fault.bandwidth->count() >= pod.chip.ici->bandwidth.count()) {
    return fmt::format("a slow link has less than the {:g} GB/s of a whole one, not {:g} GB/s",
                       pod.chip.ici->bandwidth.count() / 1e9, fault.bandwidth->count() / 1e9);
  }
  if (fault.bandwidth && fault.bandwidth->count() < 1e6) {
    return "a slow link has at least 1 MB/s; write 'state: down' for none";
  }
  return "";
}

// Which chips are cut off, if a dead link has no way around it.
std::string why_apart(const PodConfig& pod) {
  constexpr std::size_t kMostNamed = 8;
  for (const LinkFault& fault : pod.faults) {
    const std::uint64_t chip = number_of(pod, fault.chip);
    if (fault.bandwidth ||
        !detour(pod, {.chip = chip, .axis = fault.axis, .up = fault.up}).empty()) {
      continue;
    }
    const std::vector<std::uint64_t> lost = unreachable(pod, chip);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(lost.size(), kMostNamed); ++i) {
      names.push_back(text_of(coordinates(pod, lost[i])));
    }
    return fmt::format(
        "the pod falls apart: chip {} cannot reach {}{}", text_of(fault.chip),
        fmt::join(names, ", "),
        lost.size() > kMostNamed ? fmt::format(" and {} more", lost.size() - kMostNamed) : "");
  }
  return "";
}

void read_faults(const Document& document, PodConfig& pod) {
  if (!document.has("faults")) {
    return;
  }
  Mistakes mistakes;
  for (const FaultEntry& entry : document.faults("faults")) {
    LinkFault fault{.chip = {},
                    .axis = static_cast<std::uint32_t>(entry.axis),
                    .up = entry.up,
                    .bandwidth = {}};
    for (const std::uint64_t position : entry.chip) {
      fault.chip.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(position, ~0U)));
    }
    if (entry.bandwidth) {
      fault.bandwidth = BytesPerSecond{*entry.bandwidth};
    }
    std::string problem = why_no_fault(pod, fault);
    if (std::ranges::any_of(pod.faults, [&](const LinkFault& other) {
          return other.chip == fault.chip && other.axis == fault.axis && other.up == fault.up;
        })) {
      problem = fmt::format("the link {} on axis {} of chip {} is there twice",
                            fault.up ? "up" : "down", fault.axis, text_of(fault.chip));
    }
    if (!problem.empty()) {
      mistakes.push_back(
          document.mistake("faults", fmt::format("fault {}: {}", pod.faults.size() + 1, problem)));
    }
    pod.faults.push_back(std::move(fault));
  }
  if (mistakes.empty()) {
    if (std::string apart = why_apart(pod); !apart.empty()) {
      mistakes.push_back(document.mistake("faults", std::move(apart)));
    }
  }
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
}

std::string shape_text(const PodConfig& pod) {
  std::vector<std::uint32_t> lengths;
  for (const Axis& axis : pod.axes) {
    lengths.push_back(axis.length);
  }
  return fmt::format("{}", fmt::join(lengths, "x"));
}

// Whole leading axes times an even part of the next one.
std::set<std::uint64_t> working_degrees(const PodConfig& pod) {
  std::set<std::uint64_t> out;
  std::uint64_t whole = 1;
  for (const Axis& axis : pod.axes) {
    for (std::uint32_t part = 1; part <= axis.length; ++part) {
      if (axis.length % part == 0) {
        out.insert(whole * part);
      }
    }
    whole *= axis.length;
  }
  return out;
}

}  // namespace

PodConfig read_pod(const std::string& file) {
  const Document document = load(FileKind::pod, file);
  return pod_config(document, read_chip_file(document.path("chip")));
}

PodConfig pod_config(const Document& document, ChipFile chip) {
  std::vector<Axis> shape = axes(document);
  read_optical(document, shape);
  PodConfig pod{.name = document.text("name"),
                .chip = std::move(chip.chip),
                .axes = std::move(shape),
                .faults = {},
                .hash = {}};
  check_links(document, pod);
  read_faults(document, pod);
  const nlohmann::ordered_json content{{"pod", document.canonical()}, {"chip", chip.canonical}};
  pod.hash = content_hash(content.dump());
  return pod;
}

std::vector<GroupAxis> tensor_group(const PodConfig& pod, std::uint32_t tensor) {
  std::vector<GroupAxis> out;
  std::uint32_t remaining = tensor;
  for (std::uint32_t i = 0; i < pod.axes.size() && remaining > 1; ++i) {
    const Axis& axis = pod.axes[i];
    if (axis.length == 1) {
      continue;
    }
    if (remaining % axis.length == 0) {
      out.push_back({.axis = i, .length = axis.length, .wraps = axis.wraps});
      remaining /= axis.length;
    } else if (axis.length % remaining == 0) {
      out.push_back({.axis = i, .length = remaining, .wraps = false});
      remaining = 1;
    } else {
      break;
    }
  }
  if (remaining != 1) {
    fail(
        "tensor groups of {} chips do not fit pod '{}' ({}): they take whole axes, first axis "
        "first, and an even part of the next, so {} work",
        tensor, pod.name, shape_text(pod), fmt::join(working_degrees(pod), ", "));
  }
  return out;
}

}  // namespace systole
