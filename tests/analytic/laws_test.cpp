// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "pods.hpp"

namespace systole {
namespace {

using systole::testing::matmul;
using systole::testing::small_pod;
using systole::testing::trace_of;
using ::testing::HasSubstr;

const PodConfig kPod = small_pod({{4, true, 2}, {2, true}});

// Every kind of operation, every place.
Trace everything() {
  Matmul from_hbm = matmul(2, 5, 10, 3, {1, 2, 4, 2}, Place::hbm);
  from_hbm.useful = 10;
  Matmul from_far = matmul(2, 5, 10, 3, {1, 2, 4, 2}, Place::far_sram);
  from_far.tensor = Stationary::kv;
  const Vector vector{.add = 1,
                      .multiply = 2,
                      .fma = 3,
                      .transcendental = 4,
                      .shuffle = 5,
                      .read = Bytes{6},
                      .written = Bytes{7}};
  const Collective reduce{.kind = CollectiveKind::all_reduce,
                          .axes = {0, 1},
                          .bytes = Bytes{100},
                          .type = DataType::bf16};
  return trace_of(kPod, {Launch{}, from_hbm, from_far, vector, reduce}, 2);
}

std::map<CountKey, std::uint64_t> dynamic_counts() { return expected(kPod, everything()).counts; }

// 100 us: above every bound, 100 refreshes, 100,000 cycles.
constexpr Femtoseconds kElapsed{100'000'000'000};

std::map<CountKey, std::uint64_t> all_counts() {
  std::map<CountKey, std::uint64_t> counts = dynamic_counts();
  for (const Action action :
       {Action::leakage, Action::clock_tree, Action::miscellaneous, Action::unexplained,
        Action::hbm_background, Action::hbm_phy_idle, Action::link_powered}) {
    counts[{"static", Tensor::none, action}] = 100'000U * 8;
  }
  counts[{"static", Tensor::none, Action::hbm_refresh}] = 100U * 4 * 8;
  return counts;
}

Ledger ledger_of(const std::map<CountKey, std::uint64_t>& counts, Femtoseconds elapsed = kElapsed) {
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) {
    names.push_back("b.o" + std::to_string(i));
  }
  Ledger ledger(names);
  std::vector<Account*> accounts;
  for (std::size_t i = 0; i < kComponents; ++i) {
    const auto component = static_cast<Component>(i);
    accounts.push_back(&ledger.open("pod." + std::string(name(component)), component));
  }
  for (const auto& [key, n] : counts) {
    const auto at =
        std::find(ledger.operations().begin(), ledger.operations().end(), key.operation);
    accounts[static_cast<std::size_t>(component_of(key.action))]->record(
        static_cast<OperationId>(at - ledger.operations().begin()), key.tensor, key.action, n);
  }
  accounts[0]->enter(State::busy, Femtoseconds{5});
  accounts[0]->enter(State::stalled_moving, Femtoseconds{9});
  ledger.close(elapsed);
  return ledger;
}

std::string broken(const Trace& trace, const Ledger& ledger) {
  try {
    check_laws(kPod, trace, ledger);
  } catch (const Bug& bug) {
    return bug.what();
  }
  return "no law broken";
}

TEST(Laws, HoldForALedgerThatCountsWhatIsExpected) {
  EXPECT_NO_THROW(check_laws(kPod, everything(), ledger_of(all_counts())));
}

TEST(Laws, AnyCounterOffByOneIsNamedWithExpectedAndFound) {
  std::set<Action> seen;
  for (const auto& [key, n] : all_counts()) {
    if (key.action == Action::hbm_activate) {
      continue;  // Has a law of its own.
    }
    for (const std::uint64_t wrong : {n - 1, n + 1}) {
      std::map<CountKey, std::uint64_t> counts = all_counts();
      counts[key] = wrong;
      const std::string message = broken(everything(), ledger_of(counts));
      EXPECT_THAT(message, HasSubstr(std::string(name(key.action)) + " of " + key.operation));
      EXPECT_THAT(message, HasSubstr(fmt::format("expected {}, found {}", n, wrong)));
    }
    seen.insert(key.action);
  }
  EXPECT_EQ(seen.size(), kActions - 6);  // All but the other five multipliers and rows.
}

TEST(Laws, RowsTooFewForTheirBurstsAreNamed) {
  std::map<CountKey, std::uint64_t> counts = all_counts();
  for (auto& [key, n] : counts) {
    n = key.action == Action::hbm_activate ? 1 : n;
  }
  EXPECT_THAT(broken(everything(), ledger_of(counts)), HasSubstr("rows opened for"));
}

TEST(Laws, ACounterThatNothingCausesIsNamed) {
  std::map<CountKey, std::uint64_t> counts = all_counts();
  counts[{"b.o0", Tensor::weight, Action::mac_fp8}] = 1;
  EXPECT_THAT(broken(everything(), ledger_of(counts)), HasSubstr("expected 0, found 1"));
}

TEST(Laws, ACountOnBehalfOfAnotherOperationOrTensorIsNotTheSame) {
  std::map<CountKey, std::uint64_t> counts = all_counts();
  auto node = counts.extract({"b.o3", Tensor::activation, Action::lane_fma});
  node.key().operation = "b.o4";
  counts.insert(std::move(node));
  EXPECT_THAT(broken(everything(), ledger_of(counts)), HasSubstr("lane_fma of b.o3"));
}

TEST(Laws, ElapsedTimeIsHeldAgainstEveryBound) {
  // Two kernel starts alone are 4 us.
  const Femtoseconds elapsed{4'000'000'000};
  std::map<CountKey, std::uint64_t> counts = dynamic_counts();
  for (const Action action :
       {Action::leakage, Action::clock_tree, Action::miscellaneous, Action::unexplained,
        Action::hbm_background, Action::hbm_phy_idle, Action::link_powered}) {
    counts[{"static", Tensor::none, action}] = 4'000U * 8;
  }
  counts[{"static", Tensor::none, Action::hbm_refresh}] = 4U * 4 * 8;
  EXPECT_THAT(broken(everything(), ledger_of(counts, elapsed)), HasSubstr("law broken: time"));
}

TEST(Laws, MoreUsefulProductsThanTheArraysMadeAreNamed) {
  Trace trace = everything();
  std::get<Matmul>(trace.blocks[0].operations[1].work).useful = 1'000'000;
  EXPECT_THAT(broken(trace, ledger_of(all_counts())), HasSubstr("useful bf16 products"));
}

TEST(Laws, AUnitWhoseStatesDoNotAddUpIsNamed) {
  Ledger ledger = ledger_of(all_counts());
  ledger.open("pod.late", Component::chip);  // Its time was never closed.
  EXPECT_THAT(broken(everything(), ledger), HasSubstr("time of pod.late"));
}

TEST(Laws, ATraceForAnotherNumberOfChipsIsABug) {
  Trace trace = everything();
  trace.tensor = 4;
  EXPECT_THAT(broken(trace, ledger_of(all_counts())), HasSubstr("chips of the pod"));
}

}  // namespace
}  // namespace systole
