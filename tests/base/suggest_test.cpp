// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(EditDistance, CountsInsertionsDeletionsSubstitutionsAndSwaps) {
  EXPECT_EQ(edit_distance("batch", "batch"), 0U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);  // The textbook pair.
  EXPECT_EQ(edit_distance("bathc", "batch"), 1U);     // One swap.
  EXPECT_EQ(edit_distance("", "abc"), 3U);
}

TEST(Suggest, NamesTheNearestWord) {
  EXPECT_EQ(suggest("freqency", {"area", "frequency", "energy"}), "frequency");
  EXPECT_EQ(suggest("bathc", {"phase", "batch", "context"}), "batch");
}

TEST(Suggest, TakesUpperAndLowerCaseForEqual) { EXPECT_EQ(suggest("Ghz", {"kHz", "GHz"}), "GHz"); }

TEST(Suggest, KeepsQuietWhenNothingIsNear) {
  EXPECT_EQ(suggest("colour", {"area", "clock", "name"}), std::nullopt);
  EXPECT_EQ(suggest("", {"a"}), std::nullopt);
  EXPECT_EQ(suggest("q", {"b", "s"}), std::nullopt);  // Every letter is near every other.
}

TEST(Suggest, LeavesWordsOfAThousandLettersAlone) {
  EXPECT_EQ(suggest(std::string(1000, 'a'), {std::string(999, 'a')}), std::nullopt);
}

}  // namespace
}  // namespace systole
