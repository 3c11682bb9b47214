// SPDX-License-Identifier: Apache-2.0
// The pod from above: a square a chip, a stroke a link, a slice for each place on the third axis.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "report/format.hpp"
#include "report/html/figures.hpp"
#include "report/html/palette.hpp"
#include "report/html/svg.hpp"

namespace systole::html {
namespace {

constexpr double kWidth = 530;
constexpr double kLargestPitch = 40;
constexpr std::size_t kMostSlices = 4;
constexpr std::size_t kMostAlong = 16;  // Chips of an axis that are drawn.
constexpr std::size_t kMostChips = 256;

struct Direction {
  std::size_t axis;
  bool up;
  double least;
  double mean;
  double most;
};

// Share of the time in which the link that a chip sends over is busy.
class Loads {
 public:
  explicit Loads(const Json& links) {
    for (const Json& link : links) {
      const Json& busy = link.at("busy");
      directions_.push_back({.axis = link.at("axis").get<std::size_t>(),
                             .up = link.at("direction") == "up",
                             .least = busy.at("least").get<double>(),
                             .mean = busy.at("mean").get<double>(),
                             .most = busy.at("most").get<double>()});
      const Direction& direction = directions_.back();
      if (link.contains("each")) {
        const Json& each = link.at("each");
        for (std::size_t i = 0; i < each.at("chips").size(); ++i) {
          each_[{direction.axis, direction.up, each.at("chips")[i].get<std::size_t>()}] =
              each.at("busy")[i].get<double>();
        }
      }
    }
  }

  [[nodiscard]] std::optional<double> of(std::size_t axis, bool up, std::size_t chip) const {
    if (const auto found = each_.find({axis, up, chip}); found != each_.end()) {
      return found->second;
    }
    const auto matches = [&](const Direction& d) { return d.axis == axis && d.up == up; };
    const auto found = std::ranges::find_if(directions_, matches);
    // Links by chip name every link that is used.
    return found == directions_.end() || !each_.empty() ? std::nullopt : std::optional(found->mean);
  }
  [[nodiscard]] const std::vector<Direction>& directions() const { return directions_; }
  [[nodiscard]] bool is_by_link() const { return !each_.empty(); }

 private:
  std::vector<Direction> directions_;
  std::map<std::tuple<std::size_t, bool, std::size_t>, double> each_;
};

struct Pod {
  std::array<std::size_t, 3> length{1, 1, 1};
  std::array<bool, 3> wraps{};
  std::size_t axes = 0;

  explicit Pod(const Json& list) {
    for (const Json& axis : list) {
      if (axes < 3) {
        length[axes] = axis.at("length").get<std::size_t>();
        wraps[axes] = axis.at("wraps").get<bool>();
        ++axes;
      }
    }
  }
  [[nodiscard]] std::size_t chip(std::size_t x, std::size_t y, std::size_t z) const {
    return x + length[0] * (y + length[1] * z);
  }
};

class Map {
 public:
  explicit Map(const ReportData& data)
      : data_(data),
        pod_(data.document.at("point").at("axes")),
        loads_(data.document.at("links")),
        energies_(energies_of(data.document)),
        columns_(std::min(pod_.length[0], kMostAlong)),
        rows_(std::min(pod_.length[1], kMostAlong)),
        slices_(std::clamp<std::size_t>(kMostChips / (columns_ * rows_), 1,
                                        std::min(pod_.length[2], kMostSlices))),
        across_(columns_ > 4 ? std::min<std::size_t>(slices_, 2) : slices_) {
    const double room = (kWidth - 20) / static_cast<double>(across_) - 24;
    pitch_ = std::min(kLargestPitch, room / static_cast<double>(columns_));
    chip_ = pitch_ * 0.62;
  }

  [[nodiscard]] std::string draw() const {
    const double slice = pitch_ * static_cast<double>(rows_) + 40;
    const std::size_t down = (slices_ + across_ - 1) / across_;
    const double map = slice * static_cast<double>(down);
    const double height = map + 66 + 22 * static_cast<double>(loads_.directions().size());
    Svg svg("mesh", kWidth, height, "Chips and links",
            fmt::format("{} chips; links busy up to {} of the time.",
                        data_.document.at("chips").get<std::uint64_t>(), percent(most())));
    for (std::size_t z = 0; z < slices_; ++z) {
      const double left =
          24 + static_cast<double>(z % across_) * kWidth / static_cast<double>(across_);
      const std::size_t line = z / across_;
      draw_slice(svg, left, 14 + slice * static_cast<double>(line), z);
    }
    draw_scale(svg, map + 22);
    draw_directions(svg, map + 58);
    return svg.finish();
  }

  [[nodiscard]] std::string caption() const {
    const std::size_t drawn = columns_ * rows_ * slices_;
    const auto chips = data_.document.at("chips").get<std::size_t>();
    std::string out =
        "Squares: power of a chip, as part of all its units busy. Strokes: busy time "
        "of a link, the busier of its two directions.";
    if (!energies_.empty()) {
      const auto [least, most] = std::ranges::minmax_element(energies_);
      const double more = *most / *least - 1;
      out += more < 0.001
                 ? " Chips take the same energy within 0.1%."
                 : fmt::format(" Of the chips one takes up to {} more energy than another.",
                               percent(more));
    } else if (!loads_.is_by_link()) {
      out += " All chips do the same (one was simulated for all), so they look alike.";
    }
    if (drawn < chips) {
      out += fmt::format(" {} of {} chips are drawn.", drawn, chips);
    }
    return out;
  }

 private:
  [[nodiscard]] double most() const {
    double out = 0;
    for (const Direction& direction : loads_.directions()) {
      out = std::max(out, direction.most);
    }
    return out;
  }

  // From a chip upwards along an axis, both ways together.
  void draw_link(Svg& svg, std::size_t axis, std::size_t from, std::size_t to, Point a,
                 Point b) const {
    const auto there = loads_.of(axis, true, from);
    const auto back = loads_.of(axis, false, to);
    if (!there && !back) {
      svg.line(a.x, a.y, b.x, b.y, "link unused", "a link that nothing uses");
      return;
    }
    const double busy = std::max(there.value_or(0), back.value_or(0));
    svg.line(a.x, a.y, b.x, b.y, "link " + heat_style(busy),
             fmt::format("axis {}, chip {} to {}: busy {} up, {} down", axis, from, to,
                         percent(there.value_or(0)), percent(back.value_or(0))));
  }

  // Along the first axis (across) or the second (down), with stubs where it wraps.
  void draw_row(Svg& svg, std::size_t axis, Point centre, std::size_t i, std::size_t here,
                std::size_t next, bool is_last) const {
    const double half = chip_ / 2;
    const double gap = pitch_ - chip_;
    const Point way = axis == 0 ? Point{.x = 1, .y = 0} : Point{.x = 0, .y = 1};
    const auto stroke = [&](double from, double to) {
      draw_link(svg, axis, here, next, {centre.x + way.x * from, centre.y + way.y * from},
                {centre.x + way.x * to, centre.y + way.y * to});
    };
    if (!is_last) {
      stroke(half, half + gap);
    } else if (pod_.wraps[axis]) {
      stroke(half, half + gap * 0.7);
      const double back = -static_cast<double>(i) * pitch_;
      stroke(back - half - gap * 0.7, back - half);
    }
  }

  void draw_slice(Svg& svg, double left, double top, std::size_t z) const {
    if (pod_.length[2] > 1) {
      svg.text(left, top, "small", fmt::format("slice {} of {}", z + 1, pod_.length[2]));
    }
    for (std::size_t y = 0; y < rows_; ++y) {
      for (std::size_t x = 0; x < columns_; ++x) {
        const std::size_t chip = pod_.chip(x, y, z);
        const Point centre{.x = left + (static_cast<double>(x) + 0.5) * pitch_,
                           .y = top + 10 + (static_cast<double>(y) + 0.5) * pitch_};
        if (pod_.length[0] > 1) {
          draw_row(svg, 0, centre, x, chip, pod_.chip((x + 1) % pod_.length[0], y, z),
                   x + 1 == columns_);
        }
        if (pod_.length[1] > 1) {
          draw_row(svg, 1, centre, y, chip, pod_.chip(x, (y + 1) % pod_.length[1], z),
                   y + 1 == rows_);
        }
        if (pod_.length[2] > 1 && (z + 1 < pod_.length[2] || pod_.wraps[2])) {
          const double half = chip_ / 2;
          draw_link(svg, 2, chip, pod_.chip(x, y, (z + 1) % pod_.length[2]),
                    {centre.x + half, centre.y - half},
                    {centre.x + half + pitch_ * 0.2, centre.y - half - pitch_ * 0.2});
        }
        draw_chip(svg, centre, chip);
      }
    }
  }

  void draw_chip(Svg& svg, Point centre, std::size_t chip) const {
    const double all_busy = power_of_all();
    const double power = power_of(chip);
    const double share = all_busy > 0 ? power / all_busy : 0.5;
    svg.rect(centre.x - chip_ / 2, centre.y - chip_ / 2, chip_, chip_, "chip " + heat_style(share),
             fmt::format("chip {}: {}{}", chip, si(power, "W"),
                         all_busy > 0 ? ", " + percent(share) + " of all units busy" : ""));
  }

  // Of each chip of the pod where they differ and all were simulated; otherwise none.
  static std::vector<double> energies_of(const Json& document) {
    const Json by_chip = document.value("by_chip", Json(nullptr));
    if (by_chip.is_null() || by_chip.at("energy_j").size() != document.at("chips")) {
      return {};
    }
    return by_chip.at("energy_j").get<std::vector<double>>();
  }

  [[nodiscard]] double power_of(std::size_t chip) const {
    const SweepRow& row = *data_.detail().row;
    return energies_.empty() ? row.power_w_per_chip : energies_[chip] / row.time_s;
  }

  [[nodiscard]] double power_of_all() const {
    const Json& power = data_.document.at("power");
    return power.is_object() && power.contains("all_busy_w_per_chip")
               ? power.at("all_busy_w_per_chip").get<double>()
               : 0.0;
  }

  static void draw_scale(Svg& svg, double y) {
    svg.text(0, y + 10, "small", "0%");
    for (int step = 0; step < 8; ++step) {
      svg.rect(28 + step * 26, y, 26, 12, fmt::format("q{}", step));
    }
    svg.text(28 + 8 * 26 + 8, y + 10, "small", "100%");
  }

  // A bar each, and the span of its links.
  void draw_directions(Svg& svg, double y) const {
    constexpr double kLeft = 92;
    constexpr double kLength = 320;
    for (const Direction& direction : loads_.directions()) {
      svg.text(0, y + 10, "small",
               fmt::format("axis {} {}", direction.axis, direction.up ? "up" : "down"));
      svg.rect(kLeft, y, kLength, 12, "track");
      svg.rect(kLeft, y, std::max(1.0, kLength * direction.mean), 12, heat_style(direction.mean));
      svg.text(kLeft + kLength + 10, y + 10, "small",
               direction.most - direction.least < 0.0005
                   ? percent(direction.mean) + " busy"
                   : fmt::format("{} .. {}", percent(direction.least), percent(direction.most)));
      y += 22;
    }
  }

  const ReportData& data_;
  Pod pod_;
  Loads loads_;
  std::vector<double> energies_;  // J by chip; empty: all are alike.
  std::size_t columns_;
  std::size_t rows_;
  std::size_t slices_;
  std::size_t across_;
  double pitch_ = 0;
  double chip_ = 0;
};

}  // namespace

std::optional<Figure> mesh_map(const ReportData& data) {
  if (data.document.is_null() || data.document.at("links").empty()) {
    return std::nullopt;
  }
  const Map map(data);
  return Figure{.id = "mesh",
                .heading = "Chips and links",
                .caption = map.caption(),
                .svg = map.draw(),
                .is_half = true};
}

}  // namespace systole::html
