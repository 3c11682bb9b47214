// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <iterator>

#include "trace/text.hpp"

namespace systole {
namespace {

// Appends the attributes of an operation, in their fixed order.
class OperationWriter {
 public:
  explicit OperationWriter(std::string& out) : out_(out) {}

  void operator()(const Matmul& m) const {
    put(" products={} shape={}x{}x{}", m.products, m.rows, m.depth, m.columns);
    put(" {}={}", name(m.tensor), text(m.stationary));
    put(" moving={} result={}", text(m.moving), text(m.result));
    put(" block={}x{}x{}x{}", m.block.products, m.block.rows, m.block.depth, m.block.columns);
    put(" prefetch={} useful={}", m.prefetch ? "yes" : "no", m.useful);
  }

  void operator()(const Vector& v) const {
    put_nonzero("add", v.add);
    put_nonzero("multiply", v.multiply);
    put_nonzero("fma", v.fma);
    put_nonzero("transcendental", v.transcendental);
    put_nonzero("shuffle", v.shuffle);
    put_nonzero("read", v.read.count());
    put_nonzero("written", v.written.count());
  }

  void operator()(const Move& m) const {
    put(" tensor={} from={} to={}", name(m.tensor), name(m.from), name(m.to));
    put(" bytes={} segments={} elements={}", m.bytes.count(), m.segments, m.elements);
  }

  void operator()(const Collective& c) const {
    put(" axes={} bytes={} type={}", fmt::join(c.axes, ","), c.bytes.count(), name(c.type));
  }

  void operator()(const Launch&) const {}

 private:
  template <class... Args>
  void put(fmt::format_string<Args...> format, Args&&... args) const {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }

  // Most vector operations use two or three of the counts.
  void put_nonzero(std::string_view key, std::uint64_t count) const {
    if (count != 0) {
      put(" {}={}", key, count);
    }
  }

  static std::string text(const Operand& operand) {
    return fmt::format("{}@{}", name(operand.type), name(operand.place));
  }

  std::string& out_;
};

}  // namespace

std::string write(const Trace& trace) {
  std::string out{kTraceFormat};
  const auto put = std::back_inserter(out);
  fmt::format_to(put, "\npod {}\ntensor {}\ndata {}\noutput_tokens {}\n", trace.pod, trace.tensor,
                 trace.data, trace.output_tokens);
  if (trace.causal) {
    fmt::format_to(put, "causal {}\n", *trace.causal);
  }
  const Residency& held = trace.residency;
  fmt::format_to(put,
                 "residency scratchpad={} far_sram={} hbm={} stationary_buffer={} "
                 "moving_buffer={}\n",
                 held.scratchpad.count(), held.far_sram.count(), held.hbm.count(),
                 held.stationary_buffer.count(), held.moving_buffer.count());
  for (const Block& block : trace.blocks) {
    fmt::format_to(put, "\nblock {} x{}\n", block.name, block.repeat);
    for (const Operation& operation : block.operations) {
      fmt::format_to(put, "  {} {}", kind(operation.work), operation.name);
      std::visit(OperationWriter(out), operation.work);
      if (!operation.after.empty()) {
        fmt::format_to(put, " after={}", fmt::join(operation.after, ","));
      }
      out += '\n';
    }
    out += "end\n";
  }
  return out;
}

}  // namespace systole
