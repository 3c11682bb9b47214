// SPDX-License-Identifier: Apache-2.0
// Each change of a result is what a run of that change gives.
#include "study/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.hpp"
#include "report/explain_table.hpp"
#include "report/result_json.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

Json document_of(const std::vector<Override>& changes = {}) {
  return to_json(
      run_point(SYSTOLE_SOURCE_DIR "/configs/runs/tiny-decode.yaml", {.overrides = changes}));
}

class Explain : public testing::Test {
 protected:
  const WhatIf& asked(const std::string& key) {
    const auto found = std::ranges::find(questions_, key, &WhatIf::key);
    EXPECT_NE(found, questions_.end()) << key;
    return *found;
  }

  // Of energy per token and of time per step, against the result as it is.
  void expect_effect(const Change& change, const Json& changed) {
    ASSERT_TRUE(change.effect) << change.why_not;
    const auto energy = [](const Json& d) {
      return d.at("energy_per_output_token_j").at("nominal").get<double>();
    };
    const auto time = [](const Json& d) { return 1 / d.at("tokens_per_s_per_user").get<double>(); };
    EXPECT_NEAR(change.effect->energy, energy(changed) / energy(result_), 1e-12);
    EXPECT_NEAR(change.effect->time, time(changed) / time(result_), 1e-12);
    EXPECT_EQ(change.effect->binding, changed.at("bound").at("binding"));
  }

  Json result_ = document_of();
  std::vector<WhatIf> questions_ = what_if(result_, 2);
};

TEST_F(Explain, ChangesAreWhatRunsWithThemGive) {
  expect_effect(asked("workload.batch").doubled, document_of({{"workload.batch", "8"}}));
  expect_effect(asked("chip.clock").halved, document_of({{"chip.clock", "500 MHz"}}));
  expect_effect(asked("chip.ici.bandwidth").doubled,
                document_of({{"chip.ici.bandwidth", asked("chip.ici.bandwidth").doubled.value}}));
}

TEST_F(Explain, ChangesOfPricesAreWhatRunsUnderThemGive) {
  const WhatIf& leakage = asked("energy_model.static.leakage");
  EXPECT_TRUE(leakage.is_price);
  expect_effect(leakage.doubled,
                document_of({{"energy_model.static.leakage", leakage.doubled.value}}));
  EXPECT_EQ(leakage.doubled.effect->time, 1.0);
}

TEST_F(Explain, HalvesANumberFormatByTakingTheNextNarrowerOne) {
  EXPECT_EQ(asked("workload.weights").before, "int8");
  EXPECT_EQ(asked("workload.weights").halved.value, "int4");
  EXPECT_EQ(asked("workload.weights").doubled.value, "bf16");
  expect_effect(asked("workload.weights").halved, document_of({{"workload.weights", "int4"}}));
}

TEST_F(Explain, SaysWhyAChangeIsNotPossible) {
  const Change& half = asked("sharding.tensor").halved;  // Two chips of four would stand idle.
  EXPECT_FALSE(half.effect);
  EXPECT_THAT(half.why_not, HasSubstr("is 2 chips, but pod"));
}

TEST_F(Explain, PutsTheStrongestFirst) {
  EXPECT_TRUE(std::ranges::is_sorted(questions_, std::ranges::greater{}, &WhatIf::strength));
  EXPECT_GT(questions_.front().strength(), 1.5);
}

TEST_F(Explain, IsTheSameWithOneWorker) {
  EXPECT_EQ(explain_json(result_, what_if(result_, 1)), explain_json(result_, questions_));
}

TEST_F(Explain, ShowsLinesBoundsAndChanges) {
  const std::string text = explain_table(result_, questions_);
  EXPECT_THAT(text, HasSubstr("where it goes"));
  EXPECT_THAT(text, HasSubstr("latency"));
  EXPECT_THAT(text, HasSubstr("workload.batch"));
}

TEST(ExplainOf, WhatIsNoRunIsRefused) {
  EXPECT_THROW(static_cast<void>(what_if(Json{{"command", "gemm"}}, 1)), UserError);
}

}  // namespace
}  // namespace systole
