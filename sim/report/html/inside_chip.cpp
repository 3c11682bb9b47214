// SPDX-License-Identifier: Apache-2.0
// One chip as a rectangle: areas are shares of its energy, by component.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"
#include "report/html/facts.hpp"
#include "report/html/figures.hpp"
#include "report/html/palette.hpp"
#include "report/html/svg.hpp"

namespace systole::html {
namespace {

constexpr double kWidth = 530;
constexpr double kHeight = 330;

struct Part {
  Component component;
  double energy_j;  // Of one chip, per output token of the pod.
  double share;
};

std::vector<Part> parts_of(const Json& document) {
  std::vector<Part> out;
  for (const Json& item : document.at("by_component")) {
    const auto component = component_named(item.at("component").get<std::string>());
    const double energy = item.at("energy_j").get<double>();
    if (component && energy > 0) {
      out.push_back({.component = *component,
                     .energy_j = energy / tokens_of(document) / document.at("chips").get<double>(),
                     .share = item.at("share").get<double>()});
    }
  }
  return out;  // Largest first, as the result has them.
}

struct Box {
  double x;
  double y;
  double width;
  double height;
};

// The worst of length to width when the parts [first, last) share the shorter side of the box.
double worst_ratio(const std::vector<Part>& parts, std::size_t first, std::size_t last,
                   const Box& box, double area_each) {
  double sum = 0;
  for (std::size_t i = first; i < last; ++i) {
    sum += parts[i].share * area_each;
  }
  const double side = std::min(box.width, box.height);
  const double thickness = sum / side;
  double worst = 0;
  for (std::size_t i = first; i < last; ++i) {
    const double length = parts[i].share * area_each / thickness;
    worst = std::max({worst, length / thickness, thickness / length});
  }
  return worst;
}

class Treemap {
 public:
  Treemap(const ReportData& data, std::vector<Part> parts)
      : data_(data), parts_(std::move(parts)) {}

  // Bruls, Huizing and van Wijk (2000): rows are filled as long as that makes them squarer.
  std::string draw() {
    Svg svg("inside-chip", kWidth, kHeight + 4, "Inside one chip", about());
    double left = 0;
    for (const Part& part : parts_) {
      left += part.share;
    }
    const double area_each = kWidth * kHeight / left;
    Box box{.x = 0, .y = 2, .width = kWidth, .height = kHeight};
    for (std::size_t first = 0; first < parts_.size();) {
      std::size_t last = first + 1;
      while (last < parts_.size() && worst_ratio(parts_, first, last + 1, box, area_each) <=
                                         worst_ratio(parts_, first, last, box, area_each)) {
        ++last;
      }
      box = draw_row(svg, box, first, last, area_each);
      first = last;
    }
    return svg.finish();
  }

 private:
  std::string about() const {
    std::string out = "Areas are shares of the energy:";
    for (const Part& part : parts_) {
      out += fmt::format(" {} {},", words_for(part.component), percent(part.share));
    }
    out.back() = '.';
    return out;
  }

  // Along the shorter side; returns what is left of the box.
  Box draw_row(Svg& svg, const Box& box, std::size_t first, std::size_t last,
               double area_each) const {
    double sum = 0;
    for (std::size_t i = first; i < last; ++i) {
      sum += parts_[i].share * area_each;
    }
    const bool is_tall = box.width >= box.height;
    const double thickness = sum / std::min(box.width, box.height);
    double at = is_tall ? box.y : box.x;
    for (std::size_t i = first; i < last; ++i) {
      const double length = parts_[i].share * area_each / thickness;
      draw_part(svg, parts_[i],
                is_tall ? Box{.x = box.x, .y = at, .width = thickness, .height = length}
                        : Box{.x = at, .y = box.y, .width = length, .height = thickness});
      at += length;
    }
    return is_tall ? Box{.x = box.x + thickness,
                         .y = box.y,
                         .width = box.width - thickness,
                         .height = box.height}
                   : Box{.x = box.x,
                         .y = box.y + thickness,
                         .width = box.width,
                         .height = box.height - thickness};
  }

  void draw_part(Svg& svg, const Part& part, const Box& box) const {
    const std::string energy = si(part.energy_j, energy_unit(data_));
    svg.rect(box.x, box.y, box.width, box.height,
             std::string(style_of(part.component)) + " edge part",
             fmt::format("{}: {}, {} in each chip", words_for(part.component), percent(part.share),
                         energy));
    const std::string_view name = words_for(part.component);
    const std::string ink =
        part.component == Component::accumulator || part.component == Component::far_sram ||
                part.component == Component::scratchpad || part.component == Component::chip
            ? "on-light"
            : "on-dark";
    if (box.width > text_width(name) + 14 && box.height > 24) {
      svg.text(box.x + 9, box.y + 19, ink, name);
      if (box.height > 44) {
        svg.text(box.x + 9, box.y + 37, ink + " strong", percent(part.share));
      }
    } else if (box.width > 46 && box.height > 20) {
      svg.text(box.x + 6, box.y + 16, ink + " small", percent(part.share));
    }
  }

  const ReportData& data_;
  std::vector<Part> parts_;
};

}  // namespace

std::optional<Figure> inside_a_chip(const ReportData& data) {
  if (data.document.is_null()) {
    return std::nullopt;
  }
  std::vector<Part> parts = parts_of(data.document);
  if (parts.empty()) {
    return std::nullopt;
  }
  const double chips = data.document.at("chips").get<double>();
  return Figure{.id = "inside-chip",
                .heading = "Inside one chip",
                .caption = fmt::format("Areas are shares of the energy{}.{}",
                                       chips > 1 ? ", each chip's being the same" : "",
                                       " A component's standing power is part of its area."),
                .svg = Treemap(data, std::move(parts)).draw(),
                .is_half = true};
}

}  // namespace systole::html
