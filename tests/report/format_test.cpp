// SPDX-License-Identifier: Apache-2.0
#include "report/format.hpp"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(Format, ShowsThreeDigitsWithAPrefix) {
  EXPECT_EQ(si(0.00132, "J"), "1.32 mJ");
  EXPECT_EQ(si(0.824, "J"), "824 mJ");
  EXPECT_EQ(si(1.0, "W"), "1.00 W");
  EXPECT_EQ(si(12345.0, "B/s"), "12.3 kB/s");
  EXPECT_EQ(si(3.5e-12, "J"), "3.50 pJ");
  EXPECT_EQ(si(-0.02, "J"), "-20.0 mJ");
}

TEST(Format, RoundsUpIntoTheNextPrefix) {
  EXPECT_EQ(si(999.4e-12, "J"), "999 pJ");
  EXPECT_EQ(si(999.6e-12, "J"), "1.00 nJ");
  EXPECT_EQ(si(9.996, "s"), "10.0 s");
  EXPECT_EQ(si(99.96, "s"), "100 s");
}

TEST(Format, ShowsNothingAsZero) {
  EXPECT_EQ(si(0.0, "J"), "0 J");
  EXPECT_EQ(si(1e-18, "J"), "0 J");
}

TEST(Format, PutsANounBehindThePrefix) {
  EXPECT_EQ(si_of(8620.0, "tokens/s"), "8.62 k tokens/s");
  EXPECT_EQ(si_of(135.0, "tokens/s"), "135 tokens/s");
}

TEST(Format, ShowsSharesToATenthOfAPercent) {
  EXPECT_EQ(percent(0.125), "12.5%");
  EXPECT_EQ(percent(1.0), "100.0%");
}

TEST(Format, DrawsBarsInProportion) {
  EXPECT_EQ(bar(0.5, 10), "#####");
  EXPECT_EQ(bar(1.2, 10), "##########");
  EXPECT_EQ(bar(0.01, 10), "");
}

TEST(Format, BreaksLinesAtWords) {
  EXPECT_EQ(paragraph("  head", "one two three", 8, 16), "  head  one two\n        three\n");
  EXPECT_EQ(paragraph("", "a_word_longer_than_the_line", 0, 8), "a_word_longer_than_the_line\n");
}

}  // namespace
}  // namespace systole
