// SPDX-License-Identifier: Apache-2.0
// A document priced again, and documents that are none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "shipped.hpp"

namespace systole {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string model_file(const std::string& name) {
  return shipped("energy_models/" + name + ".yaml");
}

std::string error_of(const Json& document) {
  try {
    (void)price_again(document, model_file("n7"));
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Reprice, GivesTheBytesOfARunUnderTheOtherEnergyModel) {
  EXPECT_EQ(to_text(price_again(document_of("tiny-decode", "n7"), model_file("n3"))),
            to_text(document_of("tiny-decode", "n3")));
  EXPECT_EQ(
      to_text(price_again(document_of("llama-3.1-70b-decode-64", "interview"), model_file("n7"))),
      to_text(document_of("llama-3.1-70b-decode-64", "n7")));
}

TEST(Reprice, SurvivesTheWayThroughText) {
  const std::string text = to_text(document_of("tiny-decode"));
  EXPECT_EQ(to_text(price_again(Json::parse(text), model_file("n7"))), text);
}

TEST(Reprice, PricesAGemm) {
  GemmOptions options;
  options.m = 100;
  options.n = 200;
  options.k = 300;
  options.chip = shipped("configs/chips/tpu_v4.yaml");
  options.energy_model = model_file("n7");
  options.rows = 32;
  options.columns = 16;
  const Json n7 = to_json(run_gemm(options));
  options.energy_model = model_file("n5");
  EXPECT_EQ(to_text(price_again(n7, model_file("n5"))), to_text(to_json(run_gemm(options))));
}

TEST(Reprice, RefusesWhatIsNotAResult) {
  EXPECT_THAT(error_of(Json::array()), HasSubstr("this is not a result"));
  EXPECT_THAT(error_of({{"points", 3}}), HasSubstr("it has no 'schema'"));
  EXPECT_THAT(error_of({{"schema", "systole.sweep/1"}}),
              HasSubstr("its schema is 'systole.sweep/1', not 'systole.result/1'"));
}

TEST(Reprice, NamesTheDamage) {
  const Json whole = document_of("tiny-decode");
  Json document = whole;
  document.erase("ledger");
  EXPECT_THAT(error_of(document), HasSubstr("it has no 'ledger'"));
  document = whole;
  document["ledger"][2]["count"] = -5;
  EXPECT_THAT(error_of(document),
              AllOf(HasSubstr("'ledger[2].count' must be a whole number"), HasSubstr("found -5")));
  document = whole;
  document["ledger"][0]["action"] = "mac_int3";
  EXPECT_THAT(error_of(document), HasSubstr("'ledger[0].action' must be an action"));
  document = whole;
  document["ledger"][0]["action"] = "hbm_read";
  EXPECT_THAT(error_of(document), HasSubstr("must be an action of matrix_unit"));
  document = whole;
  document["chips"] = 0;
  EXPECT_THAT(error_of(document), HasSubstr("'chips'"));
  document = whole;
  document["time_s"] = "soon";
  EXPECT_THAT(error_of(document), HasSubstr("'time_s' must be a number"));
  document = whole;
  document["macs"]["int3"] = 1;
  EXPECT_THAT(error_of(document), HasSubstr("no multiplier 'int3'"));
  document = whole;
  document["chip"].erase("clock");
  EXPECT_THAT(error_of(document), HasSubstr("clock"));
  document = whole;
  document["stamp"]["inputs"]["pod"] = 7;
  EXPECT_THAT(error_of(document), HasSubstr("'stamp.inputs.pod' must be a text"));
}

}  // namespace
}  // namespace systole
