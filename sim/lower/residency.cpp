// SPDX-License-Identifier: Apache-2.0
#include "lower/residency.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "workload/layout.hpp"

namespace systole {
namespace {

// What the stores of one chip can take as residents.
struct Room {
  Bytes scratchpad;
  Bytes far_sram;
  Bytes hbm;

  Bytes& operator[](Place place) {
    return place == Place::scratchpad ? scratchpad : place == Place::far_sram ? far_sram : hbm;
  }
};

Room room_of(const ChipConfig& chip) {
  return {.scratchpad = Bytes{chip.scratchpad.capacity.count() / 2},
          .far_sram = chip.far_sram ? chip.far_sram->capacity : Bytes{0},
          .hbm = chip.hbm ? chip.hbm->capacity : Bytes{0}};
}

struct Choice {
  Place weights;
  Place kv_cache;
  Place gathered;
};

std::optional<Place> take(Room& room, Bytes needed, const std::vector<Place>& order) {
  for (const Place place : order) {
    if (room[place] >= needed) {
      room[place] -= needed;
      return place;
    }
  }
  return std::nullopt;
}

// The places of `order` that a residence allows.
std::vector<Place> allowed(Residence residence, std::vector<Place> order) {
  std::erase_if(order, [&](Place place) {
    return residence != Residence::automatic &&
           (place == Place::hbm) != (residence == Residence::hbm);
  });
  return order;
}

// Where residents may lie, nearest first.
struct Orders {
  std::vector<Place> weights;
  std::vector<Place> kv_cache;
};

// The scratchpad takes weights only where no far SRAM was made for them, and the cache, which
// grows, only where there is no HBM for it.
Orders orders(const ResidenceConfig& residence, const ChipConfig& chip) {
  const bool takes_kv = !chip.hbm || residence.kv_cache == Residence::sram;
  return {.weights = allowed(residence.weights,
                             {chip.far_sram ? Place::far_sram : Place::scratchpad, Place::hbm}),
          .kv_cache = allowed(residence.kv_cache,
                              {Place::far_sram, takes_kv ? Place::scratchpad : Place::hbm})};
}

// Gathered weights land as near to the arrays as they fit.
std::optional<Choice> choose(const Footprint& needed, const ResidenceConfig& residence,
                             const ChipConfig& chip) {
  const Orders order = orders(residence, chip);
  Room room = room_of(chip);
  const std::optional<Place> weights = take(room, needed.weights, order.weights);
  const std::optional<Place> kv =
      weights ? take(room, needed.kv_cache, order.kv_cache) : std::nullopt;
  const std::optional<Place> gathered =
      kv ? take(room, needed.gathered, {Place::scratchpad, Place::far_sram, Place::hbm})
         : std::nullopt;
  return gathered ? std::optional<Choice>{{*weights, *kv, *gathered}} : std::nullopt;
}

std::string size(Bytes bytes) {
  const auto exact = static_cast<double>(bytes.count());
  if (exact >= 1e9) {
    return fmt::format("{:.2f} GiB", exact / 1073741824.0);
  }
  return exact >= 1e6 ? fmt::format("{:.1f} MiB", exact / 1048576.0)
                      : fmt::format("{} bytes", bytes.count());
}

class Complaint {
 public:
  Complaint(const RunConfig& run, const ModelConfig& model, const PodConfig& pod,
            const Sharding& sharding)
      : run_(run), model_(model), pod_(pod), needed_(footprint(run.workload, model, sharding)) {}

  [[nodiscard]] std::string text() const {
    std::string out = fmt::format("{} does not fit pod '{}': on each of {} chips\n", model_.name,
                                  pod_.name, pod_.chips());
    out +=
        fmt::format("  weights ({}) need {}, KV cache ({}) needs {}\n", name(run_.workload.weights),
                    size(needed_.weights), name(run_.workload.kv_cache), size(needed_.kv_cache));
    if (needed_.gathered > Bytes{0}) {
      out += fmt::format("  gathered weights need {}\n", size(needed_.gathered));
    }
    const Room room = room_of(pod_.chip);
    out += fmt::format("  there is {}{}{} of scratchpad (half of it; the rest is for buffers)\n",
                       room.hbm > Bytes{0} ? size(room.hbm) + " of hbm, " : "no hbm, ",
                       room.far_sram > Bytes{0} ? size(room.far_sram) + " of far SRAM, " : "",
                       size(room.scratchpad));
    const std::string remedies = types() + batches() + contexts() + layouts() + residences();
    return out + remedies + chips(room);
  }

 private:
  [[nodiscard]] std::optional<Footprint> fits(const WorkloadConfig& workload) const {
    RunConfig other = run_;
    other.workload = workload;
    return fits(other);
  }

  [[nodiscard]] std::optional<Footprint> fits(const RunConfig& other) const {
    const Footprint needed = footprint(other.workload, model_, shard(other, model_, pod_));
    return choose(needed, other.residence, pod_.chip) ? std::optional{needed} : std::nullopt;
  }

  // All of it over all stores that may take it: fewer chips cannot do, more may be needed.
  [[nodiscard]] std::string chips(Room room) const {
    const Orders order = orders(run_.residence, pod_.chip);
    const auto least = [&](Bytes needed, const std::vector<Place>& places) {
      Bytes each{0};
      for (const Place place : places) {
        each += room[place];
      }
      return each == Bytes{0}
                 ? std::numeric_limits<std::uint64_t>::max()
                 : ceil_div((needed * std::uint64_t{run_.sharding.tensor}).count(), each.count());
    };
    const std::uint64_t chips =
        std::max({least(needed_.weights, order.weights), least(needed_.kv_cache, order.kv_cache),
                  least(needed_.weights + needed_.kv_cache,
                        {Place::scratchpad, Place::far_sram, Place::hbm}),
                  std::uint64_t{run_.sharding.tensor} + 1});
    return chips == std::numeric_limits<std::uint64_t>::max()
               ? ""
               : fmt::format("  or: a tensor group of at least {} chips (sharding.tensor is {})\n",
                             chips, run_.sharding.tensor);
  }

  // The widest narrower type of weights, of the cache, and of both.
  [[nodiscard]] std::string types() const {
    std::string out;
    for (const DataType type : {DataType::int8, DataType::int4, DataType::ternary}) {
      WorkloadConfig other = run_.workload;
      other.weights = type;
      if (bits(type) < bits(run_.workload.weights) && fits(other)) {
        out += fmt::format("  would fit: workload.weights {} ({})\n", name(type),
                           size(fits(other)->weights));
        break;
      }
    }
    for (const DataType type : {DataType::int8, DataType::int4}) {
      WorkloadConfig other = run_.workload;
      other.kv_cache = type;
      if (bits(type) < bits(run_.workload.kv_cache) && fits(other)) {
        out += fmt::format("  would fit: workload.kv_cache {} ({})\n", name(type),
                           size(fits(other)->kv_cache));
        break;
      }
    }
    return out;
  }

  // The largest value below the present one that fits: the need grows with it.
  template <class Set>
  [[nodiscard]] std::uint64_t largest(std::uint64_t present, const Set& set) const {
    std::uint64_t low = 0;
    std::uint64_t high = present;
    while (high - low > 1) {
      const std::uint64_t middle = low + (high - low) / 2;
      WorkloadConfig other = run_.workload;
      set(other, middle);
      (fits(other) ? low : high) = middle;
    }
    return low;
  }

  [[nodiscard]] std::string batches() const {
    const std::uint64_t batch =
        largest(run_.workload.batch, [](WorkloadConfig& w, std::uint64_t n) { w.batch = n; });
    return batch == 0 ? "" : fmt::format("  would fit: workload.batch {}\n", batch);
  }

  [[nodiscard]] std::string contexts() const {
    const bool is_decode = run_.workload.phase == Phase::decode;
    const std::uint64_t tokens = largest(
        is_decode ? run_.workload.context : run_.workload.prompt,
        [&](WorkloadConfig& w, std::uint64_t n) { (is_decode ? w.context : w.prompt) = n; });
    return tokens == 0 ? ""
                       : fmt::format("  would fit: workload.{} {}\n",
                                     is_decode ? "context" : "prompt", tokens);
  }

  // Layouts differ in how much they replicate and gather.
  [[nodiscard]] std::string layouts() const {
    std::vector<std::string_view> names;
    for (const ShardingConfig& sharding :
         possible_layouts(run_.sharding, tensor_group(pod_, run_.sharding.tensor))) {
      RunConfig other = run_;
      other.sharding = sharding;
      if (sharding.layout != run_.sharding.layout && fits(other) &&
          std::ranges::find(names, name(sharding.layout)) == names.end()) {
        names.push_back(name(sharding.layout));
      }
    }
    return names.empty() ? ""
                         : fmt::format("  would fit: sharding.layout {}\n", fmt::join(names, ", "));
  }

  // What the run file forbids.
  [[nodiscard]] std::string residences() const {
    RunConfig other = run_;
    other.residence = {};
    return fits(other) ? "  would fit: residence.weights auto, residence.kv_cache auto\n" : "";
  }

  const RunConfig& run_;
  const ModelConfig& model_;
  const PodConfig& pod_;
  const Footprint needed_;
};

}  // namespace

Places settle(const RunConfig& run, const ModelConfig& model, const PodConfig& pod,
              const Sharding& sharding) {
  const Footprint needed = footprint(run.workload, model, sharding);
  const std::optional<Choice> choice = choose(needed, run.residence, pod.chip);
  if (!choice) {
    throw DoesNotFit(Complaint(run, model, pod, sharding).text());
  }
  Room used{};
  used[choice->weights] += needed.weights;
  used[choice->kv_cache] += needed.kv_cache;
  used[choice->gathered] += needed.gathered;
  const Bytes free = pod.chip.scratchpad.capacity - used.scratchpad;
  const Bytes stationary{free.count() / 2};
  return {.weights = choice->weights,
          .kv_cache = choice->kv_cache,
          .gathered = choice->gathered,
          .residency = {.scratchpad = used.scratchpad,
                        .far_sram = used.far_sram,
                        .hbm = used.hbm,
                        .stationary_buffer = stationary,
                        .moving_buffer = free - stationary}};
}

Place place_of_activation(Bytes value, const Places& places, const ChipConfig& chip) {
  const Bytes live = value * kLiveActivations;
  const Residency& held = places.residency;
  if (live <= held.moving_buffer) {
    return Place::scratchpad;
  }
  if (chip.far_sram && live + held.far_sram <= chip.far_sram->capacity) {
    return Place::far_sram;
  }
  if (chip.hbm && live + held.hbm <= chip.hbm->capacity) {
    return Place::hbm;
  }
  throw DoesNotFit(fmt::format(
      "activations do not fit: a value between two operations has {} and {} of them are alive at "
      "once, but {} of scratchpad are free for them{}\n  would fit: workload.batch smaller by a "
      "factor of {}, or a shorter prompt\n",
      size(value), kLiveActivations, size(held.moving_buffer),
      chip.hbm ? ", and hbm is full" : ", and there is no hbm",
      ceil_div(live.count(), std::max<std::uint64_t>(1, held.moving_buffer.count()))));
}

}  // namespace systole
