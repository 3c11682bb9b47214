// SPDX-License-Identifier: Apache-2.0
// Packets of a Perfetto trace, as bytes. Field numbers are those of google/perfetto's
// protos/perfetto/trace; only what the timeline needs of them is here.
//
// Each track has a packet sequence of its own, in which time does not go back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace systole::perfetto {

// A process' tracks hang below it; all have numbers that are unique in the trace.
struct Process {
  std::int32_t pid;
  std::string name;
};
struct Thread {
  std::int32_t pid;
  std::int32_t tid;
  std::string name;
};
struct Counter {
  std::uint64_t process;  // Its track.
  std::string name;
  std::string unit;
};

struct Annotation {
  std::string name;
  std::string text;
  std::optional<std::uint64_t> number{};  // Instead of the text.
};

class Packets {
 public:
  // Take the number of the track.
  void describe(std::uint64_t track, const Process& process);
  void describe(std::uint64_t track, const Thread& thread);
  void describe(std::uint64_t track, const Counter& counter);
  void describe(std::uint64_t track, const std::string& name);

  // Of the track that was described last.
  void begin(std::uint64_t at, std::string_view name, const std::vector<Annotation>& annotations,
             std::optional<std::uint64_t> flow);
  void end(std::uint64_t at);
  void instant(std::uint64_t at, std::string_view name, const std::vector<Annotation>& annotations);
  void value(std::uint64_t at, double value);

  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  void declare(std::uint64_t track, const std::string& descriptor);
  void event(std::uint64_t at, const std::string& body);

  std::string bytes_;
  std::uint64_t track_ = 0;
  std::uint32_t sequence_ = 0;
};

}  // namespace systole::perfetto
