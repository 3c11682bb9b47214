// SPDX-License-Identifier: Apache-2.0
#include "study/snapshot.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.hpp"
#include "study/json_reader.hpp"

namespace systole {
namespace {

constexpr double kSumTolerance = 4e-13;  // Of the energy: a document adds up in plain doubles.

std::vector<LedgerEntry> ledger_of(const JsonReader& in) {
  std::vector<LedgerEntry> out;
  for (const JsonReader& item : in.items()) {
    out.push_back({.component = item["component"].text(),
                   .operation = item["operation"].text(),
                   .tensor = item["tensor"].text(),
                   .action = item["action"].text(),
                   .count = item["count"].count(),
                   .pj_each = item["pj_each"].positive()});
  }
  return out;
}

void require_each_once(const std::vector<LedgerEntry>& ledger) {
  std::set<std::string> seen;
  for (const LedgerEntry& entry : ledger) {
    if (!seen.insert(entry.label()).second) {
      fail("the result is damaged: its ledger has the line '{}' twice", entry.label());
    }
  }
}

}  // namespace

std::string LedgerEntry::label() const {
  return fmt::format("{} {} {} {}", component, operation, tensor, action);
}

double energy_of(const std::vector<LedgerEntry>& ledger) {
  long double sum = 0.0L;  // 64 bits of mantissa or more: a count is exact in it.
  for (const LedgerEntry& entry : ledger) {
    sum += static_cast<long double>(entry.count) * static_cast<long double>(entry.pj_each);
  }
  return static_cast<double>(sum * 1e-12L);
}

Snapshot snapshot(const nlohmann::ordered_json& result) {
  const JsonReader in = result_reader(result);
  Snapshot out{.energy_model = in["stamp"]["energy_model"].text(),
               .energy_model_hash = in["stamp"]["inputs"]["energy_model"].text(),
               .output_tokens = in["output_tokens"].count_or_null(),
               .energy_j = in["energy_j"]["nominal"].positive(),
               .ledger = ledger_of(in["ledger"])};
  if (out.output_tokens) {
    const JsonReader spread = in["energy_per_output_token_j"];
    out.energy_range = {spread["p5"].positive(), spread["p50"].positive(),
                        spread["p95"].positive()};
    out.metrics = {spread["nominal"].positive(), {}, {}, {}};
  }
  out.metrics[static_cast<std::size_t>(Metric::time)] = in["time_s"].positive_or_null();
  out.metrics[static_cast<std::size_t>(Metric::tokens_per_s)] =
      in["tokens_per_s"].positive_or_null();
  out.metrics[static_cast<std::size_t>(Metric::power_w_per_chip)] =
      in["power_w_per_chip"].positive_or_null();
  require_each_once(out.ledger);
  if (const double sum = energy_of(out.ledger);
      std::abs(sum - out.energy_j) > kSumTolerance * std::max(sum, out.energy_j)) {
    fail("the result is damaged: its ledger adds up to {} J, and 'energy_j.nominal' is {} J", sum,
         out.energy_j);
  }
  return out;
}

}  // namespace systole
