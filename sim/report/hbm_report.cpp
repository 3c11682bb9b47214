// SPDX-License-Identifier: Apache-2.0
#include "report/hbm_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "report/format.hpp"
#include "study/energy_json.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kSoundGain = 0.01;  // Below this nothing but the bus is worth a word.

Json frame(const HbmResult& result) {
  const double seconds = to_seconds(result.elapsed).count();
  const dram::Counts& n = result.commands;
  Json out{{"schema", kResultSchema}, {"systole", SYSTOLE_VERSION},
           {"command", "hbm"},        {"config_hash", result.config_hash},
           {"fidelity", "command"},   {"chips", 1},
           {"time_s", seconds},       {"cycles", result.cycles}};
  for (const char* key : {"energy_j", "energy_static_j", "energy_dynamic_j"}) {
    out[key] = nullptr;
  }
  out["boundary"] = "device+phy";
  out["bandwidth_fraction"] = result.bandwidth_fraction;
  out["bandwidth_bytes_per_s"] = static_cast<double>(result.bytes()) / seconds;
  out["commands"] = {{"act", n.activate},
                     {"pre", n.precharge},
                     {"rd", n.read},
                     {"wr", n.write},
                     {"ref", n.refresh}};
  out["energy_pj_per_bit"] = {{"device", result.device_pj_per_bit},
                              {"device_and_phy", result.phy_pj_per_bit}};
  out["macs"] = Json::object();
  out["bytes"] = {{"hbm_read", result.read_bytes},
                  {"hbm_write", result.write_bytes},
                  {"sram_read", 0},
                  {"sram_write", 0},
                  {"ici", 0}};
  out["bound"] = {{"time_s", static_cast<double>(result.bytes()) / result.peak.count()},
                  {"energy_j", nullptr},
                  {"binding", "hbm"}};
  out["limits"] = Json::object();
  for (const HbmLimit& limit : result.limits) {
    out["limits"][limit.what] = limit.gain;
  }
  return out;
}

void add_facts(const HbmResult& result, Json& out) {
  out["point"] = {{"device", result.device},           {"channels", result.channels},
                  {"pattern", result.options.pattern}, {"bytes", result.options.bytes.count()},
                  {"preset", result.options.preset},   {"mapping", result.options.mapping}};
  out["stamp"] = {{"energy_model", result.energy_model}, {"inputs", result.inputs}};
}

std::string limiter(const HbmResult& result) {
  std::vector<std::string> parts;
  for (const HbmLimit& limit : result.limits) {
    if (limit.gain >= kSoundGain) {
      parts.push_back(fmt::format("{} (without it {:.2f}x)", limit.what, 1.0 + limit.gain));
    }
  }
  return parts.empty() ? "the data bus" : fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

nlohmann::ordered_json to_json(const HbmResult& result) {
  Json out = frame(result);
  write_energy({.bill = result.bill,
                .chip = result.chip,
                .ideal_j = 0.0,
                .chips = 1,
                .seconds = to_seconds(result.elapsed).count(),
                .output_tokens = std::nullopt},
               out);
  // No products are done, no tokens come out, and the stack stands alone.
  out["bound"]["energy_j"] = nullptr;
  Json& components = out["by_component"];
  components.erase(std::remove_if(components.begin(), components.end(),
                                  [](const Json& one) { return one["component"] != "hbm"; }),
                   components.end());
  add_facts(result, out);
  return out;
}

std::string console(const HbmResult& result) {
  const double seconds = to_seconds(result.elapsed).count();
  const dram::Counts& n = result.commands;
  std::string out =
      fmt::format("{} {} over one stack of {} ({} channels), {} rows, {} mapping\n",
                  result.options.pattern, si(static_cast<double>(result.bytes()), "B"),
                  result.device, result.channels, result.options.preset, result.options.mapping);
  out += fmt::format("  bandwidth   {} of {} peak, {}\n",
                     si(static_cast<double>(result.bytes()) / seconds, "B/s"),
                     si(result.peak.count(), "B/s"), percent(result.bandwidth_fraction));
  out += fmt::format("  held by     {}\n", limiter(result));
  out += fmt::format("  time        {}, {} cycles of the memory's clock\n", si(seconds, "s"),
                     result.cycles);
  out += fmt::format("  commands    {} activate, {} precharge, {} read, {} write, {} refresh\n",
                     n.activate, n.precharge, n.read, n.write, n.refresh);
  out += fmt::format("  energy      {}   ({} .. {}, 5% .. 95% by the ranges of {})\n",
                     si(result.bill.total_j.nominal, "J"), si(result.bill.total_j.p5, "J"),
                     si(result.bill.total_j.p95, "J"), result.energy_model);
  out += fmt::format("              {:.2f} pJ/b at the device, {:.2f} with PHY and controller\n",
                     result.device_pj_per_bit, result.phy_pj_per_bit);
  return out;
}

}  // namespace systole
