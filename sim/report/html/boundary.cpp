// SPDX-License-Identifier: Apache-2.0
#include "report/html/boundary.hpp"

#include <fmt/format.h>

#include <array>

#include "report/format.hpp"
#include "report/html/facts.hpp"
#include "report/html/figures.hpp"
#include "report/html/svg.hpp"

namespace systole::html {
namespace {

// Of a median prompt's 0.24 Wh, accelerators take 0.14, hosts 0.06, machines kept idle 0.02; the
// buildings' PUE is 1.09 (arXiv 2508.15734).
constexpr double kHost = 0.06 / 0.14;
constexpr double kIdle = 0.02 / 0.14;
constexpr double kPue = 1.09;

// Where a component enters: with the arrays and their memories (only what follows work), the rest
// of the die, the memory beside it, or the links.
std::size_t rung_of(const LedgerLine& line) {
  switch (line.component) {
    case Component::hbm: return 2;
    case Component::ici: return 3;
    case Component::matrix_unit:
    case Component::accumulator:
    case Component::scratchpad:
    case Component::far_sram: return is_static(line.action) ? 1 : 0;
    default: return 1;
  }
}

}  // namespace

std::vector<Rung> boundary_rungs(const Json& document) {
  std::array<double, 4> parts{};
  for (const LedgerEntry& entry : ledger_of(document)) {
    parts[rung_of(entry.line)] += entry.energy_j / tokens_of(document);
  }
  const double die = parts[0] + parts[1];
  const double device = die + parts[2] + parts[3];
  std::vector<Rung> out{
      {"MAC + SRAM", parts[0], false, "arrays, accumulators and on-chip memories at work"},
      {"chip", die, false, "vector unit, sequencer, leakage and clocks"},
      {"+ HBM", die + parts[2], false, "devices, PHY, refresh and standby"},
      {"+ links", device, false, "to other chips, powered and used"}};
  // Host and idle reserve are parts of the accelerators' energy, each on its own.
  const double host = device * (1 + kHost);
  const double idle = device * (1 + kHost + kIdle);
  out.push_back({"+ host", host, true, "assumed: 0.43 of the accelerators' energy"});
  out.push_back({"+ idle", idle, true, "assumed: 0.14 of the accelerators' energy"});
  out.push_back({"x PUE", idle * kPue, true, "assumed: 1.09, cooling and conversion"});
  return out;
}

std::optional<Figure> boundary_ladder(const ReportData& data) {
  if (data.document.is_null()) {
    return std::nullopt;
  }
  constexpr double kWidth = 530;
  constexpr double kLeft = 92;
  constexpr double kLength = 300;
  constexpr double kRow = 44;
  const std::vector<Rung> rungs = boundary_rungs(data.document);
  const double most = rungs.back().energy_j;
  Svg svg("boundary", kWidth, 14 + kRow * static_cast<double>(rungs.size()), "Boundary ladder",
          "Energy up to and with each boundary, from the arrays to the building.");
  double y = 6;
  double before = 0;
  for (const Rung& rung : rungs) {
    const double from = kLength * before / most;
    const double to = kLength * rung.energy_j / most;
    const std::string energy = si(rung.energy_j, energy_unit(data));
    svg.text(0, y + 14, "strong", rung.name);
    svg.rect(kLeft, y, from, 19, "track");
    svg.rect(kLeft + from, y, to - from, 19, rung.is_assumed ? "assumed" : "blue",
             fmt::format("{}: {}, {}", rung.name, energy, rung.says));
    svg.text(kLeft + to + 8, y + 14, "", energy);
    svg.text(kLeft, y + 33, "small", rung.says);
    before = rung.energy_j;
    y += kRow;
  }
  return Figure{.id = "boundary",
                .heading = "Which boundary is meant",
                .caption =
                    "Numbers from elsewhere compare only at the same rung. Dashed rungs are "
                    "not simulated: factors of one published service (arXiv 2508.15734), "
                    "assumed here.",
                .svg = svg.finish(),
                .is_half = true};
}

}  // namespace systole::html
