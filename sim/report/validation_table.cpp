// SPDX-License-Identifier: Apache-2.0
#include "report/validation_table.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace systole {
namespace {

std::string error_text(const Prediction& p) {
  if (!p.error) {
    return "";
  }
  return p.row.unit == "%" ? fmt::format("{:+.1f} points", *p.error)
                           : fmt::format("{:+.1f}%", 100 * *p.error);
}

std::string line(const Prediction& p, std::size_t width) {
  std::string out = fmt::format("{:<{}}  {:>9.4g} {:<8}{:>9}  {:>12}  {:<8}  {:<6}  {}", p.row.id,
                                width, p.row.measured, p.row.unit,
                                p.predicted ? fmt::format("{:.4g}", *p.predicted) : "n/a",
                                error_text(p), p.tolerance,
                                !p.predicted ? ""
                                : p.within   ? "yes"
                                             : "no",
                                name(p.row.role));
  return out + "\n";
}

std::string line(const ConstantValue& c, std::size_t width) {
  return fmt::format("{:<8}  {:<20}  {:>10}  {:<{}}  {:>12}\n", c.constant.chip, c.constant.key,
                     c.value, fmt::format("{}", fmt::join(c.constant.rows, " ")), width, c.freedom);
}

std::string verdict(const Validation& v) {
  const auto count = [&](Role role, bool within) {
    return std::ranges::count_if(v.predictions, [&](const Prediction& p) {
      return p.row.role == role && (p.within || !within);
    });
  };
  return fmt::format(
      "\n{} of {} fitted rows and {} of {} checked rows within tolerance; {} rows for "
      "information\n",
      count(Role::fit, true), count(Role::fit, false), count(Role::check, true),
      count(Role::check, false), count(Role::information, false));
}

template <class T>
nlohmann::ordered_json or_null(const std::optional<T>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

}  // namespace

std::string validation_table(const Validation& v) {
  std::size_t ids = 3;
  for (const Prediction& p : v.predictions) {
    ids = std::max(ids, p.row.id.size());
  }
  std::string out = fmt::format("{:<{}}  {:>9} {:<8}{:>9}  {:>12}  {:<8}  {:<6}  {}\n", "row", ids,
                                "measured", "", "predicted", "error", "allowed", "within", "role");
  for (const Prediction& p : v.predictions) {
    out += line(p, ids);
  }
  out += verdict(v);
  if (v.constants.empty()) {
    return out + "\nno constant of this chip was fitted\n";
  }
  std::size_t rows = 9;
  for (const ConstantValue& c : v.constants) {
    rows = std::max(rows, fmt::format("{}", fmt::join(c.constant.rows, " ")).size());
  }
  out += fmt::format("\n{:<8}  {:<20}  {:>10}  {:<{}}  {:>12}\n", "chip", "fitted", "value",
                     "on row", rows, "freedom left");
  for (const ConstantValue& c : v.constants) {
    out += line(c, rows);
  }
  return out;
}

nlohmann::ordered_json validation_json(const Validation& v) {
  using nlohmann::ordered_json;
  ordered_json rows = ordered_json::array();
  for (const Prediction& p : v.predictions) {
    rows.push_back({{"id", p.row.id},
                    {"chip", p.row.chip},
                    {"run", p.row.run},
                    {"parameters", p.row.parameters},
                    {"metric", p.row.metric},
                    {"unit", p.row.unit},
                    {"measured", p.row.measured},
                    {"predicted", or_null(p.predicted)},
                    {"error", or_null(p.error)},
                    {"tolerance", p.predicted ? ordered_json(p.tolerance) : ordered_json(nullptr)},
                    {"within", p.predicted ? ordered_json(p.within) : ordered_json(nullptr)},
                    {"role", name(p.row.role)},
                    {"source", p.row.source},
                    {"note", p.row.note}});
  }
  ordered_json constants = ordered_json::array();
  for (const ConstantValue& c : v.constants) {
    constants.push_back({{"chip", c.constant.chip},
                         {"constant", c.constant.key},
                         {"value", c.value},
                         {"rows", c.constant.rows},
                         {"freedom", c.freedom},
                         {"note", c.constant.note}});
  }
  return {{"schema", "systole.validate/1"},
          {"holds", v.holds()},
          {"rows", std::move(rows)},
          {"constants", std::move(constants)}};
}

}  // namespace systole
