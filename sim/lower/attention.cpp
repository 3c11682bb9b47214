// SPDX-License-Identifier: Apache-2.0
#include "lower/attention.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace systole {
namespace {

constexpr std::uint64_t kChunks = 4;

// A share of the products, with its share of a useful count over all of them.
struct Chunk {
  std::uint64_t products;
  std::uint64_t useful;
};

// The first chunk takes what does not divide: a pod's true count need not be a multiple of a chip's
// padded products.
std::vector<Chunk> chunks(std::uint64_t products, std::uint64_t useful) {
  const std::uint64_t count = std::min(kChunks, products);
  std::vector<Chunk> out;
  std::uint64_t done = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t share = ceil_div(products - done, count - i);
    done += share;
    out.push_back({.products = share, .useful = useful / products * share});
  }
  out.front().useful += useful % products;
  return out;
}

class AttentionLowering {
 public:
  AttentionLowering(const Node& node, const Attention& attention, const Places& places,
                    const ChipConfig& chip, Overlap overlap)
      : node_(node), a_(attention), places_(places), chip_(chip), overlap_(overlap) {}

  // A step multiplies the new key of all products at once, beside the chunks of old ones. A
  // prefill, or the first step, has new keys only, and they are what is cut into chunks.
  std::vector<Operation> operations() && {
    append();
    if (has_cached()) {
      scores_of_new({.products = a_.products, .useful = a_.new_useful}, "scores_new");
    }
    const std::vector<Chunk> parts =
        chunks(a_.products, has_cached() ? a_.cached_useful : a_.new_useful);
    const std::size_t count = parts.size();
    for (std::size_t i = 0; i < count; ++i) {
      scores(parts[i], i);
      softmax(parts[i], i);
      if (i > 0) {  // One behind: the matrix units do not stand before a running softmax.
        values(parts[i - 1], i - 1);
      }
    }
    values(parts[count - 1], count - 1);
    if (has_cached()) {
      values_of_new({.products = a_.products, .useful = a_.new_useful}, "values_new", softmaxes_);
    }
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
      fresh_after_.emplace_back("kv_append");
    }
  }

  void scores(const Chunk& chunk, std::size_t index) {
    if (has_cached()) {
      matmul(Kind::scores, chunk, label("scores", index), a_.cached_keys, true, node_.after);
    } else {
      scores_of_new(chunk, label("scores", index));
    }
  }

  void scores_of_new(const Chunk& chunk, std::string name) {
    matmul(Kind::scores, chunk, std::move(name), a_.new_keys, false,
           fresh_after_.empty() ? node_.after : fresh_after_);
  }

  // Maximum, subtraction and sum, and an exponential, for each score.
  void softmax(const Chunk& chunk, std::size_t index) {
    const std::uint64_t count = chunk.products * a_.rows * (a_.cached_keys + a_.new_keys);
    const Vector work{.add = 3 * count,
                      .transcendental = count,
                      .read = storage(count, DataType::fp32),
                      .written = storage(count, a_.moving)};
    std::vector<std::string> after{label("scores", index)};
    if (has_cached()) {
      after.emplace_back("scores_new");
    }
    softmaxes_.push_back(label("softmax", index));
    out_.push_back({.name = softmaxes_.back(), .work = work, .after = std::move(after)});
  }

  void values(const Chunk& chunk, std::size_t index) {
    const std::vector<std::string> after{label("softmax", index)};
    if (has_cached()) {
      values_.push_back(label("values", index));
      matmul(Kind::values, chunk, values_.back(), a_.cached_keys, true, after);
    } else {
      values_of_new(chunk, label("values", index), after);
    }
  }

  void values_of_new(const Chunk& chunk, std::string name, std::vector<std::string> after) {
    values_.push_back(name);
    matmul(Kind::values, chunk, std::move(name), a_.new_keys, false, std::move(after));
  }

  // Adds the parts of old and new keys, and divides by the sum (for a context spread over chips:
  // scales to the common maximum).
  void merge() {
    const std::uint64_t heads = a_.products * a_.rows;
    const std::uint64_t count = heads * a_.head_width;
    const Vector work{.add = has_cached() ? count : 0,
                      .multiply = count,
                      .transcendental = heads,
                      .read = storage((has_cached() ? 2 : 1) * count, a_.result),
                      .written = storage(count, a_.moving)};
    out_.push_back({.name = node_.name, .work = work, .after = values_});
  }

  enum class Kind : std::uint8_t { scores, values };

  // Queries times keys, or probabilities times values. Scores and probabilities stay in the kernel;
  // queries and the result are values of the graph.
  void matmul(Kind kind, const Chunk& chunk, std::string name, std::uint64_t keys, bool is_cached,
              std::vector<std::string> after) {
    const bool is_scores = kind == Kind::scores;
    const Place stationary = is_cached ? places_.kv_cache : fresh_place();
    const Place outside = place_of_activation(
        storage(a_.products * a_.rows * a_.head_width, a_.moving), places_, chip_);
    out_.push_back({.name = std::move(name),
                    .work = Matmul{.products = chunk.products,
                                   .rows = a_.rows,
                                   .depth = is_scores ? a_.head_width : keys,
                                   .columns = is_scores ? keys : a_.head_width,
                                   .tensor = Stationary::kv,
                                   .stationary = {.type = a_.kv, .place = stationary},
                                   .moving = {.type = a_.moving,
                                              .place = is_scores ? outside : Place::scratchpad},
                                   .result = {.type = is_scores ? DataType::fp32 : a_.result,
                                              .place = is_scores ? Place::scratchpad : outside},
                                   .block = {},
                                   .prefetch = is_cached && overlap_ != Overlap::none &&
                                               stationary != Place::scratchpad,
                                   .useful = chunk.useful},
                    .after = std::move(after)});
  }

  [[nodiscard]] bool has_cached() const { return a_.cached_keys > 0; }

  [[nodiscard]] static std::string label(const char* what, std::size_t index) {
    return fmt::format("{}_{}", what, index + 1);
  }

  const Node& node_;
  const Attention& a_;
  const Places& places_;
  const ChipConfig& chip_;
  const Overlap overlap_;
  std::vector<std::string> fresh_after_;
  std::vector<std::string> softmaxes_;
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
