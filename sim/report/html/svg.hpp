// SPDX-License-Identifier: Apache-2.0
// A picture as text. Marks carry a class, never a colour: the style sheet knows the theme.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/html/markup.hpp"
#include "report/html/scale.hpp"

namespace systole::html {

struct Point {
  double x;
  double y;
};

class Svg {
 public:
  // `description` is what someone hears who does not see the picture. A picture whose marks can be
  // chosen is not one image to a screen reader.
  Svg(std::string id, double width, double height, std::string title, std::string description,
      bool has_controls = false);

  // An empty hint has no <title>.
  void rect(double x, double y, double width, double height, std::string_view style,
            std::string_view hint = "");
  void circle(double x, double y, double radius, std::string_view style, std::string_view hint = "",
              const Attributes& more = {});
  void line(double x1, double y1, double x2, double y2, std::string_view style,
            std::string_view hint = "");
  void text(double x, double y, std::string_view style, std::string_view content);
  void polyline(const std::vector<Point>& points, std::string_view style,
                std::string_view hint = "");
  void polygon(const std::vector<Point>& points, std::string_view style,
               std::string_view hint = "");
  void open(const Attributes& attributes);  // <g>
  void close() { body_ += "</g>"; }

  [[nodiscard]] std::string finish() const;

 private:
  void mark(std::string_view head, std::string_view style, std::string_view hint);

  std::string id_;
  double width_;
  double height_;
  std::string title_;
  std::string description_;
  bool has_controls_;
  std::string body_;
};

// An axis: what it says, at which values, and how each reads.
struct Axis {
  const Scale& scale;
  std::vector<double> ticks;
  std::string (*label)(double);
  std::string name;
};

// The rectangle in which marks stand.
struct Frame {
  double left;
  double top;
  double right;
  double bottom;
};

void draw_x_axis(Svg& svg, const Frame& frame, const Axis& axis);
void draw_y_axis(Svg& svg, const Frame& frame, const Axis& axis);

// Entries in a row, broken where the width ends; returns the height that they take.
struct LegendEntry {
  std::string style;
  std::string name;
};
double draw_legend(Svg& svg, double x, double y, double width,
                   const std::vector<LegendEntry>& entries);

// About how wide a text of 12 pixels is.
[[nodiscard]] double text_width(std::string_view text);

}  // namespace systole::html
