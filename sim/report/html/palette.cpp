// SPDX-License-Identifier: Apache-2.0
#include "report/html/palette.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace systole::html {
namespace {

constexpr std::size_t kColours = 8;
constexpr double kHeatSteps = 8;

constexpr std::size_t index(auto enumerator) { return static_cast<std::size_t>(enumerator); }

constexpr std::array<std::string_view, kPurposes> kPurposeStyles{
    "blue", "sky", "green", "orange", "purple", "yellow", "red", "grey"};
constexpr std::array<std::string_view, kPurposes> kPurposeWords{
    "moving weights", "moving the KV cache", "multiply-adds", "moving activations",
    "vector unit",    "instructions",        "links",         "static power"};

constexpr std::array<std::string_view, kComponents> kComponentStyles{
    "green", "yellow", "orange", "sky", "blue", "purple", "ink", "red", "grey"};
constexpr std::array<std::string_view, kComponents> kComponentWords{
    "matrix units", "accumulators",        "scratchpad",
    "far SRAM",     "HBM and its PHY",     "vector unit",
    "sequencer",    "links between chips", "leakage, clocks and the rest"};

}  // namespace

std::string_view style_of(Purpose purpose) { return kPurposeStyles[index(purpose)]; }
std::string_view words_for(Purpose purpose) { return kPurposeWords[index(purpose)]; }
std::string_view style_of(Component component) { return kComponentStyles[index(component)]; }
std::string_view words_for(Component component) { return kComponentWords[index(component)]; }

std::string series_style(std::size_t n) {
  constexpr std::array<std::string_view, kColours> kOrder{"blue",   "orange", "green", "red",
                                                          "purple", "sky",    "ink",   "yellow"};
  return std::string(kOrder[n % kColours]);
}

std::string heat_style(double share) {
  return fmt::format("q{:.0f}", std::clamp(std::floor(share * kHeatSteps), 0.0, kHeatSteps - 1.0));
}

std::string resource_name(std::string_view resource) {
  return resource == "hbm"           ? "HBM"
         : resource == "ici"         ? "links"
         : resource == "matrix_unit" ? "matrix units"
         : resource == "far_sram"    ? "far SRAM"
                                     : spaced(resource);
}

std::string spaced(std::string_view name) {
  std::string out(name);
  std::ranges::replace(out, '_', ' ');
  return out;
}

}  // namespace systole::html
