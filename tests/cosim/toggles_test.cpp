// SPDX-License-Identifier: Apache-2.0
// What the clocked model counts as switching against Verilator's toggle coverage of the RTL, under
// the same stimulus: equal, register by register.
#include <gtest/gtest.h>
#include <verilated_cov.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "cosim/driver.hpp"
#include "cosim/random_passes.hpp"
#include "cosim/rtl.hpp"
#include "cosim/verilated_unit.hpp"
#include "model/clocked.hpp"

namespace systole::cosim {
namespace {

// Bits that switched, by the register of the processing elements, over all elements. A line of the
// file is C '<key><STX><value><SOH>...' <count>; page names the module, o the bit: "act_q[3]".
std::map<std::string, std::uint64_t> toggles_of(VerilatedArray& array) {
  const auto file = std::filesystem::path(testing::TempDir()) /
                    ("toggles_" + std::to_string(testing::UnitTest::GetInstance()->random_seed()) +
                     testing::UnitTest::GetInstance()->current_test_info()->name() + ".dat");
  std::filesystem::create_directories(file.parent_path());
  array.context().coveragep()->write(file.c_str());
  std::map<std::string, std::uint64_t> out;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const auto field = [&](const std::string& key) {
      const std::size_t begin = line.find('\1' + key + '\2');
      return begin == std::string::npos
                 ? std::string()
                 : line.substr(begin + key.size() + 2,
                               line.find_first_of("\1'", begin + 1) - begin - key.size() - 2);
    };
    const std::string page = field("page");
    if (page.starts_with("v_toggle/mxu_pe") || page.starts_with("v_toggle/mxu_os_pe")) {
      const std::string bit = field("o");
      out[bit.substr(0, bit.find('['))] += std::stoull(line.substr(line.rfind(' ')));
    }
  }
  std::filesystem::remove(file);
  return out;
}

// The first so many passes of a source.
class FirstPasses : public PassSource {
 public:
  FirstPasses(PassSource& source, int count) : source_(source), left_(count) {}

  [[nodiscard]] std::optional<Pass> next() override {
    return left_-- > 0 ? source_.next() : std::nullopt;
  }
  void restart() override { source_.restart(); }

 private:
  PassSource& source_;
  int left_;
};

struct Counted {
  model::Toggles clocked;
  std::map<std::string, std::uint64_t> rtl;

  [[nodiscard]] std::uint64_t of(const char* name) const {
    return rtl.contains(name) ? rtl.at(name) : 0;
  }
};

// Runs both under the same stimulus. The answers must be equal too, or counts mean nothing.
Counted count(const RtlVariant& variant, PassSource& passes, bool resets) {
  constexpr int kCycles = 3000;
  Driver driver(variant.config, passes, {.seed = 5, .bubbles = true, .resets = resets});
  const auto rtl = variant.make(1);
  Counted counted;
  const auto clocked = model::clocked_unit(variant.config, &counted.clocked);
  for (int cycle = 0; cycle < kCycles; ++cycle) {
    const model::UnitOutputs& outputs = rtl->settle(driver.inputs());
    EXPECT_EQ(outputs, clocked->settle(driver.inputs()));
    rtl->clock();
    clocked->clock();
    driver.clock(outputs);
  }
  counted.rtl = toggles_of(dynamic_cast<VerilatedArray&>(*rtl));
  return counted;
}

class TogglesOf : public testing::TestWithParam<RtlVariant> {};

TEST_P(TogglesOf, TheClockedModelAreThoseOfTheRtl) {
  RandomPasses passes(GetParam().config, 5);
  const Counted counted = count(GetParam(), passes, true);
  EXPECT_EQ(counted.clocked.act, counted.of("act_q"));
  EXPECT_EQ(counted.clocked.weight, counted.of("weight_q"));
  EXPECT_EQ(counted.clocked.sum, counted.of("sum_q"));
  EXPECT_EQ(counted.clocked.shift, counted.of("shift_q"));
  EXPECT_GT(counted.clocked.act, 1000U);
  EXPECT_GT(counted.clocked.weight, 300U);
  EXPECT_GT(counted.clocked.sum, 3000U);
}

// Verilator counts nothing inside generate blocks, where shadow_q is. But if each tile is used that
// was loaded, weight_q takes the same values as shadow_q in the same order.
TEST_P(TogglesOf, TheShadowRegistersAreThoseOfTheWeightsWhereEachTileIsUsed) {
  const model::ArrayConfig& config = GetParam().config;
  RandomPasses endless(config, 6);
  FirstPasses passes(endless, 60);
  const Counted counted = count(GetParam(), passes, false);
  const bool has_shadows =
      config.dataflow == Dataflow::weight_stationary && config.preload == Preload::double_buffered;
  EXPECT_EQ(counted.clocked.shadow, has_shadows ? counted.of("weight_q") : 0);
  EXPECT_EQ(counted.clocked.weight, counted.of("weight_q"));
  EXPECT_GT(counted.clocked.weight, 300U);
}

INSTANTIATE_TEST_SUITE_P(Arrays, TogglesOf, testing::ValuesIn(rtl_variants()),
                         [](const auto& variant) { return variant.param.name; });

}  // namespace
}  // namespace systole::cosim
