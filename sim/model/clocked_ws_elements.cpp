// SPDX-License-Identifier: Apache-2.0
#include "model/clocked_ws_elements.hpp"

#include <algorithm>
#include <vector>

#include "model/clocked_cells.hpp"
#include "model/clocked_history.hpp"
#include "numerics/multiply_add.hpp"

namespace systole::model {
namespace {

using numerics::Sum;

// A row of activations as it travels: 16 bits, as wide as the cells it steers.
constexpr Cell kNothing = 0;
constexpr Cell kRow = 1;
constexpr Cell kFirstRow = 2;

// A row of weights travels as its index in the tile. An element of row r sees the tag index - r,
// so it is valid where the index is r or more.
constexpr std::int16_t kNoWeights = -1;

// In the cycle in which activations of age d (History) are at row r, they are at column d - r * L;
// so is a row of weights. A stage is one register of a hop: row r has the stages r * L ... r * L +
// L - 1, and what is at stage h is of age h + column.
template <DataType type, bool counted>
class Elements final : public WsElements {
 public:
  Elements(const ArrayConfig& config, Toggles* toggles)
      : rows_(config.rows),
        columns_(config.columns),
        latency_(config.latency),
        stages_(rows_ * latency_),
        serial_(config.preload == Preload::serial),
        toggles_(toggles),
        entered_(stages_ + columns_ - 1, kNothing),
        loading_(stages_ + columns_ - 1, kNoWeights),
        activations_(rows_, bits(numerics::activation_type(type)), latency_),
        weights_(columns_, bits(type), 1),
        act_(std::size_t{rows_} * (columns_ + 1)),
        shift_(std::size_t{stages_ + 1} * columns_),
        shadow_(std::size_t{rows_} * columns_),
        weight_(std::size_t{rows_} * columns_),
        sum_(std::size_t{stages_ + 1} * columns_),
        before_(columns_) {}

  void clock(const Entry& entry) override {
    // Everything reads what the registers held before the edge: consumers go before producers.
    swap_weights();
    step_rows();
    if (weights_in_flight_ > 0) {
      keep_weights();
      shift_weights();
    }
    count_edge();
    enter(entry);
  }

  void reset() override {
    entered_.clear();
    loading_.clear();
    weights_in_flight_ = 0;
  }

  [[nodiscard]] const Sum* sums() const override { return sum_at(stages_); }

  [[nodiscard]] WsElement element(std::uint32_t row, std::uint32_t column) const override {
    const std::size_t age = std::size_t{row} * latency_ + column;
    const std::size_t at = std::size_t{row} * columns_ + column;
    return {.active = entered_[age] != kNothing,
            .act_q = act_[std::size_t{row} * (columns_ + 1) + column + 1],
            .shift_q = shift_[std::size_t{row + 1} * latency_ * columns_ + column],
            .shadow_q = shadow_[at],
            .weight_q = weight_[at],
            .sum_q = sum_[std::size_t{row + 1} * latency_ * columns_ + column]};
  }

 private:
  // What stage h takes from; stage h's own register is at h + 1. Row 0 takes +0.
  [[nodiscard]] Sum* sum_at(std::uint32_t stage) {
    return sum_.data() + std::size_t{stage} * columns_;
  }
  [[nodiscard]] const Sum* sum_at(std::uint32_t stage) const {
    return sum_.data() + std::size_t{stage} * columns_;
  }

  [[nodiscard]] Cell* shift_at(std::uint32_t stage) {
    return shift_.data() + std::size_t{stage} * columns_;
  }

  // The first row of a pass brings the weight in, and multiplies by it in the same cycle.
  void swap_weights() {
    if (serial_) {
      return;
    }
    for (std::uint32_t age = 0; age < entered_.depth(); ++age) {
      if (entered_[age] == kFirstRow) {
        on_wavefront(age, [this](std::size_t at) {
          take<counted>(weight_[at], shadow_[at], counters_.weight);
        });
      }
    }
  }

  // Every element at which a row of this age is.
  template <class Visit>
  void on_wavefront(std::uint32_t age, Visit visit) const {
    for (std::uint32_t r = 0; r < rows_ && r * latency_ <= age; ++r) {
      if (const std::uint32_t c = age - r * latency_; c < columns_) {
        visit(std::size_t{r} * columns_ + c);
      }
    }
  }

  // Activations move right, sums down: from the last row up, since a row reads the one above.
  void step_rows() {
    const Cell* const inputs = activations_.due();
    std::uint32_t active = 0;  // Elements of the row that have a valid activation.
    for (std::uint32_t c = 0; c < columns_; ++c) {
      active += is_row(entered_[(rows_ - 1) * latency_ + c]);
    }
    for (std::uint32_t r = rows_; r-- > 0;) {
      step_sums(r);
      act_[std::size_t{r} * (columns_ + 1)] = inputs[r];
      if (active > 0) {
        step_row(r);
      }
      counters_.active_element_cycles += counted ? active : 0;
      for (std::uint32_t l = 0; r > 0 && l < latency_; ++l) {
        const std::uint32_t age = r * latency_ - 1 - l;
        active += is_row(entered_[age]);
        active -= is_row(entered_[age + columns_]);
      }
    }
  }

  [[nodiscard]] static std::uint32_t is_row(Cell entered) { return entered != kNothing ? 1 : 0; }

  // The stages of a hop behind the first take what they are handed.
  void step_sums(std::uint32_t row) {
    for (std::uint32_t stage = (row + 1) * latency_ - 1; stage > row * latency_; --stage) {
      const Cell* const entered = entered_.from(stage);
      const Sum* const before = sum_at(stage);
      count_sum(stage, take_row<counted>(
                           columns_, sum_at(stage + 1),
                           [entered](std::uint32_t c) { return entered[c] != kNothing; },
                           [before](std::uint32_t c, Sum) { return before[c]; }));
    }
  }

  void step_row(std::uint32_t row) {
    const std::uint32_t stage = row * latency_;
    const Cell* const entered = entered_.from(stage);
    const auto is_active = [entered](std::uint32_t c) { return entered[c] != kNothing; };
    Cell* const act = act_.data() + std::size_t{row} * (columns_ + 1);
    std::copy_n(act, columns_, before_.begin());
    const Cell* const inputs = before_.data();
    const Cell* const weight = weight_.data() + std::size_t{row} * columns_;
    const Sum* const above = sum_at(stage);
    count_sum(stage, take_row<counted>(columns_, sum_at(stage + 1), is_active,
                                       [inputs, weight, above](std::uint32_t c, Sum) {
                                         return numerics::multiply_add<type>(inputs[c], weight[c],
                                                                             above[c]);
                                       }));
    counters_.act += take_row<counted>(columns_, act + 1, is_active,
                                       [inputs](std::uint32_t c, Cell) { return inputs[c]; });
  }

  // Only the last stage of a hop is sum_q.
  void count_sum(std::uint32_t stage, std::uint32_t toggles) {
    counters_.sum += (stage + 1) % latency_ == 0 ? toggles : 0;
  }

  // An element that sees tag 0 keeps the weight: in its shadow, or serial, where it multiplies.
  void keep_weights() {
    for (std::uint32_t age = 0; age < loading_.depth(); ++age) {
      if (loading_[age] == kNoWeights) {
        continue;
      }
      const auto row = static_cast<std::uint32_t>(loading_[age]);
      if (const std::uint32_t c = age - row * latency_; row * latency_ <= age && c < columns_) {
        const Cell weight = shift_at(row * latency_)[c];
        const std::size_t at = std::size_t{row} * columns_ + c;
        if (serial_) {
          take<counted>(weight_[at], weight, counters_.weight);
        } else {
          take<counted>(shadow_[at], weight, counters_.shadow);
        }
      }
    }
  }

  void shift_weights() {
    for (std::uint32_t stage = stages_; stage-- > 0;) {
      const auto row = static_cast<std::int16_t>(stage / latency_);
      const std::int16_t* const loading = loading_.from(stage);
      const Cell* const before = shift_at(stage);
      const auto is_valid = [loading, row](std::uint32_t c) { return loading[c] >= row; };
      const std::uint32_t toggles =
          take_row<counted>(columns_, shift_at(stage + 1), is_valid,
                            [before](std::uint32_t c, Cell) { return before[c]; });
      if (counted && (stage + 1) % latency_ == 0) {  // Only the last stage of a hop is shift_q.
        counters_.shift += toggles;
        for (std::uint32_t c = 0; c < columns_; ++c) {
          counters_.shift_hops += is_valid(c) ? 1 : 0;
        }
      }
    }
  }

  void count_edge() {
    if constexpr (counted) {
      counters_.element_cycles += std::uint64_t{rows_} * columns_;
      *toggles_ = counters_;
    }
  }

  void enter(const Entry& entry) {
    weights_in_flight_ -= loading_[loading_.depth() - 1] == kNoWeights ? 0 : 1;
    weights_in_flight_ += entry.weights == nullptr ? 0 : 1;
    entered_.push(entry.activations == nullptr ? kNothing : entry.first ? kFirstRow : kRow);
    loading_.push(entry.weights == nullptr ? kNoWeights : static_cast<std::int16_t>(entry.tag));
    activations_.step();
    weights_.step();
    if (entry.activations != nullptr) {
      activations_.put(*entry.activations);
    }
    if (entry.weights != nullptr) {
      weights_.put(*entry.weights);
    }
    std::copy_n(weights_.due(), columns_, shift_.begin());
  }

  const std::uint32_t rows_;
  const std::uint32_t columns_;
  const std::uint32_t latency_;
  const std::uint32_t stages_;
  const bool serial_;
  Toggles* const toggles_;
  Toggles counters_;

  History<Cell> entered_;
  History<std::int16_t> loading_;
  std::uint32_t weights_in_flight_ = 0;
  Skew activations_;
  Skew weights_;

  std::vector<Cell> act_;    // Row by row: what enters it, then its elements' act_q.
  std::vector<Cell> shift_;  // Stage by stage, behind a row of what enters the columns.
  std::vector<Cell> shadow_;
  std::vector<Cell> weight_;
  std::vector<Sum> sum_;      // Stage by stage, behind a row of +0.
  std::vector<Cell> before_;  // A row of act_ before the edge.
};

}  // namespace

std::unique_ptr<WsElements> ws_elements(const ArrayConfig& config, Toggles* toggles) {
  return numerics::with_weights(config.type, [&]<DataType type>() -> std::unique_ptr<WsElements> {
    if (toggles != nullptr) {
      return std::make_unique<Elements<type, true>>(config, toggles);
    }
    return std::make_unique<Elements<type, false>>(config, nullptr);
  });
}

}  // namespace systole::model
