// SPDX-License-Identifier: Apache-2.0
#include "model/clocked_os_elements.hpp"

#include <algorithm>
#include <vector>

#include "model/clocked_cells.hpp"
#include "model/clocked_history.hpp"
#include "numerics/multiply_add.hpp"

namespace systole::model {
namespace {

using numerics::Sum;

// A step of a tile as it travels: 16 bits, as wide as the cells it steers.
constexpr Cell kNothing = 0;
constexpr Cell kStep = 1;
constexpr Cell kFirstStep = 2;

// The step of age d (History) is at the elements with row + column = d.
template <DataType type, bool counted>
class Elements final : public OsElements {
 public:
  Elements(const ArrayConfig& config, Toggles* toggles)
      : rows_(config.rows),
        columns_(config.columns),
        toggles_(toggles),
        entered_(std::size_t{rows_} + columns_ - 1, kNothing),
        activations_(rows_, bits(numerics::activation_type(type)), 1),
        weights_(columns_, bits(type), 1),
        act_(std::size_t{rows_} * (columns_ + 1)),
        weight_(std::size_t{rows_ + 1} * columns_),
        sum_(std::size_t{rows_} * columns_),
        before_(columns_) {}

  // Everything reads what the registers held before the edge: from the last row up, since a row
  // takes its weights from the one above.
  void clock(const Entry& entry) override {
    const Cell* const inputs = activations_.due();
    std::copy_n(weights_.due(), columns_, weight_.begin());
    std::uint32_t active = 0;  // Elements of the row that have valid operands.
    for (std::uint32_t c = 0; c < columns_; ++c) {
      active += is_step(entered_[rows_ - 1 + c]);
    }
    for (std::uint32_t r = rows_; r-- > 0;) {
      act_[std::size_t{r} * (columns_ + 1)] = inputs[r];
      if (active > 0) {
        step_row(r);
      }
      counters_.active_element_cycles += counted ? active : 0;
      if (r > 0) {
        active += is_step(entered_[r - 1]);
        active -= is_step(entered_[r - 1 + columns_]);
      }
    }
    count_edge();
    enter(entry);
  }

  void reset() override { entered_.clear(); }

  [[nodiscard]] OsElement element(std::uint32_t row, std::uint32_t column) const override {
    return {.act_q = act_[std::size_t{row} * (columns_ + 1) + column + 1],
            .weight_q = weight_[std::size_t{row + 1} * columns_ + column],
            .sum_q = sum_[std::size_t{row} * columns_ + column]};
  }

 private:
  [[nodiscard]] static std::uint32_t is_step(Cell entered) { return entered != kNothing ? 1 : 0; }

  void step_row(std::uint32_t row) {
    const Cell* const entered = entered_.from(row);
    const auto is_active = [entered](std::uint32_t c) { return entered[c] != kNothing; };
    Cell* const act = act_.data() + std::size_t{row} * (columns_ + 1);
    std::copy_n(act, columns_, before_.begin());
    const Cell* const inputs = before_.data();
    const Cell* const above = weight_.data() + std::size_t{row} * columns_;
    counters_.sum +=
        take_row<counted>(columns_, sum_.data() + std::size_t{row} * columns_, is_active,
                          [entered, inputs, above](std::uint32_t c, Sum sum) {
                            const Sum start = entered[c] == kFirstStep ? 0 : sum;
                            return numerics::multiply_add<type>(inputs[c], above[c], start);
                          });
    counters_.act += take_row<counted>(columns_, act + 1, is_active,
                                       [inputs](std::uint32_t c, Cell) { return inputs[c]; });
    counters_.weight +=
        take_row<counted>(columns_, weight_.data() + std::size_t{row + 1} * columns_, is_active,
                          [above](std::uint32_t c, Cell) { return above[c]; });
  }

  void count_edge() {
    if constexpr (counted) {
      counters_.element_cycles += std::uint64_t{rows_} * columns_;
      *toggles_ = counters_;
    }
  }

  void enter(const Entry& entry) {
    const bool enters = entry.activations != nullptr;
    entered_.push(!enters ? kNothing : entry.first ? kFirstStep : kStep);
    activations_.step();
    weights_.step();
    if (enters) {
      activations_.put(*entry.activations);
      weights_.put(*entry.weights);
    }
  }

  const std::uint32_t rows_;
  const std::uint32_t columns_;
  Toggles* const toggles_;
  Toggles counters_;

  History<Cell> entered_;
  Skew activations_;
  Skew weights_;

  std::vector<Cell> act_;     // Row by row: what enters it, then its elements' act_q.
  std::vector<Cell> weight_;  // Row by row, behind a row of what enters the columns.
  std::vector<Sum> sum_;
  std::vector<Cell> before_;  // A row of act_ before the edge.
};

}  // namespace

std::unique_ptr<OsElements> os_elements(const ArrayConfig& config, Toggles* toggles) {
  return numerics::with_weights(config.type, [&]<DataType type>() -> std::unique_ptr<OsElements> {
    if (toggles != nullptr) {
      return std::make_unique<Elements<type, true>>(config, toggles);
    }
    return std::make_unique<Elements<type, false>>(config, nullptr);
  });
}

}  // namespace systole::model
