// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/html/data.hpp"
#include "report/html/markup.hpp"
#include "report/html/scale.hpp"
#include "report/html/svg.hpp"

namespace systole::html {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pointwise;

TEST(Scale, OfALinearAxisMapsItsEndsAndItsMiddle) {
  const Scale scale(Scale::Kind::linear, {.low = 10, .high = 30}, {.low = 100, .high = 500});
  EXPECT_DOUBLE_EQ(scale(10), 100);
  EXPECT_DOUBLE_EQ(scale(20), 300);
  EXPECT_DOUBLE_EQ(scale(30), 500);
}

TEST(Scale, OfALogarithmicAxisGivesEveryDecadeTheSameLength) {
  const Scale scale(Scale::Kind::log, {.low = 0.01, .high = 100}, {.low = 400, .high = 0});
  EXPECT_DOUBLE_EQ(scale(0.01), 400);
  EXPECT_NEAR(scale(0.1), 300, 1e-9);
  EXPECT_NEAR(scale(1), 200, 1e-9);
  EXPECT_NEAR(scale(100), 0, 1e-9);
}

TEST(Scale, TicksOfALinearAxisAreRoundNumbersWithinIt) {
  const Scale scale(Scale::Kind::linear, {.low = 0, .high = 0.0086}, {.low = 0, .high = 1});
  EXPECT_THAT(scale.ticks(5), Pointwise(DoubleNear(1e-12), {0.0, 0.002, 0.004, 0.006, 0.008}));
  const Scale below(Scale::Kind::linear, {.low = -3, .high = 3}, {.low = 0, .high = 1});
  EXPECT_THAT(below.ticks(3), ElementsAre(-2, 0, 2));
  EXPECT_FALSE(std::signbit(scale.ticks(5).front()));  // Not "-0".
}

TEST(Scale, TicksOfALogarithmicAxisThinOutAsItGrows) {
  const auto ticks = [](double low, double high, std::size_t wanted) {
    return Scale(Scale::Kind::log, {low, high}, {0, 1}).ticks(wanted);
  };
  EXPECT_THAT(ticks(1, 10, 6), Pointwise(DoubleNear(1e-9), {1.0, 2.0, 3.0, 5.0, 7.0, 10.0}));
  EXPECT_THAT(ticks(1, 100, 7), Pointwise(DoubleNear(1e-9), {1., 2., 5., 10., 20., 50., 100.}));
  EXPECT_THAT(ticks(1, 1000, 7), Pointwise(DoubleNear(1e-9), {1., 3., 10., 30., 100., 300., 1e3}));
  EXPECT_THAT(ticks(1, 1e6, 4), Pointwise(DoubleNear(1e-3), {1.0, 1e2, 1e4, 1e6}));
}

TEST(Scale, ASpanLeavesOutWhatALogarithmCannotShow) {
  const Span span = log_span({0.0, -1.0, 4.0, 2.0}, 2.0);
  EXPECT_DOUBLE_EQ(span.low, 1);
  EXPECT_DOUBLE_EQ(span.high, 8);
}

TEST(Markup, LeavesNoCharacterThatCouldEndATextOrAnAttribute) {
  EXPECT_EQ(escaped("<script>alert(\"1\" & '2')</script>"),
            "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;");
  EXPECT_EQ(escaped("a\x01z\x7f"), "a\xEF\xBF\xBDz\xEF\xBF\xBD");  // XML has no control characters.
}

TEST(Markup, OfJsonCannotEndTheScriptAroundIt) {
  const std::string text = script_json({{"model", "</script><!--<script>"}});
  EXPECT_THAT(text, Not(HasSubstr("<")));
  EXPECT_EQ(nlohmann::json::parse(text)["model"], "</script><!--<script>");
}

TEST(Markup, WritesCoordinatesWithAtMostOneDecimal) {
  EXPECT_EQ(coordinate(12.0), "12");
  EXPECT_EQ(coordinate(12.34), "12.3");
  EXPECT_EQ(coordinate(-0.04), "0");
  EXPECT_EQ(coordinate(1079.96), "1080");
}

// SHA-256 of "alert('Hello, world.');" in both forms; the second is the example of the CSP level 3
// recommendation.
TEST(Markup, GivesAPolicyTheHashInBase64) {
  EXPECT_EQ(policy_hash("ab39cb72c44ec7818008fd9d9b4502282cc21be1e267582eaba6590e86ff4e78"),
            "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
}

TEST(Svg, NamesThePictureForThoseWhoDoNotSeeIt) {
  Svg svg("one", 10, 20, "A < B", "more");
  svg.rect(0, 0, 1, 2, "blue", "5 > 4");
  EXPECT_EQ(svg.finish(),
            "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"one\" viewBox=\"0 0 10 20\" "
            "role=\"img\" aria-labelledby=\"one-title one-about\">"
            "<title id=\"one-title\">A &lt; B</title><desc id=\"one-about\">more</desc>"
            "<rect x=\"0\" y=\"0\" width=\"1\" height=\"2\" class=\"blue\">"
            "<title>5 &gt; 4</title></rect></svg>\n");
}

}  // namespace
}  // namespace systole::html
