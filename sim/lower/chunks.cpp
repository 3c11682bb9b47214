// SPDX-License-Identifier: Apache-2.0
#include "lower/chunks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace systole {
namespace {

constexpr std::uint64_t kChunks = 4;

// The part of a whole number that chunk `i` of `n` takes; the parts add up to it.
std::uint64_t share(std::uint64_t whole, std::uint64_t i, std::uint64_t n) {
  return whole * (i + 1) / n - whole * i / n;
}

class Chunks {
 public:
  Chunks(const Operation& product, const Operation& sum, std::uint64_t columns_together)
      : product_(product),
        sum_(sum),
        matmul_(std::get<Matmul>(product.work)),
        tiles_(ceil_div(matmul_.columns, columns_together)),
        tile_(columns_together),
        count_(std::min(kChunks, tiles_)) {}

  // Products first, in order: a chunk's sum follows it as soon as it is there.
  void append_to(std::vector<Operation>& out, std::vector<std::string>& products,
                 std::vector<std::string>& sums) const {
    std::uint64_t first_tile = 0;
    std::uint64_t bytes_before = 0;
    for (std::uint64_t i = 0; i < count_; ++i) {
      const std::uint64_t end_tile = first_tile + share(tiles_, i, count_);
      const std::uint64_t first = first_tile * tile_;
      const std::uint64_t end = std::min(matmul_.columns, end_tile * tile_);
      first_tile = end_tile;
      const std::uint64_t bytes = bytes_to(end) - bytes_before;
      bytes_before = bytes_to(end);
      out.push_back(product(i, first, end));
      products.push_back(out.back().name);
      out.push_back(sum(i, bytes, out.back().name));
      sums.push_back(out.back().name);
    }
  }

 private:
  [[nodiscard]] Operation product(std::uint64_t i, std::uint64_t first, std::uint64_t end) const {
    Matmul part = matmul_;
    part.columns = end - first;
    part.useful = scaled(matmul_.useful, end) - scaled(matmul_.useful, first);
    return {
        .name = fmt::format("{}_{}", product_.name, i + 1), .work = part, .after = product_.after};
  }

  [[nodiscard]] Operation sum(std::uint64_t i, std::uint64_t bytes, const std::string& of) const {
    Collective part = std::get<Collective>(sum_.work);
    part.bytes = Bytes{bytes};
    return {.name = fmt::format("{}_{}", sum_.name, i + 1), .work = part, .after = {of}};
  }

  // What belongs to the columns before `end`. Useful products are a multiple of the columns.
  [[nodiscard]] std::uint64_t scaled(std::uint64_t whole, std::uint64_t end) const {
    return whole / matmul_.columns * end + whole % matmul_.columns * end / matmul_.columns;
  }
  [[nodiscard]] std::uint64_t bytes_to(std::uint64_t end) const {
    return scaled(std::get<Collective>(sum_.work).bytes.count(), end);
  }

  const Operation& product_;
  const Operation& sum_;
  const Matmul& matmul_;
  const std::uint64_t tiles_;
  const std::uint64_t tile_;
  const std::uint64_t count_;
};

bool is_product_and_its_sum(const Operation& product, const Operation& sum) {
  const auto* collective = std::get_if<Collective>(&sum.work);
  return std::holds_alternative<Matmul>(product.work) && collective != nullptr &&
         collective->kind == CollectiveKind::all_reduce &&
         sum.after == std::vector<std::string>{product.name};
}

}  // namespace

std::vector<Operation> cut_into_chunks(std::vector<Operation> operations, const ChipConfig& chip) {
  const std::uint64_t together = std::uint64_t{chip.matrix_unit.columns} * chip.matrix_unit.count;
  std::vector<Operation> out;
  std::map<std::string, std::vector<std::string>> parts;  // Of what was cut.
  for (std::size_t i = 0; i < operations.size(); ++i) {
    Operation& operation = operations[i];
    std::vector<std::string> after;
    for (const std::string& waited : operation.after) {
      const auto cut = parts.find(waited);
      if (cut == parts.end()) {
        after.push_back(waited);
      } else {
        after.insert(after.end(), cut->second.begin(), cut->second.end());
      }
    }
    operation.after = std::move(after);
    if (i + 1 < operations.size() && is_product_and_its_sum(operation, operations[i + 1])) {
      const Operation& sum = operations[i + 1];
      Chunks(operation, sum, together).append_to(out, parts[operation.name], parts[sum.name]);
      ++i;
    } else {
      out.push_back(std::move(operation));
    }
  }
  return out;
}

}  // namespace systole
