// SPDX-License-Identifier: Apache-2.0
#include "base/number.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

namespace systole {
namespace {

TEST(SplitUnit, CutsBehindTheNumber) {
  EXPECT_EQ(split_unit("1.2 TB/s").number, "1.2");
  EXPECT_EQ(split_unit("1.2 TB/s").unit, "TB/s");
  EXPECT_EQ(split_unit("64Ki").number, "64");
  EXPECT_EQ(split_unit("-1_000e3ns").number, "-1_000e3");
  EXPECT_EQ(split_unit("-1_000e3ns").unit, "ns");
}

TEST(SplitUnit, FindsNoNumberInWords) {
  EXPECT_EQ(split_unit("fast").number, "");
  EXPECT_EQ(split_unit(".5").number, "");
  EXPECT_EQ(split_unit("_1").number, "");
}

TEST(TakeApart, RefusesALeadingZeroThatSomeReadersTakeForOctal) {
  EXPECT_EQ(take_apart("010").flaw, Flaw::leading_zero);
  EXPECT_EQ(take_apart("-01").flaw, Flaw::leading_zero);
  EXPECT_TRUE(take_apart("0").ok());
  EXPECT_TRUE(take_apart("0.5").ok());
}

TEST(ToDouble, RoundsOnceWhenAPrefixShiftsTheExponent) {
  EXPECT_EQ(to_double(take_apart("1.1").value, -9).value, 1.1e-9);
  EXPECT_NE(1.1 * 1e-9, 1.1e-9);  // What a multiplication would give.
}

TEST(ToDouble, RefusesWhatADoubleCannotHold) {
  EXPECT_EQ(to_double(take_apart("1e400").value, 0).flaw, Flaw::too_large);
  EXPECT_EQ(to_double(take_apart("1e-400").value, 0).flaw, Flaw::too_large);
}

TEST(ShiftDecimal, MovesThePointWithoutRounding) {
  EXPECT_EQ(shift_decimal(0.0041, 3), 4.1);
  EXPECT_NE(0.0041 * 1e3, 4.1);  // What a multiplication would give.
  EXPECT_EQ(shift_decimal(0, 3), 0);
}

TEST(PrintNumber, WritesPlainDecimalsNearOneAndPowersFarFromIt) {
  EXPECT_EQ(print_number(128), "128");
  EXPECT_EQ(print_number(0.65), "0.65");
  EXPECT_EQ(print_number(-2.5), "-2.5");
  EXPECT_EQ(print_number(1e21), "1e21");
  EXPECT_EQ(print_number(2.5e-9), "2.5e-9");
}

TEST(PrintNumber, ReadsBackAsTheSameDouble) {
  EXPECT_TRUE(rc::check([] {
    const auto mantissa = static_cast<double>(
        *rc::gen::inRange<std::int64_t>(-(std::int64_t{1} << 53), std::int64_t{1} << 53));
    const double value = std::ldexp(mantissa, *rc::gen::inRange(-1020, 970));
    const Parsed<double> read = to_double(take_apart(print_number(value)).value, 0);
    RC_ASSERT(read.ok());
    RC_ASSERT(read.value == value);
  }));
}

}  // namespace
}  // namespace systole
