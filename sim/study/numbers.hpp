// SPDX-License-Identifier: Apache-2.0
// The numbers that everyone who programs this chip should know.
//
// Every row is a count that the bill's own prices are applied to, or a simulated decode step: none
// is a constant.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace systole {

struct Number {
  std::string key;              // Stable: "mac_bf16", "far_line_20mm", "token_batch_64".
  std::string label;            // "one bf16 multiply-add".
  std::string unit;             // pJ, pJ/B, W, J.
  std::optional<double> value;  // Nominal; empty if it does not apply.
  std::optional<double> p5;
  std::optional<double> p95;
  std::optional<double> ratio;       // To the energy of the reference product.
  std::string how;                   // Which actions, or why there is no value.
  std::vector<std::string> sources;  // "mac.bf16 (derived): Jouppi et al., ...".
};

struct Numbers {
  std::string chip;
  std::string energy_model;
  std::string reference;  // The product that ratios refer to: int8 if the chip has it, else bf16.
  std::vector<Number> rows;
};

// Paths of a chip, an energy model and the model whose decode steps are simulated. Throws
// UserError.
[[nodiscard]] Numbers numbers(const std::string& chip, const std::string& energy_model,
                              const std::string& model);

}  // namespace systole
