// SPDX-License-Identifier: Apache-2.0
#include "report/flame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/export_document.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

// Stacks in the order of their first weight; equal ones are one.
class Stacks {
 public:
  void add(std::vector<std::string> frames, double weight) {
    if (weight == 0.0) {
      return;
    }
    const auto [place, is_new] = known_.emplace(frames, stacks_.size());
    if (is_new) {
      stacks_.push_back({.frames = std::move(frames), .weight = 0.0});
    }
    stacks_[place->second].weight += weight;
  }
  [[nodiscard]] std::vector<FlameStack> take() { return std::move(stacks_); }

 private:
  std::map<std::vector<std::string>, std::size_t> known_;
  std::vector<FlameStack> stacks_;
};

// "layer.qkv" is two frames, "static" is one.
std::vector<std::string> with_operation(const std::string& title, const std::string& operation) {
  const std::size_t dot = operation.find('.');
  if (dot == std::string::npos) {
    return {title, operation};
  }
  return {title, operation.substr(0, dot), operation.substr(dot + 1)};
}

double nanoseconds(Femtoseconds time) { return to_seconds(time).count() * 1e9; }

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

Json profile(const std::string& name, const char* unit, const std::vector<FlameStack>& stacks,
             std::map<std::string, std::size_t>& numbers, Json& frames) {
  Json samples = Json::array();
  Json weights = Json::array();
  double end = 0.0;
  for (const FlameStack& stack : stacks) {
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

std::vector<FlameStack> energy_flame(const Json& result) {
  const std::string title = export_title(result);
  Stacks out;
  for (const ExportLine& line : export_lines(result)) {
    std::vector<std::string> frames{title, line.block, line.operation, line.component, line.action};
    if (line.block == line.operation) {  // "static" belongs to no block.
      frames.erase(frames.begin() + 1);
    }
    out.add(std::move(frames), line.energy_j * 1e12);
  }
  return out.take();
}

std::vector<FlameStack> time_flame(const Json& result) {
  const std::string title = export_title(result);
  Stacks out;
  for (const ExportUnit& unit : export_units(result)) {
    out.add({title, unit.unit, unit.state}, unit.seconds * 1e9);
  }
  return out.take();
}

std::vector<FlameStack> time_flame(const Json& result, const Recording& recording) {
  const std::string title = export_title(result);
  const auto copies = static_cast<double>(recording.copies());
  Stacks out;
  for (const Track& track : recording.tracks()) {
    const std::string unit = track.path().substr(track.path().find('.') + 1);
    Femtoseconds idle = recording.elapsed();
    for (const Slice& slice : track.slices()) {
      std::vector<std::string> frames =
          with_operation(title, recording.operations()[slice.piece.operation]);
      frames.push_back(unit);
      frames.emplace_back(name(slice.state));
      out.add(std::move(frames), nanoseconds(slice.end - slice.begin) * copies);
      idle -= slice.end - slice.begin;
    }
    out.add({title, "idle", unit}, nanoseconds(idle) * copies);
  }
  return out.take();
}

std::string folded(const std::vector<FlameStack>& stacks) {
  std::string out;
  for (const FlameStack& stack : stacks) {
    for (std::size_t i = 0; i < stack.frames.size(); ++i) {
      out += (i == 0 ? "" : ";") + frame_name(stack.frames[i]);
    }
    out += " " + plain(stack.weight) + "\n";
  }
  return out;
}

std::string speedscope(const Json& result, const std::vector<FlameStack>& energy,
                       const std::vector<FlameStack>& time) {
  std::map<std::string, std::size_t> numbers;
  Json frames = Json::array();
  Json profiles = Json::array();
  profiles.push_back(profile("energy (picojoules)", "none", energy, numbers, frames));
  if (!time.empty()) {
    profiles.push_back(profile("time of all units", "nanoseconds", time, numbers, frames));
  }
  const Json out{{"$schema", "https://www.speedscope.app/file-format-schema.json"},
                 {"name", export_title(result)},
                 {"exporter", "systole " + export_text(result, "systole")},
                 {"activeProfileIndex", 0},
                 {"shared", {{"frames", std::move(frames)}}},
                 {"profiles", std::move(profiles)}};
  return out.dump() + "\n";
}

}  // namespace systole
