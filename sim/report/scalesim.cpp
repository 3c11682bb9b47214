// SPDX-License-Identifier: Apache-2.0
#include "report/scalesim.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "base/number.hpp"

namespace systole {
namespace {

// Bytes of one chip, and between which instants its unit was at work for them.
struct Stream {
  double bytes = 0.0;
  std::optional<Femtoseconds> begin{};
  Femtoseconds end{};

  void extend(const Slice& slice) {
    begin = std::min(begin.value_or(slice.begin), slice.begin);
    end = std::max(end, slice.end);
  }
};

struct Layer {
  OperationId operation;
  double cells_used = 0.0;  // Of the arrays, by tiles, and how many there are.
  double cells = 0.0;
  double products = 0.0;         // On one chip, in cycles of one array at its full rate.
  Femtoseconds time{};           // In which the first array has it, stalled or not.
  Femtoseconds stalled{};        // Of it.
  std::array<Stream, 3> sram{};  // IFMAP, FILTER, OFMAP.
  std::array<Stream, 3> dram{};
};
constexpr std::size_t kIfmap = 0;
constexpr std::size_t kFilter = 1;
constexpr std::size_t kOfmap = 2;

bool is_stalled(State state) {
  return state == State::stalled_stationary || state == State::stalled_moving ||
         state == State::stalled_space || state == State::stalled_scratchpad;
}

// How well the operand that stays fits the arrays' rows and columns.
void add_mapping(const MatrixUnitConfig& unit, const RecordedMatmul& matmul, Layer& layer) {
  std::uint64_t high = matmul.depth;
  std::uint64_t wide = matmul.columns;
  if (unit.dataflow == Dataflow::input_stationary) {
    wide = matmul.rows;
  } else if (unit.dataflow == Dataflow::output_stationary) {
    high = matmul.rows;
  }
  const double times = static_cast<double>(matmul.products) * static_cast<double>(matmul.runs);
  const auto area = [&](std::uint64_t rows, std::uint64_t columns) {
    return times * static_cast<double>(rows) * static_cast<double>(columns);
  };
  layer.cells_used += area(high, wide);
  layer.cells +=
      area(ceil_div(high, unit.rows) * unit.rows, ceil_div(wide, unit.columns) * unit.columns);
}

class Layers {
 public:
  Layers(const Result& result, const Recording& recording) : result_(result) {
    for (const RecordedMatmul& matmul : recording.matmuls()) {
      if (find(matmul.operation) == nullptr) {
        layers_.push_back({.operation = matmul.operation});
      }
      add_mapping(result.chip.matrix_unit, matmul, *find(matmul.operation));
    }
    for (const BillLine& line : result.bill.lines) {
      if (Layer* layer = find(line.line.operation); layer != nullptr) {
        add_line(line.line, *layer);
      }
    }
    for (const Track& track : recording.tracks()) {
      add_track(track);
    }
  }

  [[nodiscard]] const std::vector<Layer>& all() const { return layers_; }

 private:
  [[nodiscard]] Layer* find(OperationId operation) {
    const auto found = std::ranges::find(layers_, operation, &Layer::operation);
    return found == layers_.end() ? nullptr : &*found;
  }

  void add_line(const LedgerLine& line, Layer& layer) {
    const ChipConfig& chip = result_.chip;
    const double count = static_cast<double>(line.count) / static_cast<double>(result_.chips);
    if (is_mac(line.action)) {
      for (const Multiplier multiplier : kMultipliers) {
        if (mac_action(multiplier) == line.action) {
          layer.products += count / chip.matrix_unit.rate(multiplier);
        }
      }
    }
    const bool moves = line.tensor == Tensor::activation;
    const auto add = [&](std::array<Stream, 3>& streams, bool reads, Bytes each) {
      if (reads ||
          moves) {  // What is fetched is written to the scratchpad, too: that is no result.
        streams.at(reads ? (moves ? kIfmap : kFilter) : kOfmap).bytes +=
            count * static_cast<double>(each.count());
      }
    };
    switch (line.action) {
      case Action::scratchpad_read: add(layer.sram, true, chip.scratchpad.granule); break;
      case Action::scratchpad_write: add(layer.sram, false, chip.scratchpad.granule); break;
      case Action::far_sram_read: add(layer.dram, true, chip.far_sram->granule); break;
      case Action::far_sram_write: add(layer.dram, false, chip.far_sram->granule); break;
      case Action::hbm_read: add(layer.dram, true, chip.hbm->burst()); break;
      case Action::hbm_write: add(layer.dram, false, chip.hbm->burst()); break;
      default: break;
    }
  }

  // The first array takes part in every matmul.
  void add_track(const Track& track) {
    const bool is_array = track.path() == "chip0.matrix_unit0";
    const bool fetches = track.path() == "chip0.stationary_dma";
    if (!is_array && !fetches && !track.path().starts_with("chip0.dma")) {
      return;
    }
    for (const Slice& slice : track.slices()) {
      Layer* layer = find(slice.piece.operation);
      if (layer == nullptr) {
        continue;
      }
      const bool is_busy = slice.state == State::busy;
      if (is_array && (is_busy || is_stalled(slice.state))) {
        layer->time += slice.end - slice.begin;
        layer->stalled += is_busy ? Femtoseconds{0} : slice.end - slice.begin;
      }
      if (is_busy) {
        extend(slice, is_array, fetches, *layer);
      }
    }
  }

  static void extend(const Slice& slice, bool is_array, bool fetches, Layer& layer) {
    for (const std::size_t which : {kIfmap, kFilter, kOfmap}) {
      if (is_array) {
        layer.sram.at(which).extend(slice);
      } else if (fetches == (which == kFilter)) {
        layer.dram.at(which).extend(slice);
      }
    }
  }

  const Result& result_;
  std::vector<Layer> layers_;
};

std::string row(std::size_t number, const std::vector<std::string>& cells) {
  std::string out = fmt::format("{}, ", number);
  for (const std::string& cell : cells) {
    out += cell + ", ";
  }
  out.back() = '\n';  // As SCALE-Sim ends a line: with a comma.
  return out;
}

double ratio(double part, double whole) { return whole > 0.0 ? part / whole : 0.0; }

constexpr std::string_view kComputeHead =
    "LayerID, Total Cycles (incl. prefetch), Total Cycles, Stall Cycles, Overall Util %, "
    "Mapping Efficiency %, Compute Util %,\n";
constexpr std::string_view kBandwidthHead =
    "LayerID, Avg IFMAP SRAM BW, Avg FILTER SRAM BW, Avg OFMAP SRAM BW, Avg IFMAP DRAM BW, "
    "Avg FILTER DRAM BW, Avg OFMAP DRAM BW,\n";
constexpr std::string_view kDetailedHead =
    "LayerID, SRAM IFMAP Start Cycle, SRAM IFMAP Stop Cycle, SRAM IFMAP Reads, "
    "SRAM Filter Start Cycle, SRAM Filter Stop Cycle, SRAM Filter Reads, "
    "SRAM OFMAP Start Cycle, SRAM OFMAP Stop Cycle, SRAM OFMAP Writes, "
    "DRAM IFMAP Start Cycle, DRAM IFMAP Stop Cycle, DRAM IFMAP Reads, "
    "DRAM Filter Start Cycle, DRAM Filter Stop Cycle, DRAM Filter Reads, "
    "DRAM OFMAP Start Cycle, DRAM OFMAP Stop Cycle, DRAM OFMAP Writes,\n";

// The cells of a layer's row in each report.
class Cells {
 public:
  explicit Cells(const ChipConfig& chip) : unit_(chip.matrix_unit), period_(period(chip.clock)) {}

  // What an operation fetches ahead it fetches behind those before it: no cycles of its own.
  [[nodiscard]] std::vector<std::string> compute(const Layer& layer) const {
    const double macs = double{1} * unit_.rows * unit_.columns * unit_.count;
    const double busy = cycles(layer.time) - cycles(layer.stalled);
    const auto percent = [](double part, double all) {
      return print_number(100.0 * ratio(part, all));
    };
    return {whole(layer.time),
            whole(layer.time),
            whole(layer.stalled),
            percent(layer.products, macs * cycles(layer.time)),
            percent(layer.cells_used, layer.cells),
            percent(layer.products, macs * busy)};
  }

  [[nodiscard]] std::vector<std::string> bandwidth(const Layer& layer) const {
    std::vector<std::string> out;
    for (const auto* streams : {&layer.sram, &layer.dram}) {
      for (const Stream& stream : *streams) {
        out.push_back(print_number(ratio(stream.bytes, cycles(layer.time))));
      }
    }
    return out;
  }

  [[nodiscard]] std::vector<std::string> accesses(const Layer& layer) const {
    std::vector<std::string> out;
    for (const auto* streams : {&layer.sram, &layer.dram}) {
      for (const Stream& stream : *streams) {
        const bool is_used = stream.bytes > 0.0 && stream.begin.has_value();
        out.push_back(is_used ? fmt::format("{:.1f}", cycles(*stream.begin)) : "-1.0");
        out.push_back(is_used ? fmt::format("{:.1f}", cycles(stream.end)) : "-1.0");
        out.push_back(print_number(stream.bytes));
      }
    }
    return out;
  }

 private:
  [[nodiscard]] double cycles(Femtoseconds time) const {
    return static_cast<double>(time.count()) / static_cast<double>(period_.count());
  }
  [[nodiscard]] std::string whole(Femtoseconds time) const {
    return fmt::format("{:.0f}", cycles(time));
  }

  const MatrixUnitConfig& unit_;
  const Femtoseconds period_;
};

}  // namespace

std::array<ReportFile, 3> scalesim_reports(const Result& result, const Recording& recording) {
  const Layers layers(result, recording);
  const Cells cells(result.chip);
  std::array<ReportFile, 3> out{
      {{.name = "COMPUTE_REPORT.csv", .text = std::string(kComputeHead)},
       {.name = "BANDWIDTH_REPORT.csv", .text = std::string(kBandwidthHead)},
       {.name = "DETAILED_ACCESS_REPORT.csv", .text = std::string(kDetailedHead)}}};
  for (std::size_t i = 0; i < layers.all().size(); ++i) {
    const Layer& layer = layers.all()[i];
    out[0].text += row(i, cells.compute(layer));
    out[1].text += row(i, cells.bandwidth(layer));
    out[2].text += row(i, cells.accesses(layer));
  }
  return out;
}

}  // namespace systole
