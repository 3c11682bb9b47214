// SPDX-License-Identifier: Apache-2.0
#include "study/worker_pool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <map>
#include <set>

#include "base/error.hpp"

namespace systole {
namespace {

using testing::HasSubstr;
using Kind = JobEnd::Kind;

// What became of each job.
std::map<std::size_t, JobEnd> ends_of(std::size_t count, std::size_t workers, const Job& job) {
  std::map<std::size_t, JobEnd> ends;
  const bool is_whole = run_jobs(count, workers, job, [&](std::size_t index, JobEnd end) {
    EXPECT_TRUE(ends.emplace(index, std::move(end)).second) << "job " << index << " ended twice";
  });
  EXPECT_TRUE(is_whole);
  return ends;
}

std::string square(std::size_t index) { return std::to_string(index * index); }

TEST(WorkerPool, RunsEachJobOnceWhateverTheNumberOfWorkers) {
  for (const std::size_t workers : {1U, 2U, 5U, 40U}) {
    const auto ends = ends_of(20, workers, square);
    ASSERT_EQ(ends.size(), 20U);
    for (const auto& [index, end] : ends) {
      EXPECT_EQ(end.kind, Kind::done);
      EXPECT_EQ(end.text, std::to_string(index * index));
    }
  }
}

TEST(WorkerPool, WithoutJobsHasNothingToDo) { EXPECT_TRUE(ends_of(0, 4, square).empty()); }

TEST(WorkerPool, UsesAsManyProcessesAsAskedFor) {
  const auto ends = ends_of(30, 3, [](std::size_t) {
    usleep(5000);  // Long enough that no worker takes all jobs before the others start.
    return std::to_string(getpid());
  });
  std::set<std::string> processes;
  for (const auto& [index, end] : ends) {
    processes.insert(end.text);
  }
  EXPECT_EQ(processes.size(), 3U);
  EXPECT_FALSE(processes.contains(std::to_string(getpid())));
}

TEST(WorkerPool, CarriesTextsOfAnySize) {
  const auto ends = ends_of(2, 2, [](std::size_t index) {
    return std::string(index * 3'000'000, '\0');  // Far more than a socket holds.
  });
  EXPECT_EQ(ends.at(0).text.size(), 0U);
  EXPECT_EQ(ends.at(1).text.size(), 3'000'000U);
}

TEST(WorkerPool, TellsWhoseFaultAFailureIs) {
  const auto ends = ends_of(5, 2, [](std::size_t index) -> std::string {
    switch (index) {
      case 0: throw UserError("no such key");
      case 1: throw DoesNotFit("too large");
      case 2: throw Bug("a law is broken");
      case 3: throw std::runtime_error("nobody expected this");
      default: return "fine";
    }
  });
  EXPECT_EQ(ends.at(0).kind, Kind::wrong_input);
  EXPECT_THAT(ends.at(0).text, HasSubstr("no such key"));
  EXPECT_EQ(ends.at(1).kind, Kind::does_not_fit);
  EXPECT_EQ(ends.at(1).text, "too large");
  EXPECT_EQ(ends.at(2).kind, Kind::fault);
  EXPECT_EQ(ends.at(3).kind, Kind::fault);
  EXPECT_EQ(ends.at(3).text, "nobody expected this");
  EXPECT_EQ(ends.at(4).kind, Kind::done);
}

TEST(WorkerPool, AWorkerThatDiesCostsItsJobOnly) {
  const auto ends = ends_of(10, 1, [](std::size_t index) {
    if (index == 3) {
      std::raise(SIGKILL);
    }
    if (index == 6) {
      _exit(7);
    }
    return square(index);
  });
  ASSERT_EQ(ends.size(), 10U);
  EXPECT_EQ(ends.at(3).kind, Kind::crashed);
  EXPECT_THAT(ends.at(3).text, HasSubstr("ended by signal 9"));
  EXPECT_EQ(ends.at(6).kind, Kind::crashed);
  EXPECT_THAT(ends.at(6).text, HasSubstr("ended with status 7"));
  EXPECT_EQ(ends.at(9).text, "81");
}

TEST(WorkerPool, StopsAtSigint) {
  std::size_t ended = 0;
  const bool is_whole = run_jobs(
      100, 2,
      [](std::size_t) {
        usleep(1000);
        return std::string();
      },
      [&](std::size_t, const JobEnd&) {
        if (++ended == 5) {
          std::raise(SIGINT);
        }
      });
  EXPECT_FALSE(is_whole);
  EXPECT_GE(ended, 5U);
  EXPECT_LT(ended, 10U);
}

TEST(WorkerPool, LeavesSignalsAsItFoundThem) {
  EXPECT_EQ(ends_of(1, 1, square).size(), 1U);
  EXPECT_EQ(std::signal(SIGINT, SIG_DFL), SIG_DFL);
  EXPECT_EQ(std::signal(SIGTERM, SIG_DFL), SIG_DFL);
}

TEST(WorkerPool, PassesOnWhatTheCallerThrows) {
  EXPECT_THROW(static_cast<void>(run_jobs(
                   10, 2, square, [](std::size_t, const JobEnd&) { fail("disk is full"); })),
               UserError);
}

}  // namespace
}  // namespace systole
