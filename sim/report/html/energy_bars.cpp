// SPDX-License-Identifier: Apache-2.0
// Bars of equal height, so that shares compare; the energy itself stands above each.
#include <fmt/format.h>

#include <algorithm>

#include "report/format.hpp"
#include "report/html/figures.hpp"
#include "report/html/palette.hpp"
#include "report/html/svg.hpp"

namespace systole::html {
namespace {

constexpr double kWidth = 1080;
constexpr double kLeft = 44;
constexpr double kBar = 170;    // Height of 100%.
constexpr double kPanel = 262;  // Of a panel with its labels.
constexpr std::size_t kMostBars = 24;
constexpr std::size_t kMostPanels = 4;
constexpr std::size_t kManyPoints = 300;  // Beyond, half as many panels: the page stays small.

double share_of(const SweepRow& row, Purpose purpose) {
  return row.energy_j > 0 ? row.purpose_j(purpose) / row.energy_j : 0.0;
}

std::vector<LegendEntry> legend() {
  std::vector<LegendEntry> out;
  out.reserve(kStack.size());
  for (const Purpose purpose : kStack) {
    out.push_back({std::string(style_of(purpose)), std::string(words_for(purpose))});
  }
  return out;
}

// The values of a column that are drawn; one empty value where there is no column.
std::vector<std::string> values_of(const std::optional<Column>& column, std::size_t most,
                                   const ReportPoint& shown) {
  return column ? thinned(column->values, most, label_value(shown, column->key))
                : std::vector<std::string>{""};
}

class Panels {
 public:
  explicit Panels(const ReportData& data)
      : data_(data),
        layout_(layout_of(data)),
        groups_(values_of(layout_.groups, 6, data.detail())),
        along_(values_of(layout_.along, std::max<std::size_t>(3, kMostBars / groups_.size()),
                         data.detail())),
        panels_(values_of(layout_.panels,
                          data.points.size() > kManyPoints ? kMostPanels / 2 : kMostPanels,
                          data.detail())) {}

  std::string draw() const {
    Svg svg("energy-bars", kWidth, 40 + kPanel * static_cast<double>(panels_.size()),
            "Where the energy goes",
            "Stacked bars of 100%, one a point: shares of the energy by purpose. " +
                data_description());
    draw_legend(svg, kLeft, 14, kWidth - kLeft, legend());
    double top = 56;
    for (const std::string& panel : panels_) {
      draw_panel(svg, top, panel);
      top += kPanel;
    }
    return svg.finish();
  }

  // Results that no sweep laid out, one beside the other, by the numbers of the table.
  std::string draw_results() const {
    Svg svg("energy-bars", kWidth, 40 + kPanel, "Where the energy goes",
            "Stacked bars of 100%, one a result: shares of the energy by purpose. " +
                data_description());
    draw_legend(svg, kLeft, 14, kWidth - kLeft, legend());
    draw_shares(svg, 92 + kBar);
    draw_list(svg, 92 + kBar);
    return svg.finish();
  }

 private:
  static void draw_shares(Svg& svg, double base) {
    for (const double share : {0.0, 0.5, 1.0}) {
      svg.line(kLeft, base - share * kBar, kWidth, base - share * kBar, "grid");
      svg.text(kLeft - 6, base - share * kBar + 4, "small end",
               fmt::format("{:.0f}%", 100 * share));
    }
  }

  void draw_list(Svg& svg, double base) const {
    const std::size_t count = std::min(data_.points.size(), kMostBars);
    const double pitch = (kWidth - kLeft) / static_cast<double>(count);
    for (std::size_t i = 0; i < count; ++i) {
      const double middle = kLeft + (static_cast<double>(i) + 0.5) * pitch;
      svg.text(middle, base + 16, "small mid", fmt::format("#{}", i + 1));
      draw_bar(svg, data_.points[i].row ? &data_.points[i] : nullptr, middle, base,
               std::min(pitch * 0.74, 56.0));
    }
  }

  std::string data_description() const {
    const SweepRow& row = *data_.detail().row;
    std::string out = words_for(data_.detail()) + ":";
    for (const Purpose purpose : kStack) {
      out += fmt::format(" {} {},", words_for(purpose), percent(share_of(row, purpose)));
    }
    out.back() = '.';
    return out;
  }

  void draw_panel(Svg& svg, double top, const std::string& panel) const {
    if (layout_.panels) {
      svg.text(kLeft, top + 4, "strong", shown_value({layout_.panels->key, panel}));
    }
    const double base = top + 36 + kBar;
    draw_shares(svg, base);
    if (layout_.along) {
      svg.text(kLeft - 6, base + 16, "small end", layout_.along->name);
    }
    const double group = (kWidth - kLeft) / static_cast<double>(groups_.size());
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      draw_group(svg, base, kLeft + static_cast<double>(g) * group, group, panel, groups_[g]);
    }
  }

  void draw_group(Svg& svg, double base, double left, double width, const std::string& panel,
                  const std::string& group) const {
    const double gap = groups_.size() > 1 ? 14 : 0;
    const double pitch = (width - 2 * gap) / static_cast<double>(along_.size());
    const double bar = std::min(pitch * 0.74, 56.0);
    for (std::size_t i = 0; i < along_.size(); ++i) {
      const double middle = left + gap + (static_cast<double>(i) + 0.5) * pitch;
      std::vector<SweepLabel> values;
      const auto add = [&](const std::optional<Column>& column, const std::string& value) {
        if (column) {
          values.push_back({.key = column->key, .value = value});
        }
      };
      add(layout_.panels, panel);
      add(layout_.groups, group);
      add(layout_.along, along_[i]);
      svg.text(middle, base + 16, "small mid", short_of(along_[i]));
      draw_bar(svg, find_point(data_, values), middle, base, bar);
    }
    if (layout_.groups) {
      svg.text(left + width / 2, base + 35, "mid", shown_value({layout_.groups->key, group}));
    }
  }

  static std::string short_of(const std::string& value) {
    return value.size() > 8 ? value.substr(0, 7) + "." : value;
  }

  void draw_bar(Svg& svg, const ReportPoint* point, double middle, double base, double bar) const {
    if (point == nullptr) {
      svg.text(middle, base - 6, "small mid", "-");
      return;
    }
    const SweepRow& row = *point->row;
    const bool is_shown = point == &data_.detail();
    double y = base;
    for (const Purpose purpose : kStack) {
      const double height = share_of(row, purpose) * kBar;
      if (height >= 0.3) {  // Less does not show.
        y -= height;
        svg.rect(middle - bar / 2, y, bar, height, std::string(style_of(purpose)) + " edge",
                 fmt::format("{}: {} {}, {}", words_for(*point), words_for(purpose),
                             percent(share_of(row, purpose)),
                             si(row.purpose_j(purpose), energy_unit(data_))));
      }
    }
    if (is_shown) {
      svg.rect(middle - bar / 2 - 2.5, base - kBar - 2.5, bar + 5, kBar + 5, "chosen");
    }
    svg.text(middle, base - kBar - 9, is_shown ? "tiny mid strong" : "tiny mid",
             si(row.energy_j, "J"));
  }

  const ReportData& data_;
  Layout layout_;
  std::vector<std::string> groups_;
  std::vector<std::string> along_;
  std::vector<std::string> panels_;
};

// One bar across, with each part's name and energy under it.
std::string one_bar(const ReportData& data) {
  const SweepRow& row = *data.detail().row;
  constexpr double kHeight = 46;
  Svg svg("energy-bars", kWidth, 200, "Where the energy goes",
          "One bar of 100%: shares of the energy by purpose, also as text under it.");
  double x = 0;
  std::size_t i = 0;
  for (const Purpose purpose : kStack) {
    const double width = share_of(row, purpose) * kWidth;
    const std::string hint =
        fmt::format("{}: {}, {}", words_for(purpose), percent(share_of(row, purpose)),
                    si(row.purpose_j(purpose), energy_unit(data)));
    if (width >= 0.05) {
      svg.rect(x, 8, width, kHeight, std::string(style_of(purpose)) + " edge", hint);
    }
    x += width;
    const double column = static_cast<double>(i % 4) * kWidth / 4;
    const std::size_t row_of_four = i / 4;
    const double line = 88 + static_cast<double>(row_of_four) * 56;
    svg.rect(column, line - 11, 13, 13, style_of(purpose));
    svg.text(column + 20, line, "", words_for(purpose));
    svg.text(column + 20, line + 22, "large", percent(share_of(row, purpose)));
    svg.text(column + 90, line + 22, "soft", si(row.purpose_j(purpose), energy_unit(data)));
    ++i;
  }
  return svg.finish();
}

std::string fixed_keys(const ReportData& data, const Layout& layout) {
  std::string out;
  for (const Column& column : columns_of(data)) {
    const auto drawn = [&](const std::optional<Column>& used) {
      return used && used->key == column.key;
    };
    if (column.values.size() > 1 && !drawn(layout.along) && !drawn(layout.groups) &&
        !drawn(layout.panels)) {
      out += (out.empty() ? "" : ", ") +
             shown_value({column.key, label_value(data.detail(), column.key)});
    }
  }
  return out.empty() ? "" : " All with " + out + ".";
}

}  // namespace

std::optional<Figure> energy_bars(const ReportData& data) {
  const Layout layout = layout_of(data);
  if (data.is_sweep() && data.name.empty()) {
    return Figure{.id = "energy-bars",
                  .heading = "Where the energy goes",
                  .caption =
                      "Each bar is 100% of its result, by its number in the table below; "
                      "above it is its energy. The framed one is shown in detail.",
                  .svg = Panels(data).draw_results()};
  }
  const bool has_bars = layout.along || layout.groups;
  return Figure{
      .id = "energy-bars",
      .heading = data.has_tokens ? "Where each token's energy goes" : "Where the energy goes",
      .caption = has_bars
                     ? fmt::format("Each bar is 100% of its point; the number above it is the "
                                   "energy{}. The framed bar is the point shown in detail.{}",
                                   data.has_tokens ? " per token" : "", fixed_keys(data, layout))
                     : "Every picojoule of the ledger is in exactly one part.",
      .svg = has_bars ? Panels(data).draw() : one_bar(data)};
}

}  // namespace systole::html
