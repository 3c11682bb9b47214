// SPDX-License-Identifier: Apache-2.0
// `systole compare` on results of real runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "program.hpp"

namespace systole {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using Json = nlohmann::ordered_json;

TEST(Compare, SaysThatEqualResultsAreIdentical) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole run configs/runs/tiny-decode.yaml --json a.json >/dev/null && "
      "systole compare a.json a.json");
  EXPECT_EQ(shown.exit, 0);
  EXPECT_EQ(shown.out,
            "identical: 209 ledger lines (counts and prices), 15 metrics and all inputs are "
            "equal\n");
}

TEST(Compare, LeavesNoResidueInItsDocument) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole run configs/runs/llama-3.1-70b-decode-64.yaml --json a.json >/dev/null && "
      "systole run configs/runs/llama-3.1-70b-decode-64.yaml --set workload.batch=32 --set "
      "workload.weights=int4 --energy-model energy_models/n5.yaml --json b.json >/dev/null && "
      "systole compare a.json b.json --json c.json");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  const Json compared = Json::parse(folder.read("c.json"));
  const auto per_token = [&](const char* file) {
    return Json::parse(folder.read(file))["energy_per_output_token_j"]["nominal"].get<double>();
  };
  const double before = per_token("a.json");
  const double after = per_token("b.json");
  double parts = 0;
  for (const Json& line : compared["ledger"]) {
    parts += line["activity_j"].get<double>() + line["price_j"].get<double>();
  }
  EXPECT_NEAR(parts, after - before, 1e-12 * std::max(before, after));
  EXPECT_EQ(compared["per"], "output token");
  EXPECT_THAT(shown.out, AllOf(StartsWith("energy per output token "), HasSubstr(" others"),
                               HasSubstr("batch "), HasSubstr(" 64 -> 32\n")));
}

TEST(Compare, SaysWhenOnlyInputsDiffer) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole run configs/runs/tiny-decode.yaml --json a.json >/dev/null && "
      "sed 's/\"attention\": \"batch\"/\"attention\": \"heads\"/' a.json > b.json && "
      "systole compare a.json b.json");
  EXPECT_EQ(shown.exit, 0);
  EXPECT_THAT(shown.out, AllOf(HasSubstr("only inputs differ"), HasSubstr("batch -> heads")));
}

}  // namespace
}  // namespace systole
