// SPDX-License-Identifier: Apache-2.0
#include "model/matrix_units.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"

namespace systole::model {
namespace {

constexpr std::uint64_t kMovingAhead = 2;  // Double buffering of activations from memory.
constexpr std::uint64_t kSumBytes = 4;     // int32 or fp32 partial sums.

// Rows moved, summed over the row tiles of an array `rows` deep: row i of a tile travels i rows.
std::uint64_t shift_hops(std::uint64_t depth, std::uint64_t rows) {
  const auto triangle = [](std::uint64_t n) { return n * (n + 1) / 2; };
  return depth / rows * triangle(rows) + triangle(depth % rows);
}

// How often the weights pass the array's edge: once if they stay, once per row tile if not.
std::uint64_t stationary_reads(const MatrixUnitConfig& config, const Step& step) {
  switch (config.dataflow) {
    case Dataflow::weight_stationary: return 1;
    case Dataflow::output_stationary: return ceil_div(step.rows, config.rows);
    case Dataflow::input_stationary: return ceil_div(step.rows, config.columns);
  }
  throw Bug("unknown dataflow");
}

}  // namespace

MatrixUnits::MatrixUnits(const sc_core::sc_module_name& name, const MatrixUnitConfig& config,
                         const Clock& clock, const Program& program, Scratchpad& scratchpad,
                         Queue<Instance>& issued, Queue<Instance>& ended, StationaryDma& stationary,
                         Queue<Transfer>& transfers, ChipAccounts& accounts, Ledger& ledger,
                         const std::string& path)
    : ScratchpadUser(name),
      config_(config),
      clock_(clock),
      program_(program),
      scratchpad_(scratchpad),
      issued_(issued),
      ended_(ended),
      stationary_(stationary),
      transfers_(transfers),
      accounts_(accounts) {
  for (std::uint32_t u = 0; u < config.count; ++u) {
    Account& account =
        ledger.open(fmt::format("{}.matrix_unit{}", path, u), Component::matrix_unit);
    lanes_.push_back({.unit = MatrixUnit(config),
                      .account = account,
                      .timeline = Timeline(account, accounts.recording)});
  }
  for (const sc_core::sc_event* event :
       {&issued_.pushed(), &stationary_.arrived().pushed(), &moving_done_.pushed(),
        &written_.pushed(), static_cast<const sc_core::sc_event*>(&timer_)}) {
    wakes_on(*event);
  }
}

void MatrixUnits::wake() {
  take_arrivals();
  pass_time();
  fetch_moving();
  start_blocks();
  end_finished();
  std::optional<Femtoseconds> next;
  for (const auto at : {releases_.empty() ? next : releases_.front().at,
                        completions_.empty() ? next : completions_.front().at}) {
    if (at && (!next || *at < *next)) {
      next = at;
    }
  }
  if (next) {
    wake_at(timer_, *next);
  }
}

void MatrixUnits::take_arrivals() {
  while (issued_.can_pop()) {
    const Instance instance = issued_.pop();
    const auto& matmul = std::get<Matmul>(*program_[instance.operation].work);
    active_.push_back({.instance = instance,
                       .issued = now(),
                       .walk = StepWalk(matmul),
                       .moving = StepWalk(matmul)});
  }
  while (stationary_.arrived().can_pop()) {
    (void)stationary_.arrived().pop();
    ++blocks_here_;
  }
  while (moving_done_.can_pop()) {
    (void)moving_done_.pop();
    ++moving_here_;
  }
  while (written_.can_pop()) {
    (void)written_.pop();
    --writers_.front()->writes_running;
    writers_.pop_front();
  }
}

void MatrixUnits::pass_time() {
  while (!releases_.empty() && releases_.front().at <= now()) {
    const Release release = releases_.front();
    releases_.pop_front();
    if (release.stationary > Bytes{0}) {
      stationary_.released().push(release.stationary);
    }
    moving_ahead_ -= release.moving ? 1 : 0;
  }
  while (!completions_.empty() && completions_.front().at <= now()) {
    complete(completions_.front());
    completions_.pop_front();
  }
}

void MatrixUnits::fetch_moving() {
  if (working_ >= active_.size()) {
    return;
  }
  Active& active = active_[working_];
  const Matmul& matmul = matmul_of(active);
  if (matmul.moving.place == Place::scratchpad) {
    return;
  }
  for (; !active.moving.done() && moving_ahead_ < kMovingAhead; active.moving.next()) {
    const Step step = active.moving.step();
    if (!step.new_moving) {
      continue;
    }
    transfers_.push({.from = matmul.moving.place,
                     .to = Place::scratchpad,
                     .bytes = moving_bytes(matmul, step),
                     .segments = 1,
                     .elements = step.products * step.rows * step.depth,
                     .operation = program_[active.instance.operation].id,
                     .tensor = Tensor::activation,
                     .move = std::nullopt,
                     .done = &moving_done_});
    ++moving_ahead_;
  }
}

void MatrixUnits::start_blocks() {
  while (working_ < active_.size()) {
    Active& active = active_[working_];
    const Step step = active.walk.step();
    if (!has_operands(active, step)) {
      return;
    }
    start_block(active, step);
    active.walk.next();
    if (active.walk.done()) {
      ++working_;
      fetch_moving();
    }
  }
  held_by_ = State::stalled_operation;
}

bool MatrixUnits::has_operands(const Active& active, const Step& step) {
  const Matmul& matmul = matmul_of(active);
  if (step.new_stationary && matmul.stationary.place != Place::scratchpad && blocks_here_ == 0) {
    held_by_ = State::stalled_stationary;
    return false;
  }
  if (step.new_moving && matmul.moving.place != Place::scratchpad && moving_here_ == 0) {
    held_by_ = State::stalled_moving;
    return false;
  }
  return true;
}

void MatrixUnits::start_block(Active& active, const Step& step) {
  const Matmul& matmul = matmul_of(active);
  const Passes work =
      passes(config_, multiplier_for(matmul.stationary.type, matmul.moving.type), step);
  const Accesses accessed = accesses(matmul, step);
  const Span span = accept(active, work, accessed);
  const bool fetched = matmul.stationary.place != Place::scratchpad;
  const bool moved = step.new_moving && matmul.moving.place != Place::scratchpad;
  blocks_here_ -= fetched && step.new_stationary ? 1 : 0;
  moving_here_ -= moved ? 1 : 0;
  StepWalk following = active.walk;
  following.next();
  const bool block_done = following.done() || following.step().new_stationary;
  releases_.push_back(
      {.at = clock_.time(span.last_active),
       .stationary = fetched && block_done ? stationary_bytes(matmul, step) : Bytes{0},
       .moving = moved});
  completions_.push_back({.at = clock_.time(span.end), .matmul = &active, .step = step});
  ++active.blocks_begun;
  ++active.blocks_running;
  count(matmul, program_[active.instance.operation].id, step, work, accessed);
}

// Gives each array its passes. If the scratchpad has not the slots for all of them at once, the
// last tile and all that follows it come as much later as the last access.
MatrixUnits::Span MatrixUnits::accept(const Active& active, const Passes& work,
                                      const Accesses& accessed) {
  const Piece piece = program_.piece(active.instance, active.blocks_begun);
  const Cycles edge = clock_.edge(now());
  const std::uint64_t taking = std::min<std::uint64_t>(work.count, lanes_.size());
  std::optional<Cycles> begin;
  Span span{};
  for (std::uint64_t u = 0; u < taking; ++u) {
    Lane& lane = lanes_[u];
    const std::uint64_t mine =
        work.count / lanes_.size() + (u < work.count % lanes_.size() ? 1 : 0);
    const MatrixUnit::Times times = lane.unit.accept(mine, work.stream, edge);
    lane.timeline.wait(State::stalled_operation, active.issued, piece);
    lane.timeline.wait(held_by_, now(), piece);
    lane.timeline.spend(State::busy, clock_.time(times.begin), clock_.time(times.end), piece);
    begin = std::min(begin.value_or(times.begin), times.begin);
    span.last_active = std::max(span.last_active, times.last_active);
    span.end = std::max(span.end, times.end);
  }
  const Cycles streamed = span.last_active + work.stream;
  const Cycles served = scratchpad_.serve(
      edge, {.begin = begin.value(),
             .at_best = streamed - begin.value(),
             .accesses = accessed.stationary + accessed.moving + accessed.results});
  if (const Cycles more = served - streamed; more > Cycles{0}) {
    for (std::uint64_t u = 0; u < taking; ++u) {
      lanes_[u].unit.stretch(more);
      lanes_[u].timeline.wait(State::stalled_scratchpad,
                              lanes_[u].timeline.busy_until() + clock_.time(more), piece);
    }
    span.last_active += more;
    span.end += more;
  }
  return span;
}

MatrixUnits::Accesses MatrixUnits::accesses(const Matmul& matmul, const Step& step) const {
  const bool stays = config_.dataflow == Dataflow::input_stationary;
  return {.stationary =
              stationary_reads(config_, step) * accounts_.granules(stationary_bytes(matmul, step)),
          .moving = (stays ? 1 : ceil_div(step.columns, config_.columns)) *
                    accounts_.granules(moving_bytes(matmul, step)),
          .results = step.last_depth ? accounts_.granules(result_bytes(matmul, step)) : 0};
}

void MatrixUnits::complete(const Completion& completion) {
  Active& active = *completion.matmul;
  const Matmul& matmul = matmul_of(active);
  --active.blocks_running;
  if (!completion.step.last_depth || matmul.result.place == Place::scratchpad) {
    return;
  }
  transfers_.push({.from = Place::scratchpad,
                   .to = matmul.result.place,
                   .bytes = result_bytes(matmul, completion.step),
                   .segments = 1,
                   .elements = 0,
                   .operation = program_[active.instance.operation].id,
                   .tensor = Tensor::activation,
                   .move = std::nullopt,
                   .done = &written_});
  ++active.writes_running;
  writers_.push_back(&active);
}

void MatrixUnits::end_finished() {
  while (!active_.empty()) {
    const Active& first = active_.front();
    if (!first.walk.done() || first.blocks_running > 0 || first.writes_running > 0) {
      return;
    }
    ended_.push(first.instance);
    active_.pop_front();
    --working_;
  }
}

void MatrixUnits::count(const Matmul& matmul, OperationId operation, const Step& step,
                        const Passes& work, const Accesses& accessed) {
  const Tensor held = tensor_of(matmul);
  const Multiplier multiplier = multiplier_for(matmul.stationary.type, matmul.moving.type);
  const bool ws = config_.dataflow == Dataflow::weight_stationary;
  const bool os = config_.dataflow == Dataflow::output_stationary;
  const std::uint64_t results = step.products * step.rows * step.columns;
  const std::uint64_t elements = step.products * step.depth * step.columns;
  const std::uint64_t depth_tiles = ceil_div(step.depth, config_.rows);
  const std::uint64_t column_tiles = ceil_div(step.columns, config_.columns);
  const auto array = [&](Action action, std::uint64_t n) {
    accounts_.matrix_unit.record(operation, held, action, n);
  };
  array(mac_action(multiplier), results * step.depth);
  if (!os) {
    array(Action::weight_shift_bit, step.products * (ws ? step.columns : step.rows) *
                                        shift_hops(step.depth, config_.rows) *
                                        operand_bits(multiplier));
  }
  if (needs_dequantisation(matmul.stationary.type, multiplier)) {
    array(Action::dequantise, elements * stationary_reads(config_, step));
  }
  const std::uint64_t folds = os ? (step.last_depth ? 1 : 0) : depth_tiles;
  for (const Action action : {Action::accumulator_read, Action::accumulator_write}) {
    accounts_.accumulator.record(operation, Tensor::activation, action,
                                 kSumBytes * results * folds);
  }
  accounts_.scratchpad.record(operation, held, Action::scratchpad_read, accessed.stationary);
  accounts_.scratchpad.record(operation, Tensor::activation, Action::scratchpad_read,
                              accessed.moving);
  accounts_.scratchpad.record(operation, Tensor::activation, Action::scratchpad_write,
                              accessed.results);
  if (step.last_depth && !os) {
    const std::uint64_t sharing =
        std::max<std::uint64_t>(1, lanes_.size() / (step.products * column_tiles));
    accounts_.vector_unit.record(operation, Tensor::activation, Action::lane_add,
                                 (std::min(depth_tiles, sharing) - 1) * results);
  }
  const bool is = config_.dataflow == Dataflow::input_stationary;
  const std::uint64_t stream = is ? step.columns : os ? step.depth : step.rows;
  const std::uint64_t pushes = ceil_div(stream, config_.rows_per_push) +
                               (os ? 0 : ceil_div(config_.rows, config_.rows_per_push));
  accounts_.sequencer.record(operation, Tensor::none, Action::bundle, work.count * pushes);
}

void MatrixUnits::close(Femtoseconds elapsed) {
  for (Lane& lane : lanes_) {
    lane.timeline.close(elapsed);
  }
}

std::string MatrixUnits::waiting_for() const {
  if (working_ < active_.size()) {
    return held_by_ == State::stalled_moving ? "activations from memory"
                                             : "a stationary block from memory";
  }
  return active_.empty() ? "a matmul" : "results";
}

}  // namespace systole::model
