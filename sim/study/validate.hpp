// SPDX-License-Identifier: Apache-2.0
// The simulator held against published measurements of real chips, with one set of constants for
// all rows of a chip.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/chip.hpp"
#include "study/measurements.hpp"

namespace systole {

struct Prediction {
  Measurement row;
  std::optional<double> predicted;  // In the row's unit; none: there is no such counter.
  std::optional<double> error;      // A share of the measured value; of percentages, points.
  std::string tolerance;            // "10%", "1 us", "5 points".
  bool within = false;
};

struct ConstantValue {
  FittedConstant constant;
  std::string value;      // As the chip file says it: "0.75 us".
  std::uint64_t freedom;  // Rows less constants: what the fit could not have hit by itself.
};

struct Validation {
  std::vector<Prediction> predictions;
  std::vector<ConstantValue> constants;

  [[nodiscard]] bool holds() const;  // All rows but those for information are within.
};

struct ValidateOptions {
  std::string root;                 // Folder that configs/ and tests/validation/ stand in.
  std::optional<std::string> chip;  // Only rows of this one.
};

// Throws UserError, DoesNotFit.
[[nodiscard]] Validation validate(const ValidateOptions& options);

// One row by itself.
[[nodiscard]] Prediction predict(const Measurement& row, const ChipConfig& chip,
                                 const std::string& root);

}  // namespace systole
