// SPDX-License-Identifier: Apache-2.0
// Brings passes to the pins: what is valid in which cycle, and when results are taken.
//
// Traffic changes its mood every so often: each channel is offered always, now and then or not at
// all for a while, the results likewise taken, and now and then the unit is reset. What is offered
// stays until it is taken; pins that are not valid carry whatever they like.
#pragma once

#include <cstdint>
#include <deque>

#include "cosim/draw.hpp"
#include "cosim/pass.hpp"

namespace systole::cosim {

struct Traffic {
  std::uint64_t seed;
  bool bubbles;  // Otherwise everything is offered, and taken, as soon as it can be.
  bool resets;   // In the middle. The first cycles are a reset always.
};

class Driver {
 public:
  // The source must outlive the driver.
  Driver(const model::ArrayConfig& config, PassSource& source, const Traffic& traffic);

  // The inputs of this cycle.
  [[nodiscard]] const model::UnitInputs& inputs() const { return inputs_; }

  // The edge, at which the unit had answered with these outputs.
  void clock(const model::UnitOutputs& outputs);

  // True if the source has no more passes and the unit has taken all of them.
  [[nodiscard]] bool is_done() const { return is_dry_ && activations_.empty() && weights_.empty(); }

 private:
  struct Activations {
    model::Row row;
    model::Row weights;  // Output stationary only.
    bool first;
    bool last;
    model::PassFlags pass;
  };
  struct Mood {
    double weights = 1.0;  // Probability that a cycle offers what is there, or takes a result.
    double scales = 1.0;
    double activations = 1.0;
    double results = 1.0;
    bool noise = false;  // On pins that are not valid.
    std::uint32_t left = 0;
  };

  void prepare();
  void change_mood();
  void begin_reset();
  void refill();
  void queue(Pass pass);
  void offer_activations();
  void make_noise();

  model::ArrayConfig config_;
  PassSource& source_;
  Traffic traffic_;
  Draw draw_;
  Mood mood_;
  std::uint32_t reset_left_;
  bool is_dry_ = false;
  std::uint32_t passes_queued_ = 0;  // Whose last row is not taken yet.
  std::deque<model::Row> weights_;
  std::deque<model::Row> scales_;
  std::deque<Activations> activations_;
  model::UnitInputs inputs_;
};

}  // namespace systole::cosim
