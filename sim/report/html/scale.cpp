// SPDX-License-Identifier: Apache-2.0
#include "report/html/scale.hpp"

#include <algorithm>
#include <cmath>

namespace systole::html {
namespace {

// Steps of 1, 2 or 5 times a power of ten.
std::vector<double> even_ticks(const Span& span, std::size_t wanted) {
  const double rough = (span.high - span.low) / static_cast<double>(wanted);
  if (!(rough > 0.0)) {
    return {span.low};
  }
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double lead = rough / power;
  const double step = power * (lead <= 1.0 ? 1.0 : lead <= 2.0 ? 2.0 : lead <= 5.0 ? 5.0 : 10.0);
  std::vector<double> out;
  for (double i = std::ceil(span.low / step - 1e-9); i * step <= span.high + step * 1e-9; ++i) {
    out.push_back(i * step + 0.0);  // No negative zero.
  }
  return out;
}

std::vector<double> within(const Span& span, const std::vector<double>& leads, int stride) {
  const int first = static_cast<int>(std::floor(std::log10(span.low)));
  const int last = static_cast<int>(std::ceil(std::log10(span.high)));
  std::vector<double> out;
  for (int exponent = first; exponent <= last; ++exponent) {
    for (const double lead : leads) {
      const double value = lead * std::pow(10.0, exponent);
      if (exponent % stride == 0 && value >= span.low * (1 - 1e-9) &&
          value <= span.high * (1 + 1e-9)) {
        out.push_back(value);
      }
    }
  }
  return out;
}

std::vector<double> log_ticks(const Span& span, std::size_t wanted) {
  for (const std::vector<double>& leads :
       {std::vector<double>{1, 2, 3, 5, 7}, {1, 2, 5}, {1, 3}, {1}}) {
    std::vector<double> out = within(span, leads, 1);
    if (out.size() <= wanted) {
      return out;
    }
  }
  int stride = 2;
  while (within(span, {1.0}, stride).size() > wanted) {
    ++stride;
  }
  return within(span, {1.0}, stride);
}

}  // namespace

double Scale::operator()(double value) const {
  const auto part = [this](double v) {
    return kind_ == Kind::linear ? (v - values_.low) / (values_.high - values_.low)
                                 : std::log(v / values_.low) / std::log(values_.high / values_.low);
  };
  return pixels_.low + part(value) * (pixels_.high - pixels_.low);
}

std::vector<double> Scale::ticks(std::size_t wanted) const {
  return kind_ == Kind::linear ? even_ticks(values_, wanted) : log_ticks(values_, wanted);
}

Span log_span(const std::vector<double>& values, double factor) {
  Span out{.low = 0.0, .high = 0.0};
  for (const double value : values) {
    if (value > 0.0 && std::isfinite(value)) {
      out.low = out.low > 0.0 ? std::min(out.low, value) : value;
      out.high = std::max(out.high, value);
    }
  }
  if (!(out.low > 0.0)) {
    return {.low = 1.0, .high = 10.0};
  }
  return {.low = out.low / factor, .high = out.high * factor};
}

}  // namespace systole::html
