// SPDX-License-Identifier: Apache-2.0
#include "trace/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "trace/attributes.hpp"
#include "trace/findings.hpp"

namespace systole {
namespace {

constexpr std::string_view kPrevious = "previous";

// Arithmetic that stays at 2^63 once it is there.
std::uint64_t plus(std::uint64_t a, std::uint64_t b) {
  std::uint64_t out = 0;
  return __builtin_add_overflow(a, b, &out) ? kNumberLimit : std::min(out, kNumberLimit);
}
std::uint64_t times(std::uint64_t a, std::uint64_t b) {
  std::uint64_t out = 0;
  return __builtin_mul_overflow(a, b, &out) ? kNumberLimit : std::min(out, kNumberLimit);
}

// What an operation adds to the ledger of a chip, at least: the scale of its counts.
struct Counts {
  std::uint64_t operator()(const Matmul& m) const {
    return times(times(m.products, m.rows), times(m.depth, m.columns));
  }
  std::uint64_t operator()(const Vector& v) const {
    const std::uint64_t lanes =
        plus(plus(plus(v.add, v.multiply), plus(v.fma, v.transcendental)), v.shuffle);
    return plus(lanes, plus(v.read.count(), v.written.count()));
  }
  std::uint64_t operator()(const Move& m) const { return plus(m.bytes.count(), m.elements); }
  std::uint64_t operator()(const Collective& c) const {
    return times(c.bytes.count(), c.axes.size() + 1);
  }
  std::uint64_t operator()(const Launch&) const { return 1; }
};

class Verifier {
 public:
  Verifier(const Trace& trace, const TraceMachine& machine, const TraceSource* source)
      : trace_(trace), machine_(machine), findings_(trace, source) {}

  void verify() && {
    header();
    for (block_ = 0; block_ < trace_.blocks.size() && !findings_.full(); ++block_) {
      block();
    }
    std::move(findings_).throw_if_any();
  }

 private:
  void header();
  void held(std::string_view store, std::uint64_t needed, std::string_view what, Bytes there);
  void block();
  void names();
  bool dependencies();
  bool dependency(const std::string& after, std::size_t item);
  void end_of_iteration();
  void counts(const Operation& operation);  // No counter of the ledger may overflow.

  void work(const Matmul& m);
  void block_of(const Matmul& m);
  void stationary_of(const Matmul& m);
  void work(const Vector&) {}
  void work(const Move& m);
  void work(const Collective& c);
  void work(const Launch&) {}
  void place(std::string_view key, Place place);

  [[nodiscard]] const Block& now() const { return trace_.blocks[block_]; }
  void wrong(std::string_view key, std::string message, std::string label,
             std::size_t item = Findings::kWhole) {
    findings_.operation(block_, operation_, key, item, std::move(message), std::move(label));
  }

  const Trace& trace_;
  const TraceMachine machine_;
  Findings findings_;
  std::size_t block_ = 0;
  std::size_t operation_ = 0;
  std::unordered_map<std::string_view, std::size_t> index_;  // Operations of the block by name.
  std::vector<std::vector<std::size_t>> waits_;              // Resolved `after`, without previous.
  std::uint64_t counts_ = 0;
};

void Verifier::header() {
  if (!is_hash(trace_.pod)) {
    findings_.header("pod", quoted(trace_.pod) + " is not the hash of a pod", "");
  }
  if (trace_.causal && *trace_.causal != "full" && *trace_.causal != "half") {
    findings_.header("causal", "unknown causal " + quoted(*trace_.causal), "one of: full, half");
  }
  if (trace_.output_tokens >= kNumberLimit) {
    findings_.header("output_tokens", "output_tokens is too large", "must be below 2^63");
  }
  if (std::uint64_t{trace_.tensor} * trace_.data != machine_.chips) {
    findings_.header("tensor", fmt::format("tensor x data is {} x {}", trace_.tensor, trace_.data),
                     fmt::format("the product must be the pod's {} chips", machine_.chips));
  }
  if (trace_.blocks.empty()) {
    findings_.header("pod", "the trace has no blocks", "there is nothing to run");
  }
  const Residency& r = trace_.residency;
  const std::uint64_t buffers = plus(r.stationary_buffer.count(), r.moving_buffer.count());
  held("scratchpad", plus(r.scratchpad.count(), buffers), "residents and both buffers",
       machine_.stores.scratchpad);
  held("far_sram", r.far_sram.count(), "residents", machine_.stores.far_sram);
  held("hbm", r.hbm.count(), "residents", machine_.stores.hbm);
}

void Verifier::held(std::string_view store, std::uint64_t needed, std::string_view what,
                    Bytes there) {
  if (needed <= there.count()) {
    return;
  }
  const std::string label = there == Bytes{0} ? fmt::format("the chip has no {}", store)
                                              : fmt::format("the chip has {} bytes", there.count());
  findings_.header(store, fmt::format("{} of {} need {} bytes", what, store, needed), label);
}

void Verifier::block() {
  const Block& block = now();
  if (!is_name(block.name)) {
    findings_.block(block_, quoted(block.name) + " is not a name", "");
  }
  if (block.repeat == 0 || block.repeat >= kNumberLimit) {
    findings_.block(block_, fmt::format("block {} runs {} times", quoted(block.name), block.repeat),
                    "must be at least 1 and below 2^63");
  }
  if (block.operations.empty()) {
    findings_.block(block_, "block " + quoted(block.name) + " has no operations", "remove it");
    return;
  }
  names();
  const bool are_resolved = dependencies();
  for (operation_ = 0; operation_ < block.operations.size() && !findings_.full(); ++operation_) {
    const Operation& operation = block.operations[operation_];
    std::visit([this](const auto& w) { work(w); }, operation.work);
    counts(operation);
  }
  if (are_resolved) {
    end_of_iteration();
  }
}

void Verifier::names() {
  index_.clear();
  const std::vector<Operation>& operations = now().operations;
  for (operation_ = 0; operation_ < operations.size() && !findings_.full(); ++operation_) {
    const std::string& name = operations[operation_].name;
    if (!is_name(name)) {
      wrong("", quoted(name) + " is not a name", "letters, digits, '_' and '-', at most 64");
    }
    if (name == kPrevious) {
      wrong("", "an operation cannot be named 'previous'",
            "the word stands for the end of the iteration before");
    }
    const auto [first, is_new] = index_.try_emplace(name, operation_);
    if (!is_new) {
      wrong("", "the name " + quoted(name) + " is taken",
            "first at " + findings_.place_of(block_, first->second));
    }
  }
}

// Fills waits_; false if some name leads nowhere.
bool Verifier::dependencies() {
  const std::vector<Operation>& operations = now().operations;
  waits_.assign(operations.size(), {});
  std::vector<std::size_t> named_by(operations.size() + 1, operations.size());  // Last: previous.
  bool are_resolved = true;
  for (operation_ = 0; operation_ < operations.size() && !findings_.full(); ++operation_) {
    const std::vector<std::string>& names = operations[operation_].after;
    for (std::size_t item = 0; item < names.size(); ++item) {
      const std::string& after = names[item];
      if (after != kPrevious && !dependency(after, item)) {
        are_resolved = false;
        continue;
      }
      const std::size_t on = after == kPrevious ? operations.size() : waits_[operation_].back();
      if (std::exchange(named_by[on], operation_) == operation_) {
        wrong("after", quoted(after) + " is named twice", "once is enough", item);
      }
    }
  }
  return are_resolved;
}

bool Verifier::dependency(const std::string& after, std::size_t item) {
  const auto found = index_.find(after);
  if (found == index_.end()) {
    std::string label = "after= names earlier operations of its block, or 'previous'";
    if (findings_.is_shown() && index_.size() <= Mistakes::kMost) {
      std::vector<std::string> choices{std::string(kPrevious)};
      for (std::size_t i = 0; i < operation_; ++i) {
        choices.push_back(now().operations[i].name);
      }
      label = hint(after, choices);
    }
    wrong("after", "no operation " + quoted(after) + " in the block", label, item);
    return false;
  }
  if (found->second >= operation_) {
    const bool is_self = found->second == operation_;
    wrong("after",
          is_self ? "the operation waits for itself"
                  : quoted(after) + " comes later: the wait would never end",
          "wait for earlier operations, or for 'previous'", item);
    return false;
  }
  waits_[operation_].push_back(found->second);
  return true;
}

// The last operation ends the iteration: whatever it does not wait for could still be running.
void Verifier::end_of_iteration() {
  const std::vector<Operation>& operations = now().operations;
  std::vector<bool> is_waited_for(operations.size(), false);
  std::vector<bool> is_reached(operations.size(), false);
  is_reached.back() = true;
  for (operation_ = operations.size(); operation_-- > 0 && !findings_.full();) {
    const bool is_free =
        std::holds_alternative<Move>(operations[operation_].work) && !is_waited_for[operation_];
    if (!is_reached[operation_] && !is_free) {
      wrong("", "the end of the block does not wait for " + quoted(operations[operation_].name),
            "name it in the after= of " + quoted(operations.back().name) +
                " or of what that waits for");
    }
    for (const std::size_t on : waits_[operation_]) {
      is_waited_for[on] = true;
      is_reached[on] = is_reached[on] || is_reached[operation_];
    }
  }
}

void Verifier::counts(const Operation& operation) {
  const std::uint64_t once = times(std::visit(Counts{}, operation.work), machine_.chips);
  const std::uint64_t before = counts_;
  counts_ = plus(counts_, times(once, now().repeat));
  if (before < kNumberLimit && counts_ == kNumberLimit) {
    wrong("", "the counts of the run pass 2^63 here", "summed over chips, repeats and operations");
  }
}

void Verifier::work(const Matmul& m) {
  if (m.products == 0) {
    wrong("products", "a matmul needs at least 1 product", "must be at least 1");
  }
  if (m.rows == 0 || m.depth == 0 || m.columns == 0) {
    wrong("shape", "a matmul needs at least 1 row, depth and column", "must be at least 1");
  }
  const std::string_view stationary = name(m.tensor);
  if (m.stationary.type == DataType::fp32) {
    wrong(stationary, "the matrix unit holds no fp32", "fp32 is for results");
  }
  if (m.moving.type == DataType::fp32 || m.moving.type == DataType::ternary) {
    wrong("moving", fmt::format("a moving operand cannot be {}", name(m.moving.type)),
          "one of: bf16, fp8_e4m3, fp8_e5m2, int8, int4, fp4");
  }
  place(stationary, m.stationary.place);
  place("moving", m.moving.place);
  place("result", m.result.place);
  if (m.prefetch && m.stationary.place == Place::scratchpad) {
    wrong("prefetch", "nothing to prefetch", "the operand is read in place from scratchpad");
  }
  if (m.useful >= kNumberLimit) {
    wrong("useful", "useful is too large", "must be below 2^63");
  }
  block_of(m);
}

void Verifier::block_of(const Matmul& m) {
  struct Extent {
    std::string_view name;
    std::uint64_t block;
    std::uint64_t whole;
  };
  const std::array<Extent, 4> extents{{{"products", m.block.products, m.products},
                                       {"rows", m.block.rows, m.rows},
                                       {"depth", m.block.depth, m.depth},
                                       {"columns", m.block.columns, m.columns}}};
  bool fits = true;
  for (const Extent& extent : extents) {
    if (extent.block == 0 || (extent.block > extent.whole && extent.whole != 0)) {
      wrong("block", fmt::format("{} {} in a block", extent.block, extent.name),
            fmt::format("must be at least 1 and at most {}, as in the shape", extent.whole));
      fits = false;
    }
  }
  if (fits && m.stationary.place != Place::scratchpad) {
    stationary_of(m);
  }
}

// While one block is used the next one loads, so two have to fit; a single block has no next one.
void Verifier::stationary_of(const Matmul& m) {
  const std::uint64_t buffer = trace_.residency.stationary_buffer.count();
  const bool is_single = m.block == MatmulBlock{m.products, m.rows, m.depth, m.columns};
  const std::uint64_t room = is_single ? buffer : buffer / 2;
  const std::uint64_t elements = times(times(m.block.products, m.block.depth), m.block.columns);
  const std::uint64_t bytes =
      elements >= kNumberLimit / 32 ? kNumberLimit : storage(elements, m.stationary.type).count();
  if (bytes > room) {
    wrong("block", fmt::format("a stationary block of {} bytes", bytes),
          is_single ? fmt::format("at most the stationary buffer, {} bytes", room)
                    : fmt::format("at most half of the stationary buffer, {} bytes", room));
  }
}

void Verifier::work(const Move& m) {
  place("from", m.from);
  place("to", m.to);
  if (m.from == m.to) {
    wrong("to", fmt::format("a move from {} to itself", name(m.from)), "choose another place");
  }
  if (m.bytes == Bytes{0}) {
    wrong("bytes", "a move of no bytes", "must be at least 1");
  } else if (m.segments == 0 || m.segments > m.bytes.count()) {
    wrong("segments", fmt::format("{} bytes in {} segments", m.bytes.count(), m.segments),
          "must be at least 1 and at most the bytes");
  }
}

void Verifier::work(const Collective& c) {
  if (c.axes.empty()) {
    wrong("axes", "a collective over no axes", "name at least one");
  }
  std::vector<bool> is_named(machine_.group_axes, false);
  for (std::size_t item = 0; item < c.axes.size(); ++item) {
    const std::uint32_t axis = c.axes[item];
    if (axis >= machine_.group_axes) {
      wrong("axes", fmt::format("no axis {} in a tensor group", axis),
            fmt::format("the group has {} axes, counted from 0", machine_.group_axes), item);
    } else if (is_named[axis]) {
      wrong("axes", fmt::format("axis {} is named twice", axis), "axes must be distinct", item);
    } else {
      is_named[axis] = true;
    }
  }
  if (c.bytes == Bytes{0}) {
    wrong("bytes", "a collective of no bytes", "must be at least 1");
  }
}

void Verifier::place(std::string_view key, Place place) {
  const Stores& stores = machine_.stores;
  const Bytes there = place == Place::scratchpad ? stores.scratchpad
                      : place == Place::far_sram ? stores.far_sram
                                                 : stores.hbm;
  if (there == Bytes{0}) {
    wrong(key, fmt::format("the chip has no {}", name(place)), "its capacity is 0");
  }
}

}  // namespace

void verify(const Trace& trace, const TraceMachine& machine, const TraceSource* source) {
  Verifier(trace, machine, source).verify();
}

}  // namespace systole
