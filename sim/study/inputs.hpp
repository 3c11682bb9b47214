// SPDX-License-Identifier: Apache-2.0
// All that a point consists of, before anything is lowered: from a run file and the files that it
// names, or out of a result, which holds the content of them all.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "config/document.hpp"
#include "config/pod.hpp"
#include "config/run.hpp"
#include "ledger/energy_model.hpp"
#include "trace/trace.hpp"
#include "workload/model.hpp"

namespace systole {

struct Inputs {
  RunConfig run;
  PodConfig pod;
  ModelConfig model;
  EnergyModel energy;
  // Canonical content by role: run, pod, chip with its memory, model, energy_model.
  nlohmann::ordered_json content;
  std::map<std::string, std::string> hashes;  // By role; the trace is not among them.
};

// `energy_model` is a path instead of the run file's. Throws UserError.
[[nodiscard]] Inputs read_inputs(const std::string& run_file,
                                 const std::vector<Override>& overrides,
                                 const std::optional<std::string>& energy_model = {});

// Of a systole.result/1 document that `run` wrote. Throws UserError.
[[nodiscard]] Inputs inputs_of(const nlohmann::ordered_json& result,
                               const std::vector<Override>& overrides = {});

}  // namespace systole
