// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "analytic/accesses.hpp"
#include "analytic/blocks.hpp"
#include "analytic/bounds.hpp"
#include "analytic/collectives.hpp"
#include "analytic/trains.hpp"
#include "analytic/vector_cycles.hpp"
#include "analytic/whole.hpp"
#include "config/detour.hpp"

namespace systole {
namespace {

using Counts = std::map<CountKey, std::uint64_t>;

// Counts on behalf of one operation, each `times` over: repeats, and chips that do the same.
class Tally {
 public:
  Tally(Counts& counts, std::string operation, std::uint64_t times)
      : counts_(counts), operation_(std::move(operation)), times_(times) {}

  void add(Tensor tensor, Action action, std::initializer_list<std::uint64_t> factors) {
    const std::uint64_t n = product({product(factors), times_});
    if (n > 0) {
      std::uint64_t& count = counts_[{operation_, tensor, action}];
      count = sum(count, n);
    }
  }

 private:
  Counts& counts_;
  std::string operation_;
  std::uint64_t times_;
};

std::uint64_t triangle(std::uint64_t n) { return product({n, n + 1}) / 2; }

// How often rows of a block are shifted: a tile's row h from the top moves h times to its place.
std::uint64_t row_shifts(std::uint64_t depth, std::uint64_t rows) {
  return sum(product({depth / rows, triangle(rows)}), triangle(depth % rows));
}

void count_operands(const Matmul& m, const ChipConfig& chip, const Steps& s, Tally& tally) {
  const MatrixUnitConfig& unit = chip.matrix_unit;
  const auto& [p, r, d, c] = s.block;
  const Multiplier multiplier = multiplier_for(m.stationary.type, m.moving.type);
  const Tensor tensor = tensor_of(m.tensor);
  const bool input = unit.dataflow == Dataflow::input_stationary;
  const std::uint64_t reads = stationary_reads(unit, s.block);

  tally.add(tensor, mac_action(multiplier), {p, r, d, c, s.count});
  if (unit.dataflow != Dataflow::output_stationary) {
    tally.add(tensor, Action::weight_shift_bit,
              {p, input ? r : c, row_shifts(d, unit.rows), operand_bits(multiplier), s.count});
  }
  if (needs_dequantisation(m.stationary.type, multiplier)) {
    tally.add(tensor, Action::dequantise, {p, d, c, reads, s.count});
  }
  tally.add(tensor, Action::scratchpad_read, {stationary_accesses(m, chip, s.block), s.count});
  tally.add(Tensor::activation, Action::scratchpad_read,
            {moving_accesses(m, chip, s.block), s.count});

  const Passes pass = passes(unit, s.block);
  tally.add(Tensor::none, Action::bundle,
            {pass.count, ceil_div(pass.stream, unit.rows_per_push), s.count});
  if (unit.dataflow != Dataflow::output_stationary) {
    tally.add(Tensor::none, Action::bundle,
              {pass.count, ceil_div(unit.rows, unit.rows_per_push), s.count});
  }
}

void count_sums(const MatrixUnitConfig& unit, const Steps& s, Tally& tally) {
  const auto& [p, r, d, c] = s.block;
  const std::uint64_t folds =
      unit.dataflow == Dataflow::output_stationary ? 1 : ceil_div(d, unit.rows);
  for (const Action action : {Action::accumulator_read, Action::accumulator_write}) {
    tally.add(Tensor::activation, action, {4, p, r, c, folds, s.count});
  }
}

void count_results(const Matmul& m, const ChipConfig& chip, const Steps& s, Tally& tally) {
  const MatrixUnitConfig& unit = chip.matrix_unit;
  const auto& [p, r, d, c] = s.block;
  tally.add(Tensor::activation, Action::scratchpad_write,
            {result_accesses(m, chip, s.block), s.count});
  if (unit.dataflow != Dataflow::output_stationary) {
    const std::uint64_t sharing =
        std::max<std::uint64_t>(1, unit.count / product({p, ceil_div(c, unit.columns)}));
    const std::uint64_t split = std::min(ceil_div(d, unit.rows), sharing);
    tally.add(Tensor::activation, Action::lane_add, {split - 1, p, r, c, s.count});
  }
}

void count(const Matmul& m, const ChipConfig& chip, Tally& tally) {
  const bool in_place = chip.matrix_unit.dataflow == Dataflow::output_stationary;
  for (const Steps& s : every_step(m)) {
    count_operands(m, chip, s, tally);
    if (!in_place) {
      count_sums(chip.matrix_unit, s, tally);
    }
  }
  for (const Steps& s : result_steps(m)) {
    count_results(m, chip, s, tally);
    if (in_place) {
      count_sums(chip.matrix_unit, s, tally);
    }
  }
}

void count(const Vector& v, const ChipConfig& chip, Tally& tally) {
  const std::uint64_t granule = chip.scratchpad.granule.count();
  tally.add(Tensor::none, Action::bundle, {vector_cycles(v, chip.vector_unit).count()});
  tally.add(Tensor::activation, Action::lane_add, {v.add});
  tally.add(Tensor::activation, Action::lane_multiply, {v.multiply});
  tally.add(Tensor::activation, Action::lane_fma, {v.fma});
  tally.add(Tensor::activation, Action::lane_transcendental, {v.transcendental});
  tally.add(Tensor::activation, Action::lane_shuffle, {v.shuffle});
  tally.add(Tensor::activation, Action::scratchpad_read, {ceil_div(v.read.count(), granule)});
  tally.add(Tensor::activation, Action::scratchpad_write, {ceil_div(v.written.count(), granule)});
}

void count_hbm(const Trains& t, const HbmConfig& hbm, Tally& tally) {
  // Whole rows, or as many as a short train finds closed: an estimate, see expected().
  const std::uint64_t n = bursts(t, hbm);
  const std::uint64_t fresh = std::min(n, product({hbm.channels(), hbm.memory.groups}));
  tally.add(t.tensor, Action::hbm_activate,
            {std::max(ceil_div(n, hbm.memory.columns), fresh), t.count});
  for (const Action action : {t.writes ? Action::hbm_write : Action::hbm_read, Action::hbm_io,
                              Action::hbm_phy, Action::hbm_wire}) {
    tally.add(t.tensor, action, {bursts(t, hbm), t.count});
  }
  if (!t.writes) {
    tally.add(t.tensor, Action::hbm_element, {t.elements, t.count});
  }
}

void count(const Trains& t, const ChipConfig& chip, Tally& tally) {
  const auto accesses = [&t](Bytes granule) {
    return product({t.segments, ceil_div(t.piece(), granule.count()), t.count});
  };
  switch (t.store) {
    case Place::scratchpad:
      tally.add(t.tensor, t.writes ? Action::scratchpad_write : Action::scratchpad_read,
                {accesses(chip.scratchpad.granule)});
      return;
    case Place::far_sram:
      check(chip.far_sram.has_value(), "the trace uses a far SRAM that the chip does not have");
      tally.add(t.tensor, t.writes ? Action::far_sram_write : Action::far_sram_read,
                {accesses(chip.far_sram->granule)});
      if (!t.writes) {
        tally.add(t.tensor, Action::far_sram_element, {t.elements, t.count});
      }
      return;
    case Place::hbm:
      check(chip.hbm.has_value(), "the trace uses an HBM that the chip does not have");
      count_hbm(t, *chip.hbm, tally);
      return;
  }
}

// Whether the chip with a fault sends in a phase: of a broadcast, only the chips at the beginning
// of the axes after it.
bool sends(const LinkFault& fault, const AxisPhase& phase, const std::vector<GroupAxis>& axes) {
  if (axes[phase.axis].axis != fault.axis) {
    return false;
  }
  return phase.exchange != Exchange::spread ||
         std::all_of(
             axes.begin() + static_cast<std::ptrdiff_t>(phase.axis) + 1, axes.end(),
             [&](const GroupAxis& axis) { return fault.chip[axis.axis] % axis.length == 0; });
}

// Bytes over optical links that a detour adds, and those that a dead link would have had.
struct DetouredOptics {
  std::uint64_t more = 0;
  std::uint64_t fewer = 0;
};

bool is_optical(const PodConfig& pod, const LinkPlace& link) {
  return pod.axes[link.axis].is_optical(coordinates(pod, link.chip)[link.axis], link.up);
}

// What would cross a dead link crosses every link of its detour.
DetouredOptics count_detours(const Collective& work, const std::vector<GroupAxis>& axes,
                             const PodConfig& pod, Tally& tally) {
  DetouredOptics optics;
  for (const LinkFault& fault : pod.faults) {
    if (fault.bandwidth) {
      continue;
    }
    const LinkPlace place{.chip = number_of(pod, fault.chip), .axis = fault.axis, .up = fault.up};
    const std::vector<LinkPlace> way = detour(pod, place);
    const std::uint64_t more = way.size() - 1;
    const auto optical = static_cast<std::uint64_t>(std::count_if(
        way.begin(), way.end(), [&](const LinkPlace& leg) { return is_optical(pod, leg); }));
    for (const Chunks& equal : chunks(ici_of(pod.chip), work.kind, axes, work.bytes)) {
      for (const AxisPhase& phase : equal.phases) {
        if (sends(fault, phase, axes)) {
          const GroupAxis& axis = axes[phase.axis];
          const std::uint64_t bytes =
              product({link_bytes(axis, phase, fault.chip[axis.axis] % axis.length, fault.up),
                       equal.count});
          tally.add(Tensor::activation, Action::link_byte, {bytes, more});
          optics.more = sum(optics.more, product({bytes, optical}));
          optics.fewer = sum(optics.fewer, is_optical(pod, place) ? bytes : 0);
        }
      }
    }
  }
  return optics;
}

// Of the bytes of a phase, those that cross optical links, over all rings or lines of the axis in
// the pod, of which there are `rings`.
std::uint64_t optical_bytes(const PodConfig& pod, const GroupAxis& axis, const AxisPhase& phase,
                            std::uint64_t rings) {
  const Axis& whole = pod.axes[axis.axis];
  std::uint64_t bytes = 0;
  for (std::uint32_t position = 0; whole.optical > 0 && position < whole.length; ++position) {
    for (const bool up : {true, false}) {
      if (whole.is_optical(position, up)) {
        bytes = sum(bytes, link_bytes(axis, phase, position % axis.length, up));
      }
    }
  }
  return product({bytes, rings / (whole.length / axis.length)});
}

// `tally` counts for every chip of the pod at once here: positions on a line differ.
void count(const Collective& work, const std::vector<GroupAxis>& group, const PodConfig& pod,
           Tally& tally) {
  const std::uint64_t granule = pod.chip.scratchpad.granule.count();
  const std::vector<GroupAxis> axes = axes_of(work, group);
  std::uint64_t groups = pod.chips();
  for (const GroupAxis& axis : axes) {
    groups /= axis.length;
  }
  const DetouredOptics detoured = count_detours(work, axes, pod, tally);
  std::uint64_t optical = detoured.more;
  for (const Chunks& equal : chunks(ici_of(pod.chip), work.kind, axes, work.bytes)) {
    for (const AxisPhase& phase : equal.phases) {
      const GroupAxis& axis = axes[phase.axis];
      const std::uint64_t rings = product({phase.lines, groups, equal.count});
      optical = sum(optical, optical_bytes(pod, axis, phase, rings));
      for (const Transfers& t : transfers(axis, phase)) {
        const std::uint64_t granules = product({ceil_div(t.bytes, granule), t.count, rings});
        tally.add(Tensor::activation, Action::link_byte, {t.bytes, t.count, rings});
        tally.add(Tensor::activation, Action::scratchpad_read, {granules});
        tally.add(Tensor::activation, Action::scratchpad_write, {granules});
        if (phase.exchange == Exchange::scatter) {
          tally.add(Tensor::activation, Action::scratchpad_read, {granules});
          tally.add(Tensor::activation, Action::lane_add,
                    {ceil_div(product({t.bytes, 8}), bits(work.type)), t.count, rings});
        }
      }
    }
  }
  tally.add(Tensor::activation, Action::optical_byte, {optical - detoured.fewer});
}

void count(const Block& block, const Operation& operation, const std::vector<GroupAxis>& group,
           const PodConfig& pod, Expected& result) {
  const std::string name = ledger_name(block, operation);
  Tally tally(result.counts, name, product({block.repeat, pod.chips()}));
  if (const auto* matmul = std::get_if<Matmul>(&operation.work)) {
    count(*matmul, pod.chip, tally);
    const Multiplier kind = multiplier_for(matmul->stationary.type, matmul->moving.type);
    std::uint64_t& useful = result.useful[static_cast<std::size_t>(kind)];
    useful = sum(useful, product({matmul->useful, block.repeat}));
  } else if (const auto* vector = std::get_if<Vector>(&operation.work)) {
    count(*vector, pod.chip, tally);
  } else if (const auto* collective = std::get_if<Collective>(&operation.work)) {
    Tally whole(result.counts, name, block.repeat);
    count(*collective, group, pod, whole);
  }
  for (const Trains& t : trains(operation.work)) {
    count(t, pod.chip, tally);
  }
}

}  // namespace

std::uint64_t Expected::total(Action action) const {
  std::uint64_t total = 0;
  for (const auto& [key, n] : counts) {
    if (key.action == action) {
      total = sum(total, n);
    }
  }
  return total;
}

Expected expected(const PodConfig& pod, const Trace& trace) {
  Expected result;
  const std::vector<GroupAxis> group = tensor_group(pod, trace.tensor);
  for (const Block& block : trace.blocks) {
    for (const Operation& operation : block.operations) {
      count(block, operation, group, pod, result);
    }
  }
  for (const Multiplier kind : kMultipliers) {
    result.macs[static_cast<std::size_t>(kind)] = result.total(mac_action(kind));
  }
  if (pod.chip.hbm) {
    const std::uint64_t burst = pod.chip.hbm->burst().count();
    result.hbm_read_bytes = product({result.total(Action::hbm_read), burst});
    result.hbm_write_bytes = product({result.total(Action::hbm_write), burst});
  }
  result.link_bytes = result.total(Action::link_byte);
  return result;
}

}  // namespace systole
