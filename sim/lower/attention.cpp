// SPDX-License-Identifier: Apache-2.0
#include "lower/attention.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace systole {
namespace {

constexpr std::uint64_t kChunks = 4;

// A share of the products, with its share of the useful count.
struct Chunk {
  std::uint64_t products;
  std::uint64_t cached_useful;
  std::uint64_t new_useful;
};

std::vector<Chunk> chunks(const Attention& a) {
  const std::uint64_t count = std::min(kChunks, a.products);
  std::vector<Chunk> out;
  std::uint64_t done = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t products = ceil_div(a.products - done, count - i);
    done += products;
    out.push_back({.products = products,
                   .cached_useful = a.cached_useful / a.products * products,
                   .new_useful = a.new_useful / a.products * products});
  }
  // What does not divide: the pod's batch need not be a multiple of a chip's share.
  out.front().cached_useful += a.cached_useful % a.products;
  out.front().new_useful += a.new_useful % a.products;
  return out;
}

class AttentionLowering {
 public:
  AttentionLowering(const Node& node, const Attention& attention, const Places& places,
                    const ChipConfig& chip, Overlap overlap)
      : node_(node), a_(attention), places_(places), chip_(chip), overlap_(overlap) {}

  std::vector<Operation> operations() && {
    append();
    const std::vector<Chunk> parts = chunks(a_);
    const std::size_t count = parts.size();
    for (std::size_t i = 0; i < count; ++i) {
      scores(parts[i], i);
      softmax(parts[i], i);
      if (i > 0) {  // One behind: the matrix units do not stand before a running softmax.
        values(parts[i - 1], i - 1);
      }
    }
    values(parts[count - 1], count - 1);
    merge();
    return std::move(out_);
  }

 private:
  // New keys and values are read in place unless a whole prompt of them is too much.
  [[nodiscard]] Place fresh_place() const {
    const Bytes fresh = storage(a_.fresh_elements, a_.kv);
    const bool fits = fresh * kLiveActivations <= places_.residency.moving_buffer;
    return fits || a_.is_step ? Place::scratchpad : places_.kv_cache;
  }

  // Into the cache. Keys and values that scores fetch again are written whole, with the positions
  // that other chips keep.
  void append() {
    if (places_.kv_cache == Place::scratchpad) {
      return;  // They were made there.
    }
    const bool is_spilled = fresh_place() != Place::scratchpad;
    const std::uint64_t elements = is_spilled ? a_.fresh_elements : a_.kept_elements;
    const Bytes bytes = storage(elements, a_.kv);
    const Move move{.from = Place::scratchpad,
                    .to = places_.kv_cache,
                    .bytes = bytes,
                    .segments = std::min(a_.kept_pieces, bytes.count()),
                    .elements = elements,
                    .tensor = Stationary::kv};
    out_.push_back({.name = "kv_append", .work = move, .after = node_.after});
    if (is_spilled) {
      fresh_after_.push_back("kv_append");
    }
  }

  void scores(const Chunk& chunk, std::size_t index) {
    if (a_.cached_keys > 0) {
      matmul(label("scores", index), chunk, {a_.head_width, a_.cached_keys}, true, node_.after);
    }
    matmul(new_label("scores", index), chunk, {a_.head_width, a_.new_keys}, false,
           fresh_after_.empty() ? node_.after : fresh_after_);
  }

  // Maximum, subtraction and sum, and an exponential, for each score.
  void softmax(const Chunk& chunk, std::size_t index) {
    const std::uint64_t count =
        chunk.products * a_.rows * (a_.cached_keys + a_.new_keys);
    const Vector work{.add = 3 * count,
                      .transcendental = count,
                      .read = storage(count, DataType::fp32),
                      .written = storage(count, a_.moving)};
    out_.push_back({.name = label("softmax", index), .work = work, .after = made_by("scores", index)});
  }

  void values(const Chunk& chunk, std::size_t index) {
    const std::vector<std::string> after{label("softmax", index)};
    if (a_.cached_keys > 0) {
      matmul(label("values", index), chunk, {a_.cached_keys, a_.head_width}, true, after);
    }
    matmul(new_label("values", index), chunk, {a_.new_keys, a_.head_width}, false, after);
    for (std::string& name : made_by("values", index)) {
      values_.push_back(std::move(name));
    }
  }

  // Adds the parts of old and new keys, and divides by the sum (for a context spread over chips:
  // scales to the common maximum).
  void merge() {
    const std::uint64_t heads = a_.products * a_.rows;
    const std::uint64_t count = heads * a_.head_width;
    const bool has_parts = a_.cached_keys > 0;
    const Vector work{.add = has_parts ? count : 0,
                      .multiply = count,
                      .transcendental = heads,
                      .read = storage((has_parts ? 2 : 1) * count, a_.result),
                      .written = storage(count, a_.moving)};
    out_.push_back({.name = node_.name, .work = work, .after = values_});
  }

  // The two operands' sides that differ between scores and values.
  struct Side {
    std::uint64_t depth;
    std::uint64_t columns;
  };

  void matmul(std::string name, const Chunk& chunk, Side side, bool is_cached,
              std::vector<std::string> after) {
    const bool is_scores = side.depth == a_.head_width && name.starts_with("scores");
    const Place place = is_cached ? places_.kv_cache : fresh_place();
    const Place outside = place_of_activation(
        storage(a_.products * a_.rows * a_.head_width, a_.moving), places_, chip_);
    const Operand scores{.type = DataType::fp32, .place = Place::scratchpad};
    const Operand weighted{.type = a_.result, .place = outside};
    out_.push_back(
        {.name = std::move(name),
         .work = Matmul{.products = chunk.products,
                        .rows = a_.rows,
                        .depth = side.depth,
                        .columns = side.columns,
                        .tensor = Stationary::kv,
                        .stationary = {.type = a_.kv, .place = place},
                        .moving = {.type = a_.moving,
                                   .place = is_scores ? outside : Place::scratchpad},
                        .result = is_scores ? scores : weighted,
                        .block = {},
                        .prefetch = is_cached && overlap_ == Overlap::async &&
                                    place != Place::scratchpad,
                        .useful = is_cached ? chunk.cached_useful : chunk.new_useful},
         .after = std::move(after)});
  }

  [[nodiscard]] static std::string label(const char* what, std::size_t index) {
    return fmt::format("{}_{}", what, index + 1);
  }

  // Old and new keys have a matmul each; where there are no old ones the new ones take the name.
  [[nodiscard]] std::string new_label(const char* what, std::size_t index) const {
    return a_.cached_keys > 0 ? fmt::format("{}_new_{}", what, index + 1) : label(what, index);
  }

  [[nodiscard]] std::vector<std::string> made_by(const char* what, std::size_t index) const {
    if (a_.cached_keys > 0) {
      return {label(what, index), new_label(what, index)};
    }
    return {label(what, index)};
  }

  const Node& node_;
  const Attention& a_;
  const Places& places_;
  const ChipConfig& chip_;
  const Overlap overlap_;
  std::vector<std::string> fresh_after_;
  std::vector<std::string> values_;
  std::vector<Operation> out_;
};

}  // namespace

std::vector<Operation> lower_attention(const Node& node, const Attention& attention,
                                       const Places& places, const ChipConfig& chip,
                                       Overlap overlap) {
  return AttentionLowering(node, attention, places, chip, overlap).operations();
}

}  // namespace systole
