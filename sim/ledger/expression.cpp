// SPDX-License-Identifier: Apache-2.0
#include "ledger/expression.hpp"

#include <algorithm>
#include <iterator>

namespace systole {

Expression::Expression(double constant) : terms_{{Product{}, constant}} {}

Expression Expression::parameter(std::size_t index) {
  Expression one;
  one.terms_[Product{index}] = 1.0;
  return one;
}

Expression& Expression::operator+=(const Expression& other) {
  for (const auto& [product, factor] : other.terms_) {
    terms_[product] += factor;
  }
  return *this;
}

Expression& Expression::operator-=(const Expression& other) {
  for (const auto& [product, factor] : other.terms_) {
    terms_[product] -= factor;
  }
  return *this;
}

Expression operator*(const Expression& a, const Expression& b) {
  Expression result;
  for (const auto& [left, left_factor] : a.terms_) {
    for (const auto& [right, right_factor] : b.terms_) {
      Expression::Product product;
      std::merge(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(product));
      result.terms_[product] += left_factor * right_factor;
    }
  }
  return result;
}

double Expression::at(const std::vector<double>& values) const {
  double sum = 0.0;
  for (const auto& [product, factor] : terms_) {
    double term = factor;
    for (const std::size_t parameter : product) {
      term *= values[parameter];
    }
    sum += term;
  }
  return sum;
}

double Expression::sensitivity(std::size_t parameter, const std::vector<double>& values) const {
  double sum = 0.0;
  for (const auto& [product, factor] : terms_) {
    double term = factor * static_cast<double>(std::ranges::count(product, parameter));
    for (const std::size_t i : product) {
      term *= values[i];
    }
    sum += term;
  }
  return sum;
}

std::set<std::size_t> Expression::parameters() const {
  std::set<std::size_t> read;
  for (const auto& [product, factor] : terms_) {
    read.insert(product.begin(), product.end());
  }
  return read;
}

}  // namespace systole
