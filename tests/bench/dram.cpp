// SPDX-License-Identifier: Apache-2.0
// Speed of the memory engine in CPU time, on HBM2 timings. Nothing here passes or fails.
#include <fmt/format.h>

#include <ctime>
#include <string>

#include "dram/memory.hpp"
#include "random_device.hpp"

namespace systole::dram {
namespace {

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

template <class Work>
double seconds(Work work) {
  const double begin = cpu_seconds();
  work();
  return cpu_seconds() - begin;
}

void channel(const std::string& name, const Service& service, Pace pace, bool epochs,
             const std::vector<Request>& requests) {
  const Timing timing(make_device({}, Layout::stream), service);
  Channel served(timing);
  EpochMemo memo;
  for (const Request& request : requests) {
    served.submit(request);
  }
  const double time = seconds([&] {
    while (served.serve({}, epochs ? &memo : nullptr, pace)) {
    }
  });
  const Counts& counts = served.totals();
  const double bursts = static_cast<double>(counts.read + counts.write);
  fmt::print("{:<44} {:8.1f} M bursts/s  {:.3f} activates/burst\n", name, bursts / time * 1e-6,
             static_cast<double>(counts.activate) / bursts);
}

std::vector<Request> streams(std::uint32_t count, std::uint64_t bursts, bool writes) {
  std::vector<Request> requests;
  for (std::uint32_t i = 0; i < count; ++i) {
    requests.push_back({.stream = i,
                        .direction = writes && i % 2 == 1 ? Direction::write : Direction::read,
                        .first = (std::uint64_t{i} << 24U) + 128 * 7 * i,
                        .count = bursts / count,
                        .arrival = 0});
  }
  return requests;
}

// 64 bytes each.
std::vector<Request> random_pairs(std::uint64_t bursts) {
  Random random(1);
  std::vector<Request> requests;
  for (std::uint64_t i = 0; i < bursts / 2; ++i) {
    requests.push_back({.stream = 0,
                        .direction = Direction::read,
                        .first = 2 * draw(random, 1U << 23U),
                        .count = 2,
                        .arrival = 0});
  }
  return requests;
}

void channels() {
  Service first_ready;
  first_ready.policy = Policy::window;
  channel("stream, every command", {}, Pace::commands, false, streams(1, 20'000'000, false));
  channel("4 streams, half writes, every command", {}, Pace::commands, false,
          streams(4, 20'000'000, true));
  channel("64-byte random reads, every command", {}, Pace::commands, false,
          random_pairs(4'000'000));
  channel("stream, visits skipped", {}, Pace::visits, false, streams(1, 200'000'000, false));
  channel("4 streams, visits skipped", {}, Pace::visits, false, streams(4, 200'000'000, true));
  channel("4 streams, epochs repeated", {}, Pace::visits, true, streams(4, 2'000'000'000, true));
  channel("window: stream", first_ready, Pace::commands, false, streams(1, 4'000'000, false));
  channel("window: 4 streams, half writes", first_ready, Pace::commands, false,
          streams(4, 4'000'000, true));
  channel("window: 64-byte random reads", first_ready, Pace::commands, false,
          random_pairs(2'000'000));
}

// Trains of `bytes`, `in_flight` of them on as many streams; the next one comes when one is done.
void trains(const std::string& name, std::uint64_t count, std::uint64_t bytes,
            std::uint32_t in_flight, std::uint64_t offset, std::uint32_t channels) {
  Random random(1);
  Memory memory(make_device({}, Layout::stream), {}, channels);
  std::uint64_t now = 0;
  const double time = seconds([&] {
    for (std::uint64_t i = 0; i < count + in_flight; ++i) {
      std::uint32_t stream = static_cast<std::uint32_t>(i);
      if (i >= in_flight) {
        now = memory.next()->at;
        stream = static_cast<std::uint32_t>(memory.next()->train);
        memory.pop();
      }
      if (i < count) {
        memory.submit({.base = Bytes{draw(random, 1U << 14U) * bytes + offset * i},
                       .bytes = Bytes{bytes},
                       .stream = stream % in_flight},
                      now);
      }
    }
  });
  fmt::print("{:<44} {:8.1f} ms, {:.0f} ns a train, {} lanes, {:.3f} of peak\n", name, time * 1e3,
             time * 1e9 / static_cast<double>(count), memory.lanes(),
             static_cast<double>(memory.busy_cycles(memory.totals(now))) /
                 static_cast<double>(now * channels));
}

int main_of_bench() {
  channels();
  trains("64 GiB in one train", 1, std::uint64_t{64} << 30U, 1, 0, 16);
  trains("10,000 tiles of 64 KiB, one by one", 10'000, 1U << 16U, 1, 0, 32);
  trains("20,000 tiles of 64 KiB, 4 in flight", 20'000, 1U << 16U, 4, 0, 32);
  trains("20,000 trains of 1 MiB, 4 in flight", 20'000, 1U << 20U, 4, 0, 32);
  trains("2,000 trains of 16 MiB, 4 in flight", 2'000, 1U << 24U, 4, 0, 32);
  trains("2,000 unaligned tiles of 64 KB, 2 in flight", 2'000, 64'000, 2, 96, 32);
  return 0;
}

}  // namespace
}  // namespace systole::dram

int main() { return systole::dram::main_of_bench(); }
