// SPDX-License-Identifier: Apache-2.0
#include "cosim/ladder_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace systole::cosim {
namespace {

// "1,234,567".
std::string grouped(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3;) {
    at -= 3;
    out.insert(at, ",");
  }
  return out;
}

std::string_view word(Dataflow dataflow) {
  return dataflow == Dataflow::output_stationary ? "os" : "ws";
}

}  // namespace

std::string ladder_table(const Climbed& climbed) {
  std::size_t width = 5;
  for (const Rung& rung : climbed.rungs) {
    width = std::max(width, rung.arrays.size());
  }
  std::string out =
      fmt::format("{:<17}{:<10}{:<4}{:<{}}{:>8}{:>16}{:>12}{:>13}\n", "rung", "type", "", "shape",
                  width, "cases", "cycles checked", "mismatches", "M cycles/s*");
  for (const Rung& rung : climbed.rungs) {
    out += fmt::format("{:<17}{:<10}{:<4}{:<{}}{:>8}{:>16}{:>12}{:>13}", rung.name, name(rung.type),
                       word(rung.dataflow), rung.arrays, width, grouped(rung.cases),
                       grouped(rung.cycles), rung.mismatches,
                       rung.speed ? fmt::format("{:.3f}", *rung.speed / 1e6) : "");
    out.erase(out.find_last_not_of(' ') + 1);
    out += "\n";
  }
  return out + fmt::format(
                   "* of the RTL under Verilator by itself, a second of CPU time\n"
                   "{} mismatches in {} cycles; seed {}\n",
                   climbed.mismatches(), grouped(climbed.cycles()), climbed.seed);
}

nlohmann::ordered_json ladder_json(const Climbed& climbed) {
  using nlohmann::ordered_json;
  ordered_json rungs = ordered_json::array();
  for (const Rung& rung : climbed.rungs) {
    rungs.push_back(
        {{"rung", rung.name},
         {"type", name(rung.type)},
         {"dataflow", word(rung.dataflow)},
         {"arrays", rung.arrays},
         {"cases", rung.cases},
         {"cycles", rung.cycles},
         {"transfers", rung.transfers},
         {"mismatches", rung.mismatches},
         {"rtl_cycles_per_cpu_s", rung.speed ? ordered_json(*rung.speed) : ordered_json(nullptr)}});
  }
  ordered_json failure = nullptr;
  if (climbed.failure) {
    failure = {{"rung", climbed.failure->rung},
               {"array", climbed.failure->array},
               {"case", climbed.failure->number},
               {"difference", climbed.failure->difference},
               {"options", climbed.failure->options}};
  }
  return {{"schema", "systole.verify/1"}, {"seed", climbed.seed},
          {"cycles", climbed.cycles()},   {"mismatches", climbed.mismatches()},
          {"rungs", std::move(rungs)},    {"failure", std::move(failure)}};
}

std::string explain(const Failure& failure, const std::string& options) {
  return fmt::format("{}: {}, case {}\n{}again: systole verify {}{}\n", failure.rung, failure.array,
                     failure.number, failure.difference, failure.options, options);
}

}  // namespace systole::cosim
