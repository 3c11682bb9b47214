// SPDX-License-Identifier: Apache-2.0
// Any bytes are a trace or a UserError, and a trace goes through its text unchanged.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "trace/text.hpp"
#include "trace/verify.hpp"

namespace {

using namespace systole::literals;

constexpr const systole::TraceSource* kNoSource = nullptr;

void hold_against_machines(const systole::SourcedTrace& parsed) {
  const systole::TraceMachine small{
      .chips = 8,
      .group_axes = 2,
      .stores = {.scratchpad = 16_MiB, .far_sram = 0_B, .hbm = 16384_MiB}};
  const systole::TraceMachine fitting{
      .chips = std::uint64_t{parsed.trace.tensor} * parsed.trace.data,
      .group_axes = 3,
      .stores = {.scratchpad = 65536_MiB, .far_sram = 65536_MiB, .hbm = 65536_MiB}};
  for (const systole::TraceMachine& machine : {small, fitting}) {
    for (const systole::TraceSource* source : {&parsed.source, kNoSource}) {
      try {
        systole::verify(parsed.trace, machine, source);
      } catch (const systole::UserError&) {  // The only exception that may come out.
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  systole::SourcedTrace parsed;
  try {
    parsed = systole::parse_sourced_trace(text, "fuzz.trace");
  } catch (const systole::UserError&) {
    return 0;
  }
  hold_against_machines(parsed);
  const std::string canonical = systole::write(parsed.trace);
  const systole::Trace again = systole::parse_trace(canonical, "again.trace");
  systole::check(again == parsed.trace, "a trace changed on its way through the text");
  systole::check(systole::write(again) == canonical, "canonical text is not a fixed point");
  return 0;
}
