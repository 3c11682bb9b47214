// SPDX-License-Identifier: Apache-2.0
// One point from files to result: read, lower, simulate, check the laws, price.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "config/document.hpp"
#include "study/result.hpp"

namespace systole {

class Recording;

struct PointOptions {
  std::vector<Override> overrides{};          // --set
  std::optional<std::string> energy_model{};  // Path, instead of the run file's.
  std::optional<std::string> trace{};         // Path of a trace to run instead of lowering.
  bool unfold = false;                        // Simulate every chip, whatever symmetry allows.
  Recording* recording = nullptr;             // Of the run over time, where one is wanted.
};

// Throws UserError, DoesNotFit, Bug.
[[nodiscard]] Result run_point(const std::string& run_file, const PointOptions& options = {});

// A document that `run` wrote, run again from what it holds and nothing else, as it is or with
// overrides. Its JSON is the same bytes, unless the trace of its run was edited.
[[nodiscard]] Result run_again(const nlohmann::ordered_json& result,
                               const std::vector<Override>& overrides = {},
                               Recording* recording = nullptr);

// The text of the trace that run_point would run.
[[nodiscard]] std::string lower_point(const std::string& run_file,
                                      const std::vector<Override>& overrides);

struct GemmOptions {
  std::uint64_t m = 0;
  std::uint64_t n = 0;
  std::uint64_t k = 0;
  std::string chip;                   // Path.
  std::string energy_model;           // Path.
  std::optional<std::uint32_t> rows;  // Array instead of the chip's.
  std::optional<std::uint32_t> columns;
  DataType weights = DataType::bf16;
  DataType activations = DataType::bf16;
  std::optional<Dataflow> dataflow;
  std::optional<Preload> preload;
  bool hbm = false;  // Operands and results at HBM, with the kernel's start; else an SRAM without
                     // capacity limit feeds the array.
};

// One matrix multiply [m x k] * [k x n] on one matrix unit.
[[nodiscard]] Result run_gemm(const GemmOptions& options);

// One plan, two executors.
enum class CollectiveFidelity : std::uint8_t {
  chunk,  // Chunks between neighbours, as in a run.
  flit    // Every chip's router, flit by flit, up to 256 chips.
};

struct CollectiveOptions {
  CollectiveKind kind = CollectiveKind::all_gather;
  std::uint64_t bytes = 0;   // Of the full array.
  std::string pod;           // Path.
  std::string energy_model;  // Path.
  bool unfold = false;       // Simulate every chip, whatever symmetry allows.
  CollectiveFidelity fidelity = CollectiveFidelity::chunk;
};

// One collective over all axes of a pod, dispatched by itself.
[[nodiscard]] Result run_collective(const CollectiveOptions& options);

// A systole.result/1 document priced under another energy model (path); nothing is simulated.
[[nodiscard]] nlohmann::ordered_json price_again(const nlohmann::ordered_json& result,
                                                 const std::string& energy_model);

// A document that `run` wrote under its own energy model, some of whose prices are others:
// overrides "energy_model.KEY".
[[nodiscard]] nlohmann::ordered_json price_with(const nlohmann::ordered_json& result,
                                                const std::vector<Override>& overrides);

}  // namespace systole
