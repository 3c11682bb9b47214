// SPDX-License-Identifier: Apache-2.0
#include "config/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "config/read.hpp"
#include "files.hpp"

namespace systole {
namespace {

using testing::HasSubstr;

TEST(Settings, AreTheRunsKeysAndThoseOfTheFilesItNamesBehindTheirKind) {
  EXPECT_EQ(find_setting("workload.batch")->kind, FileKind::run);
  EXPECT_EQ(find_setting("pod")->kind, FileKind::run);  // The path, not a key of a pod.
  EXPECT_EQ(find_setting("pod.shape")->kind, FileKind::pod);
  EXPECT_EQ(find_setting("chip.matrix_unit.rows")->row->key, "matrix_unit.rows");
  EXPECT_EQ(find_setting("energy_model.mac.bf16")->kind, FileKind::energy_model);
  EXPECT_EQ(find_setting("memory.channels")->kind, FileKind::memory);
  EXPECT_FALSE(find_setting("chip.matrix_unit"));  // A section.
  EXPECT_FALSE(find_setting("matrix_unit.rows"));
  EXPECT_FALSE(find_setting("sweep.name"));
}

TEST(Settings, AreAllFoundUnderTheirOwnNames) {
  const std::vector<Setting> all = settings();
  EXPECT_GT(all.size(), 150U);
  for (const Setting& setting : all) {
    const std::optional<Setting> found = find_setting(setting.key());
    ASSERT_TRUE(found) << setting.key();
    EXPECT_EQ(found->row, setting.row);
  }
}

TEST(Settings, GoToTheFileOfTheirKindWithoutItsName) {
  const std::vector<Override> all{{"workload.batch", "2"},
                                  {"chip.clock", "1 GHz"},
                                  {"pod", "p.yaml"},
                                  {"pod.shape", "[2]"},
                                  {"chip.dma.engines", "3"}};
  const auto keys = [&](FileKind kind) {
    std::string out;
    for (const Override& set : overrides_of(kind, all)) {
      out += set.key + "=" + set.value + ";";
    }
    return out;
  };
  EXPECT_EQ(keys(FileKind::run), "workload.batch=2;pod=p.yaml;");
  EXPECT_EQ(keys(FileKind::chip), "clock=1 GHz;dma.engines=3;");
  EXPECT_EQ(keys(FileKind::pod), "shape=[2];");
  EXPECT_EQ(keys(FileKind::memory), "");
}

TEST(Settings, ABarePriceKeepsTheRangeOfTheOneItReplacesAndIsAssumed) {
  const Measured before = load(FileKind::energy_model, sample("energy.yaml")).measured("mac.bf16");
  const Measured now =
      load(FileKind::energy_model, sample("energy.yaml"), {{"mac.bf16", "0.25 pJ"}})
          .measured("mac.bf16");
  EXPECT_EQ(now.value, 0.25);
  EXPECT_EQ(now.low, before.low);
  EXPECT_EQ(now.high, before.high);
  EXPECT_EQ(now.kind, "assumed");
}

TEST(Settings, AMistakeNamesTheKeyAsItWasGiven) {
  try {
    static_cast<void>(load(FileKind::pod, sample("pod.yaml"),
                           overrides_of(FileKind::pod, {{"pod.shap", "[2]"}})));
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--set pod.shap=[2]"));
  }
}

TEST(Canonical, ContentReadsBackAsTheSameContent) {
  const auto same = [](FileKind kind, const std::string& file,
                       const std::vector<Override>& changes = {}) {
    const std::string text = load(kind, sample(file), changes).canonical().dump();
    return from_canonical(kind, nlohmann::ordered_json::parse(text), "a result")
               .canonical()
               .dump() == text;
  };
  EXPECT_TRUE(same(FileKind::pod, "pod.yaml"));
  EXPECT_TRUE(same(FileKind::run, "run.yaml"));
  EXPECT_TRUE(same(FileKind::chip, "chip.yaml"));
  EXPECT_TRUE(same(FileKind::energy_model, "energy.yaml"));
  EXPECT_TRUE(same(FileKind::pod, "pod.yaml",
                   {{"faults",
                     "[{chip: [0, 0], axis: 1, direction: up, state: down}, "
                     "{chip: [1, 0], axis: 0, direction: down, bandwidth: 10 GB/s}]"}}));
}

}  // namespace
}  // namespace systole
