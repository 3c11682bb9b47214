#include <gtest/gtest.h>
#include <chrono>
#include <fmt/format.h>
#include <array>
#include "cosim/contract_unit.hpp"
#include "cosim/lockstep.hpp"
#include "cosim/product.hpp"
#include "cosim/random_passes.hpp"
#include "cosim/times.hpp"
#include "model/clocked.hpp"
namespace systole::cosim {
namespace {
TEST(Spike, All) {
  for (auto type : numerics::kElementTypes)
  for (auto flow : {Dataflow::weight_stationary, Dataflow::output_stationary})
  for (auto pre : {Preload::double_buffered, Preload::serial})
  for (std::uint32_t L : {1U,2U,3U})
  for (auto [r,c] : std::array<std::pair<unsigned,unsigned>,5>{{{1,1},{4,8},{8,4},{3,2},{8,8}}}) {
    if (flow == Dataflow::output_stationary && L > 1) continue;
    auto config = steady_config(type, r, c, flow, pre, L);
    auto tight = config; tight.accumulator_rows = 4*r; tight.scale_slots=1; tight.result_slots=flow==Dataflow::output_stationary? r : 2;
    for (auto cfg : {config, tight}) {
    auto t0 = std::chrono::steady_clock::now();
    auto a = make_contract_unit(cfg); auto b = model::clocked_unit(cfg);
    RandomPasses passes(cfg, 7);
    Driver driver(cfg, passes, {.seed=11, .bubbles=true, .resets=true});
    std::array contenders{Contender{"contract", *a}, Contender{"clocked", *b}};
    auto result = lockstep(contenders, driver, 5000);
    double s = std::chrono::duration<double>(std::chrono::steady_clock::now()-t0).count();
    EXPECT_FALSE(result.mismatch) << name(type) << " flow " << int(flow) << " pre " << int(pre) << " L" << L << " " << r << "x" << c << " " << explain(*result.mismatch);
    if (L==1 && r==8&&c==8) fmt::print("{} {} {} transfers {} of {} {:.2f} s\n", name(type), int(flow), int(pre), result.transfers, result.cycles, s);
    }
    Draw draw(5, "x");
    auto a = make_contract_unit(config); auto b = model::clocked_unit(config);
    auto t = compare_times(config, draw, *a);
    EXPECT_FALSE(t.difference) << *t.difference<< name(type) << " flow " << int(flow) << " pre " << int(pre) << " L" << L << " " << r << "x" << c;
    t = compare_times(config, draw, *b);
    EXPECT_FALSE(t.difference) << *t.difference;
    for (int i = 0; i < 3; ++i) {
      auto product = random_product(config, draw);
      auto m = multiply(config, product, {.seed=draw.seed(), .bubbles=i>0,.resets=false}, *a);
      ASSERT_TRUE(m);
      EXPECT_EQ(m->result, numerics::matmul(product.shape, product.activations, product.weights, product.scales));
    }
  }
}
}
}
