// SPDX-License-Identifier: Apache-2.0
// Flame graphs: stacks of names with a weight.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/export.hpp"
#include "report/export_document.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

struct Stack {
  std::vector<std::string> frames;  // Outermost first.
  double weight;
};

// In the document's order; lines that differ in their tensor alone are one stack.
std::vector<Stack> energy_stacks(const Json& result) {
  const std::string title = export_title(result);
  std::vector<Stack> out;
  std::map<std::vector<std::string>, std::size_t> known;
  for (const ExportLine& line : export_lines(result)) {
    std::vector<std::string> frames{title, line.block, line.operation, line.component, line.action};
    if (line.block == line.operation) {  // "static" belongs to no block.
      frames.erase(frames.begin() + 1);
    }
    const auto [place, is_new] = known.emplace(frames, out.size());
    if (is_new) {
      out.push_back({.frames = std::move(frames), .weight = 0.0});
    }
    out[place->second].weight += line.energy_j * 1e12;
  }
  std::erase_if(out, [](const Stack& stack) { return stack.weight == 0.0; });
  return out;
}

std::vector<Stack> time_stacks(const Json& result) {
  const std::string title = export_title(result);
  std::vector<Stack> out;
  for (const ExportUnit& unit : export_units(result)) {
    out.push_back({.frames = {title, unit.unit, unit.state}, .weight = unit.seconds * 1e9});
  }
  return out;
}

// The separators of the format cannot stand in a name.
std::string frame_name(std::string name) {
  std::ranges::replace_if(
      name, [](char c) { return c == ';' || c == '\n' || c == '\r'; }, '_');
  return name;
}

// Without an exponent, which readers of folded stacks do not know, and without loss.
std::string plain(double weight) {
  std::string text = fmt::format("{}", weight);
  if (text.find('e') != std::string::npos) {
    text = weight >= 1.0 ? fmt::format("{:.0f}", weight) : fmt::format("{:.30f}", weight);
  }
  return text;
}

Json profile(const std::string& name, const char* unit, const std::vector<Stack>& stacks,
             std::map<std::string, std::size_t>& numbers, Json& frames) {
  Json samples = Json::array();
  Json weights = Json::array();
  double end = 0.0;
  for (const Stack& stack : stacks) {
    Json sample = Json::array();
    for (const std::string& frame : stack.frames) {
      const auto [place, is_new] = numbers.emplace(frame, numbers.size());
      if (is_new) {
        frames.push_back({{"name", frame}});
      }
      sample.push_back(place->second);
    }
    samples.push_back(std::move(sample));
    weights.push_back(stack.weight);
    end += stack.weight;
  }
  return {{"type", "sampled"},
          {"name", name},
          {"unit", unit},
          {"startValue", 0},
          {"endValue", end},
          {"samples", std::move(samples)},
          {"weights", std::move(weights)}};
}

}  // namespace

std::string export_folded(const Json& result, FlameWeight weight) {
  std::string out;
  for (const Stack& stack :
       weight == FlameWeight::energy ? energy_stacks(result) : time_stacks(result)) {
    for (std::size_t i = 0; i < stack.frames.size(); ++i) {
      out += (i == 0 ? "" : ";") + frame_name(stack.frames[i]);
    }
    out += " " + plain(stack.weight) + "\n";
  }
  return out;
}

std::string export_speedscope(const Json& result) {
  std::map<std::string, std::size_t> numbers;
  Json frames = Json::array();
  Json profiles = Json::array();
  profiles.push_back(
      profile("energy (picojoules)", "none", energy_stacks(result), numbers, frames));
  profiles.push_back(
      profile("time of all units", "nanoseconds", time_stacks(result), numbers, frames));
  const Json out{{"$schema", "https://www.speedscope.app/file-format-schema.json"},
                 {"name", export_title(result)},
                 {"exporter", "systole " + export_text(result, "systole")},
                 {"activeProfileIndex", 0},
                 {"shared", {{"frames", std::move(frames)}}},
                 {"profiles", std::move(profiles)}};
  return out.dump() + "\n";
}

}  // namespace systole
