// SPDX-License-Identifier: Apache-2.0
#include "study/catalogue.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "base/data_type.hpp"
#include "config/files.hpp"
#include "config/memory.hpp"
#include "config/read.hpp"
#include "config/sweep.hpp"
#include "config/tree.hpp"
#include "ledger/energy_model.hpp"
#include "workload/model.hpp"

namespace systole {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// The first sentence of the comment that a file begins with, licence aside.
std::string summary_of(const std::string& file) {
  std::istringstream in(read_text(file, kMostBytes));
  std::string text;
  for (std::string line; std::getline(in, line) && line.starts_with("#") && line != "#";) {
    if (line.find("SPDX") == std::string::npos) {
      text += (text.empty() ? "" : " ") + line.substr(std::min<std::size_t>(2, line.size()));
    }
  }
  for (const char* end : {". ", "? "}) {
    const std::size_t at = text.find(end);
    text.resize(at == std::string::npos ? text.size() : at + 1);
  }
  return text;
}

Json chip_facts(const std::string& file) {
  const ChipConfig chip = read_chip(file);
  const MatrixUnitConfig& unit = chip.matrix_unit;
  Json peak = Json::object();
  for (const Multiplier m : kMultipliers) {
    if (unit.rate(m) > 0) {
      peak[std::string(name(m))] =
          2.0 * unit.count * unit.rows * unit.columns * unit.rate(m) * chip.clock.count();
    }
  }
  Json out{{"peak_ops_per_s", std::move(peak)},
           {"hbm", nullptr},
           {"hbm_bytes_per_s", nullptr},
           {"hbm_bytes", nullptr},
           {"sram_bytes", chip.scratchpad.capacity.count()}};
  if (chip.far_sram) {
    out["sram_bytes"] = (chip.scratchpad.capacity + chip.far_sram->capacity).count();
  }
  if (chip.hbm) {
    out["hbm"] = chip.hbm->memory.name;
    out["hbm_bytes_per_s"] = chip.hbm->bandwidth.count();
    out["hbm_bytes"] = chip.hbm->capacity.count();
  }
  return out;
}

Json pod_facts(const std::string& file) {
  const PodConfig pod = read_pod(file);
  Json out{{"chip", pod.chip.name},
           {"chips", pod.chips()},
           {"shape", Json::array()},
           {"wrap", Json::array()},
           {"faults", pod.faults.size()}};
  for (const Axis& axis : pod.axes) {
    out["shape"].push_back(axis.length);
    out["wrap"].push_back(axis.wraps);
  }
  return out;
}

Json run_facts(const std::string& file) {
  const RunConfig run = read_run(file);
  const WorkloadConfig& workload = run.workload;
  const bool is_decode = workload.phase == Phase::decode;
  return {{"model", fs::path(workload.model).stem().string()},
          {"pod", fs::path(run.pod).stem().string()},
          {"energy_model", fs::path(run.energy_model).stem().string()},
          {"phase", is_decode ? "decode" : "prefill"},
          {"batch", workload.batch},
          {"tokens", is_decode ? workload.context : workload.prompt},
          {"weights", name(workload.weights)}};
}

Json sweep_facts(const std::string& file) {
  const SweepConfig sweep = read_sweep(file);
  return {{"base", fs::path(sweep.base).stem().string()},
          {"points", sweep.points.size()},
          {"teaches", sweep.teaches}};
}

Json model_facts(const std::string& file) {
  const ModelConfig model = read_model(file);
  return {{"parameters", model.parameters()}, {"layers", model.layers}, {"width", model.width}};
}

Json memory_facts(const std::string& file) {
  const MemoryConfig memory = read_memory(file);
  const double seconds = to_seconds(Cycles{memory.burst_cycles} * memory.cycle).count();
  return {{"channels", memory.channels},
          {"bytes_per_s", static_cast<double>(memory.burst.count() * memory.channels) / seconds}};
}

Json facts_of(std::string_view kind, const std::string& file) {
  if (kind == "chip") {
    return chip_facts(file);
  }
  if (kind == "pod") {
    return pod_facts(file);
  }
  if (kind == "run") {
    return run_facts(file);
  }
  if (kind == "sweep") {
    return sweep_facts(file);
  }
  if (kind == "model") {
    return model_facts(file);
  }
  if (kind == "memory") {
    return memory_facts(file);
  }
  return kind == "energy_model" ? Json{{"node", read_energy_model(file).node}} : Json::object();
}

}  // namespace

std::vector<Preset> presets(const std::string& folder) {
  std::vector<Preset> out;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const fs::path& file = it->path();
    if (file.extension() == ".yaml" || file.extension() == ".json") {
      out.push_back({.name = file.stem().string(), .path = file.string(), .summary = {}});
    }
  }
  std::ranges::sort(out, {}, &Preset::name);
  return out;
}

std::vector<Preset> catalogue(const Shelf& shelf, const std::string& folder) {
  std::vector<Preset> out = presets(folder);
  for (Preset& preset : out) {
    preset.summary = summary_of(preset.path);
    preset.facts = facts_of(shelf.kind, preset.path);
    if (const std::string teaches = preset.facts.value("teaches", ""); !teaches.empty()) {
      preset.summary = teaches;
    }
  }
  return out;
}

}  // namespace systole
