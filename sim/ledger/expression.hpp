// SPDX-License-Identifier: Apache-2.0
// A sum of products of energy-model parameters: the form that every price has.
//
// Prices are written as formulas over parameters and kept as expressions, so that one formula gives
// the nominal price, any sample of it, which parameters it reads, and how much rests on each.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <vector>

namespace systole {

class Expression {
 public:
  Expression() = default;                          // Zero.
  Expression(double constant);                     // Implicit: `1 - fraction` reads as a formula.
  static Expression parameter(std::size_t index);  // Of EnergyModel::parameters.

  Expression& operator+=(const Expression& other);
  Expression& operator-=(const Expression& other);
  friend Expression operator+(Expression a, const Expression& b) { return a += b; }
  friend Expression operator-(Expression a, const Expression& b) { return a -= b; }
  friend Expression operator*(const Expression& a, const Expression& b);

  [[nodiscard]] double at(const std::vector<double>& values) const;

  // Value of the terms that hold a parameter, each times the parameter's power in it: the change of
  // the expression for a relative change of the parameter (its elasticity times the value).
  [[nodiscard]] double sensitivity(std::size_t parameter, const std::vector<double>& values) const;

  [[nodiscard]] std::set<std::size_t> parameters() const;

 private:
  using Product = std::vector<std::size_t>;  // Sorted; a square holds its parameter twice.

  std::map<Product, double> terms_;  // Product to its factor: like terms are one.
};

}  // namespace systole
