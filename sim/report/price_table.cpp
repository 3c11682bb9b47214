// SPDX-License-Identifier: Apache-2.0
#include "report/price_table.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "base/error.hpp"
#include "config/files.hpp"
#include "report/format.hpp"
#include "study/sweep_store.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kResultBytes = std::size_t{64} << 20;

// Of a document that was read: price_again() has checked only what it needs of it.
const Json& part(const Json& document, const char* key) {
  if (!document.is_object() || !document.contains(key)) {
    fail("the result is damaged: it has no '{}'", key);
  }
  return document.at(key);
}

double joules(const Json& value, const char* key) {
  const Json& found = part(value, key);
  if (!found.is_number()) {
    fail("the result is damaged: '{}' must be a number", key);
  }
  return found.get<double>();
}

// Joules of a component; 0 if the document does not have it.
double component_energy(const Json& document, const std::string& component) {
  for (const Json& item : part(document, "by_component")) {
    if (part(item, "component") == component) {
      return joules(item, "energy_j");
    }
  }
  return 0.0;
}

std::string energy_model(const Json& document) {
  const Json& found = part(part(document, "stamp"), "energy_model");
  return found.is_string() ? found.get<std::string>() : "before";
}

std::string line(std::string_view what, double before, double after) {
  const std::string ratio = before > 0.0 ? fmt::format("{:.3f}x", after / before) : "-";
  return fmt::format("  {:<20} {:>10} {:>10} {:>9}\n", what, si(before, "J"), si(after, "J"),
                     ratio);
}

// Of "FOLDER:N", the N-th point that a sweep kept there; nothing if there is no such folder.
std::optional<Json> point_of_sweep(const std::string& name) {
  const std::size_t colon = name.rfind(':');
  if (colon == std::string::npos || !std::filesystem::is_directory(name.substr(0, colon))) {
    return std::nullopt;
  }
  const std::string folder = name.substr(0, colon);
  const PlannedSweep planned = read_plan(folder);
  const SweepStore store(folder, SweepStore::Access::read);
  for (const SweepTask& task : planned.plan) {
    const std::size_t number = planned.sweep.points[task.point].number;
    if (task.is_check || std::to_string(number) != name.substr(colon + 1)) {
      continue;
    }
    const KeptPoint* kept = store.find(task.key);
    if (kept == nullptr || !kept->outcome.row) {
      fail("point {} of '{}' has no result{}", number, folder,
           kept == nullptr ? ": run the sweep again" : ": " + kept->outcome.message);
    }
    return Json::parse(store.document(*kept));
  }
  fail("'{}' has no point '{}'; its points are 1 to {}", folder, name.substr(colon + 1),
       planned.sweep.in_all);
}

}  // namespace

nlohmann::ordered_json read_result(const std::string& name) {
  if (std::optional<Json> point = point_of_sweep(name)) {
    return *std::move(point);
  }
  const std::string text = read_text(name, kResultBytes);
  Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) {
    fail("'{}' is not a result: it does not hold a JSON object", name);
  }
  return document;
}

std::string price_table(const nlohmann::ordered_json& before, const nlohmann::ordered_json& after) {
  std::string out =
      fmt::format("  {:<20} {:>10} {:>10}\n", "energy", energy_model(before), energy_model(after));
  for (const Json& item : part(after, "by_component")) {
    const std::string component = part(item, "component").get<std::string>();
    out += line(component, component_energy(before, component), joules(item, "energy_j"));
  }
  const Json& spread = part(after, "energy_j");
  out += line("total", joules(part(before, "energy_j"), "nominal"), joules(spread, "nominal"));
  out += fmt::format("  under {}: {} .. {} (5% .. 95%)\n", energy_model(after),
                     si(joules(spread, "p5"), "J"), si(joules(spread, "p95"), "J"));
  return out;
}

}  // namespace systole
