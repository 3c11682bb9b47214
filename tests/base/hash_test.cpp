// SPDX-License-Identifier: Apache-2.0
#include "base/hash.hpp"

#include <gtest/gtest.h>

namespace systole {
namespace {

// The published test vector of XXH3-128 for no bytes, as `xxh128sum /dev/null` prints it.
TEST(ContentHash, OfNothingIsTheOneThatXxh128sumPrints) {
  EXPECT_EQ(content_hash(""), "99aa06d3014798d86001c324468d497f");
}

TEST(ContentHash, DiffersWhereOneByteDiffers) {
  EXPECT_NE(content_hash("rows: 128"), content_hash("rows: 129"));
}

// The published test vector of XXH3-64 for no bytes, as `xxhsum -H3 /dev/null` prints it.
TEST(ContentNumber, OfNothingIsTheOneThatXxhsumPrints) {
  EXPECT_EQ(content_number(""), 0x2d06800538d394c2);
}

}  // namespace
}  // namespace systole
