// SPDX-License-Identifier: Apache-2.0
#include "study/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "base/number.hpp"
#include "config/files.hpp"
#include "config/source.hpp"

namespace systole {
namespace {

constexpr std::size_t kMostMistakes = 20;

struct Field {
  std::string_view text;
  std::size_t offset;  // In its line.
};

Field trimmed(Field field) {
  constexpr std::string_view kSpace = " \t\r";
  const std::size_t first = std::min(field.text.find_first_not_of(kSpace), field.text.size());
  const std::size_t last = field.text.find_last_not_of(kSpace);
  const std::size_t length = last == std::string_view::npos ? 0 : last + 1 - first;
  return {field.text.substr(first, length), field.offset + first};
}

std::optional<double> number(std::string_view text) {
  const Parsed<Decimal> decimal = take_apart(text);
  if (!decimal.ok()) {
    return std::nullopt;
  }
  const Parsed<double> value = to_double(decimal.value, 0);
  return value.ok() ? std::optional(value.value) : std::nullopt;
}

class Reader {
 public:
  explicit Reader(const std::string& file) : source_(file, read_text(file, kHistogramBytes)) {}

  Histogram read() {
    for (std::uint32_t i = 1; i <= source_.lines() && mistakes_.size() < kMostMistakes; ++i) {
      line(i);
    }
    if (mistakes_.empty() && total_ <= 0.0) {
      mistakes_.push_back(diagnose({.source = &source_}, "the histogram counts nothing"));
    }
    if (!mistakes_.empty()) {
      throw UserError(std::move(mistakes_));
    }
    for (double& share : histogram_.cumulative) {
      share /= total_;
    }
    return std::move(histogram_);
  }

 private:
  void line(std::uint32_t at) {
    const std::string_view whole = source_.line(at);
    const Field content = trimmed({whole.substr(0, whole.find('#')), 0});
    if (content.text.empty()) {
      return;
    }
    const std::size_t comma = content.text.find(',');
    const Field value = trimmed({content.text.substr(0, comma), content.offset});
    if (comma == std::string_view::npos) {
      mistake(at, content, "a line holds a value, a comma and its count");
      return;
    }
    const Field count = trimmed({content.text.substr(comma + 1), content.offset + comma + 1});
    const std::optional<double> read_value = number(value.text);
    const std::optional<double> read_count = number(count.text);
    if (!read_value && !read_count && histogram_.values.empty() && !seen_names_) {
      seen_names_ = true;
    } else if (!read_value) {
      mistake(at, value, "this value is not a number");
    } else if (!read_count || *read_count < 0.0) {
      mistake(at, count, "a count is a number of at least 0");
    } else {
      total_ += *read_count;
      histogram_.values.push_back(*read_value);
      histogram_.cumulative.push_back(total_);
    }
  }

  void mistake(std::uint32_t line, const Field& field, std::string message) {
    mistakes_.push_back(diagnose(
        {.source = &source_,
         .line = line,
         .column = source_.column(line, field.offset),
         .width = static_cast<std::uint32_t>(std::max<std::size_t>(characters(field.text), 1))},
        std::move(message)));
  }

  const Source source_;
  std::vector<Diagnostic> mistakes_;
  Histogram histogram_;
  double total_ = 0.0;
  bool seen_names_ = false;
};

}  // namespace

double Histogram::quantile(double p) const {
  const auto at = std::ranges::upper_bound(cumulative, p);
  return values[std::min<std::size_t>(static_cast<std::size_t>(at - cumulative.begin()),
                                      values.size() - 1)];
}

Histogram read_histogram(const std::string& file) { return Reader(file).read(); }

}  // namespace systole
