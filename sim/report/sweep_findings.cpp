// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "report/format.hpp"
#include "report/sweep_labels.hpp"
#include "report/sweep_table.hpp"

namespace systole {
namespace {

constexpr std::size_t kWidth = 120;

// Rows by the values of their swept keys.
class Rows {
 public:
  Rows(const SweepConfig& sweep, const SweepEnd& end)
      : columns_(sweep_columns(sweep)), axis_(number_axis(columns_)), sweep_(sweep), end_(end) {}

  [[nodiscard]] const std::vector<SweepColumn>& columns() const { return columns_; }
  [[nodiscard]] const SweepColumn* axis() const { return axis_ ? &columns_[*axis_] : nullptr; }

  // The first column of two or more values that is not the axis and is, or is not, the variants.
  [[nodiscard]] std::optional<std::size_t> choice(bool is_variant) const {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i != axis_ && columns_[i].values.size() > 1 && columns_[i].is_variant() == is_variant) {
        return i;
      }
    }
    return std::nullopt;
  }

  // The first value of every column, the axis at its first or last.
  [[nodiscard]] std::vector<std::string> values(bool at_axis_end) const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::vector<std::string>& all = columns_[i].values;
      out.push_back(at_axis_end && i == axis_ ? all.back() : all.front());
    }
    return out;
  }

  [[nodiscard]] const SweepRow* at(const std::vector<std::string>& values) const {
    const std::optional<std::size_t> point = find_point(sweep_, values);
    return point && end_.outcomes[*point].row ? &*end_.outcomes[*point].row : nullptr;
  }

  // "bf16, tensor 64": the values of all columns of two or more values but the ones named.
  [[nodiscard]] std::string others(const std::vector<std::string>& values,
                                   std::optional<std::size_t> but = {}) const {
    std::vector<std::string> out;
    for (std::size_t i = columns_.size(); i-- > 0;) {
      if (i != axis_ && i != but && columns_[i].values.size() > 1) {
        out.push_back(short_value(values[i]));
      }
    }
    return fmt::format("{}", fmt::join(out, ", "));
  }

  [[nodiscard]] std::string on_axis(bool at_axis_end) const {
    const SweepColumn& column = columns_[axis_.value()];
    return column.name + " " + (at_axis_end ? column.values.back() : column.values.front());
  }

 private:
  std::vector<SweepColumn> columns_;
  std::optional<std::size_t> axis_;
  const SweepConfig& sweep_;
  const SweepEnd& end_;
};

// "2.1x less", "1.3x more" or "the same".
std::string against(double now, double before) {
  const double factor = now > before ? now / before : before / now;
  if (factor < 1.005) {
    return "the same";
  }
  return fmt::format("{}x {}", three_digits(factor), now > before ? "more" : "less");
}

// Along the axis, in the first series.
std::string along(const Rows& rows) {
  const SweepRow* first = rows.axis() == nullptr ? nullptr : rows.at(rows.values(false));
  const SweepRow* last = rows.axis() == nullptr ? nullptr : rows.at(rows.values(true));
  if (first == nullptr || last == nullptr) {
    return "";
  }
  const std::string series = rows.others(rows.values(false));
  return fmt::format(
      "{}{}{} takes {} energy per token than {}; moving weights is {:.0f}% of the dynamic energy "
      "at "
      "{} and {:.0f}% at {}.",
      series, series.empty() ? "" : ": ", rows.on_axis(true),
      against(last->energy_j, first->energy_j), rows.on_axis(false),
      100.0 * first->weights_share_of_dynamic(), rows.on_axis(false),
      100.0 * last->weights_share_of_dynamic(), rows.on_axis(true));
}

// The last value of a column against its first, at both ends of the axis.
std::string between(const Rows& rows, std::optional<std::size_t> column) {
  if (!column) {
    return "";
  }
  std::vector<std::string> parts;
  for (const bool at_axis_end : {false, true}) {
    std::vector<std::string> values = rows.values(at_axis_end);
    const SweepRow* before = rows.at(values);
    values[*column] = rows.columns()[*column].values.back();
    const SweepRow* now = rows.at(values);
    if (before != nullptr && now != nullptr && (at_axis_end || rows.axis() != nullptr)) {
      parts.push_back(fmt::format("{} energy per token and {} time",
                                  against(now->energy_j, before->energy_j),
                                  against(now->time_s, before->time_s)));
      if (rows.axis() != nullptr) {
        parts.back() += " at " + rows.on_axis(at_axis_end);
      }
    }
  }
  if (parts.empty()) {
    return "";
  }
  const std::vector<std::string>& values = rows.columns()[*column].values;
  const std::string series = rows.others(rows.values(false), column);
  return fmt::format("{}{}{} takes, against {}, {}.", series, series.empty() ? "" : ": ",
                     short_value(values.back()), short_value(values.front()),
                     fmt::join(parts, ", and "));
}

// How far the analytic engine is off, over all checked points.
std::string apart(const SweepConfig& sweep, const SweepEnd& end) {
  std::size_t count = 0;
  std::size_t worst = 0;
  FidelityError least{.time = 0, .energy = 0};
  FidelityError most{.time = 0, .energy = 0};
  double furthest = -1;
  for (const SweepChecked& checked : end.checks) {
    const std::optional<FidelityError> error = error_of(end, checked);
    if (!error) {
      continue;
    }
    if (count++ == 0) {
      least = most = *error;
    }
    least = {.time = std::min(least.time, error->time),
             .energy = std::min(least.energy, error->energy)};
    most = {.time = std::max(most.time, error->time),
            .energy = std::max(most.energy, error->energy)};
    if (std::abs(error->time) > furthest) {
      furthest = std::abs(error->time);
      worst = checked.point;
    }
  }
  if (count == 0) {
    return "";
  }
  std::vector<std::string> labels;
  for (const SweepLabel& label : sweep.points[worst].labels) {
    labels.push_back(label.key == "variant" ? label.value
                                            : label.key + " " + short_value(label.value));
  }
  return fmt::format(
      "Both fidelities computed {} of {} points: the analytic time is {:+.1f}% .. {:+.1f}% off the "
      "event engine's, the energy {:+.1f}% .. {:+.1f}%; furthest in time: {}.",
      count, end.outcomes.size(), 100 * least.time, 100 * most.time, 100 * least.energy,
      100 * most.energy, fmt::join(labels, ", "));
}

}  // namespace

std::string sweep_findings(const SweepConfig& sweep, const SweepEnd& end) {
  const Rows rows(sweep, end);
  std::string out;
  for (const std::string& sentence : {along(rows), between(rows, rows.choice(false)),
                                      between(rows, rows.choice(true)), apart(sweep, end)}) {
    out += sentence.empty() ? "" : paragraph("", sentence, 0, kWidth);
  }
  return out;
}

}  // namespace systole
