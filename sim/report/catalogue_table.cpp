// SPDX-License-Identifier: Apache-2.0
#include "report/catalogue_table.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "base/units.hpp"
#include "report/format.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kWidth = 100;

std::string bytes(const Json& value) {
  return print_quantity(value.get<double>(), Dimension::bytes);
}

// Multipliers of one peak share it: "275 TFLOP/s bf16, int8".
std::string chip_text(const Json& facts) {
  std::vector<std::pair<double, std::string>> peaks;
  for (const auto& [type, peak] : facts.at("peak_ops_per_s").items()) {
    const auto same =
        std::ranges::find(peaks, peak.get<double>(), &decltype(peaks)::value_type::first);
    if (same == peaks.end()) {
      peaks.emplace_back(peak.get<double>(), type);
    } else {
      same->second += ", " + type;
    }
  }
  std::vector<std::string> texts;
  texts.reserve(peaks.size() + 2);
  for (const auto& [peak, types] : peaks) {
    texts.push_back(fmt::format("{} {}", si(peak, "FLOP/s"), types));
  }
  texts.push_back(facts.at("hbm_bytes").is_null()
                      ? "no HBM"
                      : fmt::format("{} {} {}", facts.at("hbm").get<std::string>(),
                                    si(facts.at("hbm_bytes_per_s").get<double>(), "B/s"),
                                    bytes(facts.at("hbm_bytes"))));
  texts.push_back("SRAM " + bytes(facts.at("sram_bytes")));
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::string pod_text(const Json& facts) {
  std::vector<std::string> axes;
  for (std::size_t i = 0; i < facts.at("shape").size(); ++i) {
    axes.push_back(std::to_string(facts.at("shape")[i].get<std::uint64_t>()) +
                   (facts.at("wrap")[i].get<bool>() ? " wrapped" : ""));
  }
  const auto chips = facts.at("chips").get<std::uint64_t>();
  return fmt::format("{} chip{} {}: {}", chips, chips == 1 ? "" : "s",
                     facts.at("chip").get<std::string>(), fmt::join(axes, " x "));
}

std::string run_text(const Json& facts) {
  return fmt::format("{} on {}, {}, batch {}, {} tokens, {} weights",
                     facts.at("model").get<std::string>(), facts.at("pod").get<std::string>(),
                     facts.at("phase").get<std::string>(), facts.at("batch").get<std::uint64_t>(),
                     facts.at("tokens").get<std::uint64_t>(),
                     facts.at("weights").get<std::string>());
}

std::string facts_text(std::string_view kind, const Json& facts) {
  if (kind == "chip") {
    return chip_text(facts);
  }
  if (kind == "pod") {
    return pod_text(facts);
  }
  if (kind == "run") {
    return run_text(facts);
  }
  if (kind == "sweep") {
    return fmt::format("{} points from {}", facts.at("points").get<std::uint64_t>(),
                       facts.at("base").get<std::string>());
  }
  if (kind == "model") {
    return fmt::format(
        "{}, {} layers, width {}", si_of(facts.at("parameters").get<double>(), "parameters"),
        facts.at("layers").get<std::uint64_t>(), facts.at("width").get<std::uint64_t>());
  }
  if (kind == "memory") {
    return fmt::format("{} a stack over {} channels",
                       si(facts.at("bytes_per_s").get<double>(), "B/s"),
                       facts.at("channels").get<std::uint64_t>());
  }
  return kind == "energy_model" ? "node " + facts.at("node").get<std::string>() : "";
}

}  // namespace

std::string catalogue_table(const Shelf& shelf, const std::string& folder,
                            const std::vector<Preset>& presets) {
  if (presets.empty()) {
    return fmt::format("no {} come with this program\n", shelf.plural);
  }
  std::size_t width = 0;
  for (const Preset& preset : presets) {
    width = std::max(width, preset.name.size() + 2);
  }
  const std::string ending = std::filesystem::path(presets.front().path).extension().string();
  std::string out =
      fmt::format("{} {} in {}, each a NAME{}\n\n", presets.size(),
                  shelf.kind == "energy_model" ? "energy models" : shelf.plural, folder, ending);
  for (const Preset& preset : presets) {
    const std::string facts = facts_text(shelf.kind, preset.facts);
    const std::string text = facts.empty() || preset.summary.empty()
                                 ? facts + preset.summary
                                 : fmt::format("{}. {}", facts, preset.summary);
    out += paragraph(preset.name, text, width, kWidth);
  }
  return out + fmt::format("\n'systole new {} NAME' copies one to start from\n", shelf.kind);
}

Json catalogue_json(const Shelf& shelf, const std::vector<Preset>& presets) {
  Json items = Json::array();
  for (const Preset& preset : presets) {
    Json item{{"name", preset.name}, {"path", preset.path}, {"summary", preset.summary}};
    item.update(preset.facts);
    items.push_back(std::move(item));
  }
  return {{"schema", "systole.list/1"}, {"kind", shelf.kind}, {"items", std::move(items)}};
}

}  // namespace systole
