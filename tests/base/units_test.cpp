// SPDX-License-Identifier: Apache-2.0
#include "base/units.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <cmath>

namespace systole {
namespace {

constexpr std::array kDimensions{Dimension::bytes,
                                 Dimension::data_rate,
                                 Dimension::frequency,
                                 Dimension::time,
                                 Dimension::power,
                                 Dimension::length,
                                 Dimension::area,
                                 Dimension::energy,
                                 Dimension::energy_per_byte,
                                 Dimension::energy_per_bit,
                                 Dimension::energy_per_bit_length,
                                 Dimension::power_density,
                                 Dimension::clock_power_density};

double value(std::string_view text, Dimension dimension) {
  const Parsed<double> parsed = parse_quantity(text, dimension);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.value;
}

std::optional<Flaw> flaw(std::string_view text, Dimension dimension) {
  return parse_quantity(text, dimension).flaw;
}

TEST(Quantities, AreReadInBaseUnits) {
  EXPECT_EQ(value("1.05 GHz", Dimension::frequency), 1.05e9);
  EXPECT_EQ(value("1.2 TB/s", Dimension::data_rate), 1.2e12);
  EXPECT_EQ(value("3.9 us", Dimension::time), 3.9e-6);
  EXPECT_EQ(value("250 fs", Dimension::time), 250e-15);
  EXPECT_EQ(value("55 mW", Dimension::power), 0.055);
  EXPECT_EQ(value("2 mm", Dimension::length), 0.002);
  EXPECT_EQ(value("600 mm2", Dimension::area), 600e-6);
  EXPECT_EQ(value("0.65 pJ", Dimension::energy), 0.65);
  EXPECT_EQ(value("58.2 nJ", Dimension::energy), 58200);
  EXPECT_EQ(value("0.035 W/mm2/GHz", Dimension::clock_power_density), 0.035);
  EXPECT_EQ(value("50 mW/mm2", Dimension::power_density), 0.05);
}

TEST(Quantities, TellBitsFromBytes) {
  EXPECT_EQ(value("8 Gb/s", Dimension::data_rate), 1e9);
  EXPECT_EQ(value("8 GB/s", Dimension::data_rate), 8e9);
  EXPECT_EQ(value("0.1 pJ/b", Dimension::energy_per_byte), 0.8);
  EXPECT_EQ(value("0.8 pJ/B", Dimension::energy_per_bit), 0.1);
  EXPECT_EQ(value("0.1 pJ/bit", Dimension::energy_per_bit), 0.1);
  EXPECT_EQ(value("0.8 pJ/B/mm", Dimension::energy_per_bit_length), 0.1);
}

TEST(Quantities, TellDecimalFromBinaryPrefixes) {
  EXPECT_EQ(value("1 KB", Dimension::bytes), 1000);
  EXPECT_EQ(value("1 kB", Dimension::bytes), 1000);
  EXPECT_EQ(value("1 KiB", Dimension::bytes), 1024);
  EXPECT_EQ(value("32 GiB", Dimension::bytes), 34359738368.0);
  EXPECT_EQ(value("8 Kib", Dimension::bytes), 1024);
  EXPECT_EQ(value("8 kb", Dimension::bytes), 1000);
  EXPECT_EQ(value("1 TiB/s", Dimension::data_rate), 1099511627776.0);
}

TEST(Quantities, NeedNoSpaceAndAllowGroupsOfDigits) {
  EXPECT_EQ(value("940MHz", Dimension::frequency), 940e6);
  EXPECT_EQ(value("1_500 MHz", Dimension::frequency), 1.5e9);
  EXPECT_EQ(value("9.4e2 MHz", Dimension::frequency), 940e6);
}

TEST(Quantities, SayWhatIsWrongWithThem) {
  EXPECT_EQ(flaw("40", Dimension::data_rate), Flaw::missing_unit);
  EXPECT_EQ(flaw("40 ns", Dimension::data_rate), Flaw::wrong_unit);
  EXPECT_EQ(flaw("40 parsec", Dimension::length), Flaw::unknown_unit);
  EXPECT_EQ(flaw("fast", Dimension::frequency), Flaw::not_a_number);
  EXPECT_EQ(flaw("040 ns", Dimension::time), Flaw::leading_zero);
  EXPECT_EQ(flaw("1 GHz", Dimension::none), Flaw::unwanted_unit);
  EXPECT_EQ(flaw("1e999 s", Dimension::time), Flaw::too_large);
}

TEST(Quantities, PrintInTheUnitThatLeavesOneToThreeDigits) {
  EXPECT_EQ(print_quantity(1.05e9, Dimension::frequency), "1.05 GHz");
  EXPECT_EQ(print_quantity(3.9e-6, Dimension::time), "3.9 us");
  EXPECT_EQ(print_quantity(0.8, Dimension::energy), "800 fJ");
  EXPECT_EQ(print_quantity(909, Dimension::energy), "909 pJ");
  EXPECT_EQ(print_quantity(34359738368.0, Dimension::bytes), "32 GiB");
  EXPECT_EQ(print_quantity(1000, Dimension::bytes), "1 kB");
  EXPECT_EQ(print_quantity(1.2e12, Dimension::data_rate), "1.2 TB/s");
  EXPECT_EQ(print_quantity(600e-6, Dimension::area), "600 mm2");
  EXPECT_EQ(print_quantity(0, Dimension::time), "0 s");
}

TEST(Quantities, PrintAsTextThatReadsBackAsTheSameDouble) {
  EXPECT_TRUE(rc::check([] {
    const Dimension dimension = *rc::gen::elementOf(kDimensions);
    const auto mantissa =
        static_cast<double>(*rc::gen::inRange<std::int64_t>(1, std::int64_t{1} << 53));
    const double original = std::ldexp(mantissa, *rc::gen::inRange(-120, 40));
    const Parsed<double> read = parse_quantity(print_quantity(original, dimension), dimension);
    RC_ASSERT(read.ok());
    RC_ASSERT(read.value == original);
  }));
}

TEST(Quantities, ReadEveryUnitOfTheTableAsItsFactor) {
  for (const Dimension dimension : kDimensions) {
    for (const Unit& unit : units(dimension)) {
      const double factor =
          std::ldexp(std::pow(10.0, static_cast<double>(unit.decimal)), unit.binary);
      EXPECT_DOUBLE_EQ(value("1 " + unit.symbol, dimension), factor) << unit.symbol;
    }
  }
}

TEST(Quantities, HaveABaseUnitOfFactorOneInEveryDimension) {
  for (const Dimension dimension : kDimensions) {
    EXPECT_EQ(value("1 " + std::string(base_unit(dimension)), dimension), 1.0);
  }
}

std::uint64_t integer(std::string_view text) {
  const Parsed<std::uint64_t> parsed = parse_integer(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.value;
}

TEST(Integers, MayBeWrittenAsPeopleDo) {
  EXPECT_EQ(integer("0"), 0U);
  EXPECT_EQ(integer("1e3"), 1000U);
  EXPECT_EQ(integer("64Ki"), 65536U);
  EXPECT_EQ(integer("1_000"), 1000U);
  EXPECT_EQ(integer("1.5e3"), 1500U);
  EXPECT_EQ(integer("1.5Ki"), 1536U);
  EXPECT_EQ(integer("8k"), 8000U);
  EXPECT_EQ(integer("2.000000000000000000000000"), 2U);
}

TEST(Integers, AreExactToTheLastOf64Bits) {
  EXPECT_EQ(integer("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(parse_integer("18446744073709551616").flaw, Flaw::too_large);
  EXPECT_EQ(integer("9007199254740993"), 9007199254740993U);  // 2^53 + 1 is no double.
}

TEST(Integers, SayWhatIsWrongWithThem) {
  EXPECT_EQ(parse_integer("1.5").flaw, Flaw::not_whole);
  EXPECT_EQ(parse_integer("1e-1").flaw, Flaw::not_whole);
  EXPECT_EQ(parse_integer("0.3Ki").flaw, Flaw::not_whole);
  EXPECT_EQ(parse_integer("-1").flaw, Flaw::negative);
  EXPECT_EQ(parse_integer("010").flaw, Flaw::leading_zero);
  EXPECT_EQ(parse_integer("many").flaw, Flaw::not_a_number);
  EXPECT_EQ(parse_integer("0x10").flaw, Flaw::unwanted_unit);
  EXPECT_EQ(parse_integer("5 GHz").flaw, Flaw::unwanted_unit);
  EXPECT_EQ(parse_integer("64 Ki").flaw, Flaw::unwanted_unit);
  EXPECT_EQ(parse_integer("1e30").flaw, Flaw::too_large);
  EXPECT_EQ(parse_integer("1e999999999999").flaw, Flaw::too_large);
}

TEST(Integers, ReadBackWhatIsPrinted) {
  EXPECT_TRUE(rc::check([](std::uint64_t number) {
    const Parsed<std::uint64_t> read = parse_integer(std::to_string(number));
    RC_ASSERT(read.ok());
    RC_ASSERT(read.value == number);
  }));
}

}  // namespace
}  // namespace systole
