// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "report/html/advice.hpp"
#include "report/html/palette.hpp"

namespace systole::html {
namespace {

// Nothing is rounded up to all.
std::string whole_percent(double share) {
  return share >= 0.995 && share < 1.0 ? "over 99%" : fmt::format("{:.0f}%", 100.0 * share);
}

bool is_many(Purpose purpose) {
  return words_for(purpose).ends_with('s') && purpose != Purpose::weights;
}

std::string_view resource_words(const std::string& resource) {
  return resource == "latency"       ? "fixed latencies (starts of kernels and collectives, hops)"
         : resource == "matrix_unit" ? "the matrix units"
         : resource == "vector_unit" ? "the vector unit"
         : resource == "scratchpad"  ? "the scratchpad's banks"
         : resource == "far_sram"    ? "the far SRAM"
         : resource == "hbm"         ? "HBM bandwidth"
                                     : "the links between chips";
}

// What makes the largest purpose large.
std::string cause(const ReportData& data, Purpose largest) {
  const ReportPoint& point = data.detail();
  const SweepRow& row = *point.row;
  const double bound = row.time_s > 0 ? row.bound_time_s / row.time_s : 0;
  switch (largest) {
    case Purpose::fixed:
      return fmt::format(
          "because time, not work, is what costs: {} set {} of the step, and the matrix units do "
          "useful work in {} of it",
          resource_words(row.binding), whole_percent(bound),
          whole_percent(row.matrix_unit_utilisation));
    case Purpose::weights:
      return point.per_read
                 ? fmt::format("because each read of the weights serves only {:.0f} token{}",
                               *point.per_read, *point.per_read == 1 ? "" : "s")
                 : "because weights are read more often than they are used";
    case Purpose::kv_cache:
      return "because every token reads the whole cache of its own sequence, which nothing else "
             "can share";
    case Purpose::products:
      return fmt::format(
          "because the arrays are at work: only cheaper or fewer multiply-adds help from here "
          "(the matrix units do useful work in {} of the step)",
          whole_percent(row.matrix_unit_utilisation));
    default:
      return fmt::format("while {} set {} of the step", resource_words(row.binding),
                         whole_percent(bound));
  }
}

}  // namespace

std::string why(const ReportData& data) {
  const SweepRow& row = *data.detail().row;
  std::array<Purpose, kPurposes> order = kStack;
  std::ranges::stable_sort(order, std::greater{}, [&](Purpose p) { return row.purpose_j(p); });
  const auto share = [&](Purpose p) {
    return row.energy_j > 0 ? row.purpose_j(p) / row.energy_j : 0.0;
  };
  std::string first(words_for(order[0]));
  first[0] = static_cast<char>(first[0] - 'a' + 'A');
  std::string out = fmt::format(
      "{} {} {} of {}, {}", first, is_many(order[0]) ? "are" : "is", whole_percent(share(order[0])),
      data.has_tokens ? "each token's energy" : "the energy", cause(data, order[0]));
  if (share(order[1]) >= 0.05) {
    out += fmt::format("; {} {} next with {}", words_for(order[1]),
                       is_many(order[1]) ? "come" : "comes", whole_percent(share(order[1])));
  }
  return out + ".";
}

}  // namespace systole::html
