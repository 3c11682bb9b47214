// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "report/export.hpp"
#include "report/export_document.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

struct Piece {
  std::string block;
  std::string component;
  double energy_j;
};

// In the order of the document.
std::vector<Piece> pieces_of(const Json& result) {
  std::vector<Piece> out;
  for (const ExportLine& line : export_lines(result)) {
    const auto found = std::ranges::find_if(out, [&](const Piece& piece) {
      return piece.block == line.block && piece.component == line.component;
    });
    if (found != out.end()) {
      found->energy_j += line.energy_j;
    } else {
      out.push_back({.block = line.block, .component = line.component, .energy_j = line.energy_j});
    }
  }
  return out;
}

// Colours that people who confuse red and green tell apart: Okabe and Ito, and black.
Json colours() {
  return {"#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9",
          "#D55E00", "#F0E442", "#999999", "#000000"};
}

}  // namespace

std::string export_vegalite(const Json& result) {
  const std::string title = export_title(result);
  Json values = Json::array();
  for (const char* bar : {"whole run", ""}) {  // All blocks in one bar, then a bar each.
    for (const Piece& piece : pieces_of(result)) {
      values.push_back({{"bar", *bar != '\0' ? std::string(bar) : piece.block},
                        {"block", piece.block},
                        {"component", piece.component},
                        {"energy_j", piece.energy_j}});
    }
  }
  const Json out{
      {"$schema", "https://vega.github.io/schema/vega-lite/v5.json"},
      {"title", "Energy of " + title + " by component"},
      {"width", 600},
      {"data", {{"values", std::move(values)}}},
      {"mark", {{"type", "bar"}, {"tooltip", true}}},
      {"encoding",
       {{"y", {{"field", "bar"}, {"type", "nominal"}, {"sort", nullptr}, {"title", nullptr}}},
        {"x",
         {{"field", "energy_j"},
          {"type", "quantitative"},
          {"aggregate", "sum"},
          {"stack", "normalize"},
          {"axis", {{"format", "%"}}},
          {"title", "share of the energy"}}},
        {"color",
         {{"field", "component"},
          {"type", "nominal"},
          {"sort", nullptr},
          {"scale", {{"range", colours()}}}}},
        {"tooltip",
         {{{"field", "bar"}, {"type", "nominal"}},
          {{"field", "component"}, {"type", "nominal"}},
          {{"field", "energy_j"},
           {"type", "quantitative"},
           {"aggregate", "sum"},
           {"format", ".3s"},
           {"title", "energy (J)"}}}}}}};
  return out.dump(2) + "\n";
}

}  // namespace systole
