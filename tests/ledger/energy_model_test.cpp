// SPDX-License-Identifier: Apache-2.0
// The shipped energy models: what they say of the physics the product turns on.
#include "ledger/energy_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "ledger/price.hpp"
#include "models.hpp"

namespace systole {
namespace {

using namespace systole::test;

EnergyModel shipped(const std::string& name) {
  return read_energy_model(SYSTOLE_SOURCE_DIR "/energy_models/" + name + ".yaml");
}

double pj(const EnergyModel& model, const ChipConfig& chip, Action action) {
  return price_list(model, chip).pj[static_cast<std::size_t>(action)].value();
}

const Parameter& parameter(const EnergyModel& model, const char* key) { return model.at(key); }

class ShippedModel : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(All, ShippedModel,
                         testing::Values("n3", "n5", "n7", "n16", "n28", "interview"),
                         [](const auto& one) { return std::string(one.param); });

TEST_P(ShippedModel, IsCompleteAndSaysWhereEachNumberComesFrom) {
  const EnergyModel model = shipped(GetParam());
  EXPECT_EQ(model.name, GetParam());
  EXPECT_EQ(model.parameters.size(), unit_model().parameters.size());
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    const Parameter& p = model.parameters[i];
    EXPECT_EQ(p.key, unit_model().parameters[i].key);
    EXPECT_FALSE(p.source.empty()) << p.key;
    EXPECT_EQ(p.value == 0.0, p.kind == ValueKind::structural_zero) << p.key;
    EXPECT_FALSE(p.kind == ValueKind::structural_zero && p.note.empty()) << p.key;
    EXPECT_LE(p.low, 1.0) << p.key;
    EXPECT_GE(p.high, 1.0) << p.key;
  }
  EXPECT_TRUE(model.overridden.empty());
}

TEST_P(ShippedModel, PricesTheWholeOfAChipWithEachKindOfMemory) {
  for (const char* standard : {"hbm2", "hbm2e", "hbm3", "hbm3e", "ddr3"}) {
    ChipConfig chip = tpu_v4();
    chip.hbm = four_stacks(standard);
    chip.idle_power = Watts{1000.0};
    chip.node = shipped(GetParam()).node;
    for (const std::optional<double>& each : price_list(shipped(GetParam()), chip).pj) {
      ASSERT_TRUE(each.has_value());
      EXPECT_GE(*each, 0.0);
    }
  }
}

// Bank of 1 MB and 20 mm of network: 64 x (0.45 + 1.28 + 16), 64 x (0.38 + 1.088 + 13.6),
// 64 x (0.34 + 0.96 + 12).
TEST(EnergyModels, ALineOf64BytesOver20MillimetresCostsAbout1000Picojoules) {
  ChipConfig chip = bare_chip();
  chip.far_sram = far_sram_at_20_mm();
  EXPECT_NEAR(pj(shipped("n7"), chip, Action::far_sram_read), 1135, 0.01 * 1135);
  EXPECT_NEAR(pj(shipped("n5"), chip, Action::far_sram_read), 964, 0.01 * 964);
  EXPECT_NEAR(pj(shipped("n3"), chip, Action::far_sram_read), 851, 0.01 * 851);
  EXPECT_NEAR(pj(shipped("n7-line-50"), chip, Action::far_sram_read), 50, 0.01 * 50);
}

TEST(EnergyModels, AProductCostsLessThanAPicojouleFrom7NanometresOn) {
  for (const char* name : {"n7", "n5", "n3"}) {
    EXPECT_LT(pj(shipped(name), bare_chip(), Action::mac_bf16), 1.0) << name;
  }
}

// 256 KB bank, 2 mm: 0.45 + 0.64 + 0.88 = 1.97, 0.38 + 0.544 + 0.80 = 1.72, 0.34 + 0.48 + 0.72 =
// 1.54 pJ/B.
TEST(EnergyModels, AByteOfTheScratchpadCostsAbout2Picojoules) {
  EXPECT_NEAR(pj(shipped("n7"), bare_chip(), Action::scratchpad_read) / 64, 1.97, 0.005);
  EXPECT_NEAR(pj(shipped("n5"), bare_chip(), Action::scratchpad_read) / 64, 1.72, 0.005);
  EXPECT_NEAR(pj(shipped("n3"), bare_chip(), Action::scratchpad_read) / 64, 1.54, 0.005);
}

// A stream opens each 1 KB row once: 909 / 8192 + 2.68 + 0.80 = 3.59 pJ a bit. Refresh (64 x 909 pJ
// every 3.9 us) and background (33 mW) of a pseudo-channel that streams 93% of 16 GB/s add 0.40.
TEST(EnergyModels, AStreamFromHbm2Costs3Point99PicojoulesABitInTheDevice) {
  const EnergyModel model = shipped("n7");
  const ChipConfig chip = tpu_v4();
  const double commands =
      pj(model, chip, Action::hbm_activate) / 8192.0 +
      (pj(model, chip, Action::hbm_read) + pj(model, chip, Action::hbm_io)) / 256.0;
  const double pseudo_channel_bits = 0.93 * 16e9 * 8.0;
  const double refresh = pj(model, chip, Action::hbm_refresh) * 1e-12 / 3.9e-6;
  const double background = parameter(model, "hbm.hbm2.background").value / 16.0;
  EXPECT_NEAR(commands + (refresh + background) * 1e12 / pseudo_channel_bits, 3.99, 0.01);
}

// Idle power of TPU v4, measured: 90 W. Bottom-up 73 W.
TEST(EnergyModels, TheStaticLinesOfTpuV4AddUpToItsMeasuredIdlePower) {
  const EnergyModel model = shipped("n7");
  const ChipConfig chip = tpu_v4();
  const double watt = 1.05e9 * 1e-12;  // Cycles a second times joules a picojoule.
  EXPECT_NEAR(pj(model, chip, Action::link_powered) * watt, 10.56, 0.01);
  EXPECT_NEAR(pj(model, chip, Action::leakage) * watt, 30.0, 0.01);
  EXPECT_NEAR(pj(model, chip, Action::clock_tree) * watt, 17.64, 0.01);
  EXPECT_NEAR(pj(model, chip, Action::unexplained) * watt, 16.7, 0.1);
  double sum = pj(model, chip, Action::hbm_refresh) * 64 * 1e-12 / 3.9e-6;
  for (const Action action :
       {Action::link_powered, Action::leakage, Action::clock_tree, Action::miscellaneous,
        Action::unexplained, Action::hbm_background, Action::hbm_phy_idle}) {
    sum += pj(model, chip, action) * watt;
  }
  EXPECT_NEAR(sum, 90.0, 1e-3);
}

// v1: 331 mm2, 0.7 GHz, two channels of DDR3, 28 W idle. v3: 700 mm2, 0.94 GHz, four stacks of
// HBM2, 4 links of 70 GB/s, 123 W idle.
TEST(EnergyModels, OlderNodesExplainNoMoreThanTheIdlePowerOfTheirChips) {
  ChipConfig v1 = tpu_v4();
  v1.clock = Hertz{0.7e9};
  v1.area = SquareMillimetres{331.0};
  v1.node = "n28";
  v1.hbm = four_stacks("ddr3");
  v1.hbm->stacks = 1;
  v1.ici.reset();
  v1.idle_power = Watts{28.0};
  EXPECT_GT(pj(shipped("n28"), v1, Action::unexplained), 0.0);

  ChipConfig v3 = tpu_v4();
  v3.clock = Hertz{0.94e9};
  v3.area = SquareMillimetres{700.0};
  v3.node = "n16";
  v3.ici->links = 4;
  v3.ici->bandwidth = BytesPerSecond{70e9};
  v3.idle_power = Watts{123.0};
  EXPECT_GT(pj(shipped("n16"), v3, Action::unexplained), 0.0);
}

// A weight read once from the far SRAM and used by B sequences costs 1 + 1000/B pJ a product.
TEST(EnergyModels, TheRuleOfThumbGivesOnePlusAThousandOverTheBatch) {
  ChipConfig chip = tpu_v4();
  const EnergyModel model = shipped("interview");
  for (const std::uint64_t batch : {1UL, 8UL, 64UL, 256UL}) {
    const std::uint64_t weights = 1'000'000;
    const auto line = [](Action action, std::uint64_t count) {
      return LedgerLine{component_of(action), 1, Tensor::weight, action, count};
    };
    const Bill bill = price(
        {line(Action::mac_bf16, weights * batch), line(Action::far_sram_element, weights),
         line(Action::far_sram_read, weights / 32), line(Action::scratchpad_write, weights / 32),
         line(Action::leakage, 1'000'000), line(Action::unexplained, 1'000'000)},
        {"static", "matmul"}, model, chip, 16, 1);
    const double products = static_cast<double>(weights * batch);
    EXPECT_DOUBLE_EQ(bill.total_j.nominal / products * 1e12,
                     1.0 + 1000.0 / static_cast<double>(batch));
  }
}

class ScratchModel : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  EnergyModel read(const std::string& text) {
    const std::filesystem::path file = folder_ / "model.yaml";
    std::ofstream(file) << "extends: " SYSTOLE_SOURCE_DIR "/energy_models/n7.yaml\n" << text;
    return read_energy_model(file.string());
  }

 private:
  std::filesystem::path folder_;
};

const char* const kDearerProduct =
    "mac: {bf16: {value: 0.9 pJ, range: [0.5, 2.0], kind: assumed, source: what if}}\n";

TEST_F(ScratchModel, KeepsTheEntryAsItStandsInTheFile) {
  const EnergyModel model = read(kDearerProduct);
  const Parameter& product = model.at("mac.bf16");
  EXPECT_EQ(product.value, 0.9);
  EXPECT_EQ(product.low, 0.5);
  EXPECT_EQ(product.high, 2.0);
  EXPECT_EQ(product.kind, ValueKind::assumed);
  EXPECT_EQ(product.source, "what if");
  EXPECT_EQ(product.note, "");
}

TEST_F(ScratchModel, ListsTheParametersThatItGivesAgain) {
  EXPECT_THAT(read(std::string("name: mine\n") + kDearerProduct).overridden,
              testing::ElementsAre("mac.bf16"));
}

TEST_F(ScratchModel, AnUnusedOverrideIsRefusedWhenPriced) {
  const EnergyModel model = read(kDearerProduct);
  const LedgerLine other{Component::matrix_unit, 0, Tensor::none, Action::mac_int8, 1};
  EXPECT_THROW((void)price({other}, {"static"}, model, bare_chip(), 16, 1), UserError);
}

TEST_F(ScratchModel, HashesItsContentAndNotItsName) {
  const std::string plain = read("").hash;
  EXPECT_EQ(plain, shipped("n7").hash);
  EXPECT_NE(read(kDearerProduct).hash, plain);
}

TEST_F(ScratchModel, AZeroThatIsNotMeantIsRefused) {
  EXPECT_THROW(read("mac: {bf16: {value: 0 pJ, range: [0.5, 2.0], kind: derived, source: x}}\n"),
               UserError);
}

}  // namespace
}  // namespace systole
