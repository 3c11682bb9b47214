// SPDX-License-Identifier: Apache-2.0
// The files that come with the program: what there is to start from, with the few numbers by which
// one tells them apart.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace systole {

// A folder of files of one kind.
struct Shelf {
  std::string_view kind;    // "chip", as `systole new` takes it.
  std::string_view plural;  // "chips", as `systole list` takes it.
  std::string_view folder;  // In the data that comes with the program.
};

inline constexpr std::array kShelves{
    Shelf{"chip", "chips", "configs/chips"},
    Shelf{"pod", "pods", "configs/pods"},
    Shelf{"run", "runs", "configs/runs"},
    Shelf{"sweep", "sweeps", "configs/sweeps"},
    Shelf{"model", "models", "workloads/models"},
    Shelf{"energy_model", "energy", "energy_models"},
    Shelf{"memory", "memories", "configs/memories"},
    Shelf{"baseline", "baselines", "configs/baselines"},
};

struct Preset {
  std::string name;  // Of the file, without its ending.
  std::string path;
  std::string summary;  // What a sweep teaches, or the first sentence of the comment at the top.
  nlohmann::ordered_json facts = nlohmann::ordered_json::object();  // In SI units.
};

// Sorted by name; empty if the folder does not exist.
[[nodiscard]] std::vector<Preset> presets(const std::string& folder);

// With their facts. Throws UserError where a file is broken.
[[nodiscard]] std::vector<Preset> catalogue(const Shelf& shelf, const std::string& folder);

}  // namespace systole
