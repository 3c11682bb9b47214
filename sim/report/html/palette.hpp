// SPDX-License-Identifier: Apache-2.0
// What is drawn in which colour, by class name, and what people call it.
//
// The eight colours of the style sheet are those of Okabe and Ito (2008), which stay apart for all
// common kinds of colour blindness; their black is a grey here. Loads are eight steps of one hue.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "ledger/ledger.hpp"
#include "study/purpose.hpp"

namespace systole::html {

// In the order in which bars stack: what a designer can change first.
inline constexpr std::array kStack{
    Purpose::weights,     Purpose::kv_cache,     Purpose::products, Purpose::activations,
    Purpose::vector_unit, Purpose::instructions, Purpose::links,    Purpose::fixed};

[[nodiscard]] std::string_view style_of(Purpose purpose);
[[nodiscard]] std::string_view words_for(Purpose purpose);  // "moving weights".

[[nodiscard]] std::string_view style_of(Component component);
[[nodiscard]] std::string_view words_for(Component component);  // "matrix units".

// Of the n-th series of a plot.
[[nodiscard]] std::string series_style(std::size_t n);

// Of a share from 0 to 1: "q0" to "q7".
[[nodiscard]] std::string heat_style(double share);

// "HBM" of "hbm", "matrix units" of "matrix_unit": what a step can be bound by.
[[nodiscard]] std::string resource_name(std::string_view resource);

// "matrix unit" of "matrix_unit".
[[nodiscard]] std::string spaced(std::string_view name);

}  // namespace systole::html
