// SPDX-License-Identifier: Apache-2.0
#include "report/html/svg.hpp"

#include <fmt/format.h>

#include <utility>

namespace systole::html {
namespace {

std::string path_of(const std::vector<Point>& points) {
  std::string out;
  for (const Point& point : points) {
    out += fmt::format("{}{},{}", out.empty() ? "" : " ", coordinate(point.x), coordinate(point.y));
  }
  return out;
}

}  // namespace

Svg::Svg(std::string id, double width, double height, std::string title, std::string description,
         bool has_controls)
    : id_(std::move(id)),
      width_(width),
      height_(height),
      title_(std::move(title)),
      description_(std::move(description)),
      has_controls_(has_controls) {}

void Svg::mark(std::string_view head, std::string_view style, std::string_view hint) {
  const std::string_view name = head.substr(0, head.find(' '));
  body_ += fmt::format("<{}", head);
  if (!style.empty()) {
    body_ += fmt::format(" class=\"{}\"", style);
  }
  body_ += hint.empty() ? std::string("/>")
                        : fmt::format("><title>{}</title></{}>", escaped(hint), name);
}

void Svg::rect(double x, double y, double width, double height, std::string_view style,
               std::string_view hint) {
  mark(fmt::format(R"(rect x="{}" y="{}" width="{}" height="{}")", coordinate(x), coordinate(y),
                   coordinate(width), coordinate(height)),
       style, hint);
}

void Svg::circle(double x, double y, double radius, std::string_view style, std::string_view hint,
                 const Attributes& more) {
  std::string head = fmt::format(R"(circle cx="{}" cy="{}" r="{}")", coordinate(x), coordinate(y),
                                 coordinate(radius));
  for (const auto& [key, value] : more) {
    head += fmt::format(" {}=\"{}\"", key, escaped(value));
  }
  mark(head, style, hint);
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view style,
               std::string_view hint) {
  mark(fmt::format(R"(line x1="{}" y1="{}" x2="{}" y2="{}")", coordinate(x1), coordinate(y1),
                   coordinate(x2), coordinate(y2)),
       style, hint);
}

void Svg::text(double x, double y, std::string_view style, std::string_view content) {
  body_ += fmt::format(R"(<text x="{}" y="{}"{}>{}</text>)", coordinate(x), coordinate(y),
                       style.empty() ? std::string() : fmt::format(" class=\"{}\"", style),
                       escaped(content));
}

void Svg::polyline(const std::vector<Point>& points, std::string_view style,
                   std::string_view hint) {
  mark(fmt::format("polyline points=\"{}\"", path_of(points)), style, hint);
}

void Svg::polygon(const std::vector<Point>& points, std::string_view style, std::string_view hint) {
  mark(fmt::format("polygon points=\"{}\"", path_of(points)), style, hint);
}

void Svg::open(const Attributes& attributes) {
  body_ += "<g";
  for (const auto& [key, value] : attributes) {
    body_ += fmt::format(" {}=\"{}\"", key, escaped(value));
  }
  body_ += ">";
}

std::string Svg::finish() const {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"{0}\" viewBox=\"0 0 {1} {2}\" role=\"{3}\" "
      "aria-labelledby=\"{0}-title {0}-about\"><title id=\"{0}-title\">{4}</title>"
      "<desc id=\"{0}-about\">{5}</desc>{6}</svg>\n",
      id_, coordinate(width_), coordinate(height_), has_controls_ ? "group" : "img",
      escaped(title_), escaped(description_), body_);
}

void draw_x_axis(Svg& svg, const Frame& frame, const Axis& axis) {
  for (const double tick : axis.ticks) {
    const double x = axis.scale(tick);
    svg.line(x, frame.top, x, frame.bottom, "grid");
    svg.text(x, frame.bottom + 16, "small mid", axis.label(tick));
  }
  svg.line(frame.left, frame.bottom, frame.right, frame.bottom, "axis");
  svg.text((frame.left + frame.right) / 2, frame.bottom + 36, "soft mid", axis.name);
}

void draw_y_axis(Svg& svg, const Frame& frame, const Axis& axis) {
  for (const double tick : axis.ticks) {
    const double y = axis.scale(tick);
    svg.line(frame.left, y, frame.right, y, "grid");
    svg.text(frame.left - 8, y + 4, "small end", axis.label(tick));
  }
  // Above the axis, lying: nobody should have to turn the head.
  svg.text(frame.left - 8, frame.top - 10, "soft", axis.name);
}

double draw_legend(Svg& svg, double x, double y, double width,
                   const std::vector<LegendEntry>& entries) {
  constexpr double kRow = 20;
  double at = x;
  double row = 0;
  for (const LegendEntry& entry : entries) {
    const double length = 16 + text_width(entry.name) + 18;
    if (at > x && at + length - 18 > x + width) {
      at = x;
      row += kRow;
    }
    svg.rect(at, y + row - 9, 11, 11, entry.style);
    svg.text(at + 16, y + row, "", entry.name);
    at += length;
  }
  return row + kRow;
}

double text_width(std::string_view text) {
  // UTF-8: continuation bytes take no room.
  double count = 0;
  for (const char c : text) {
    count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1.0 : 0.0;
  }
  return 6.3 * count;
}

}  // namespace systole::html
