// SPDX-License-Identifier: Apache-2.0
// Numbers that know their unit.
//
// Construction is explicit and nothing converts back on its own, so adding cycles to bytes does not
// compile. Counts and times are whole numbers; energy, power and rates are doubles and appear only
// before a run (parameters) and after it (prices).
#pragma once

#include <cassert>
#include <compare>
#include <cstdint>

namespace systole {

template <class Unit, class Rep>
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr explicit Quantity(Rep count) : count_(count) {}

  [[nodiscard]] constexpr Rep count() const { return count_; }
  constexpr auto operator<=>(const Quantity&) const = default;

  constexpr Quantity& operator+=(Quantity other) {
    count_ += other.count_;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity other) {
    assert(other.count_ <= count_);  // No quantity in this simulator is ever negative.
    count_ -= other.count_;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
  friend constexpr Quantity operator*(Quantity q, Rep times) { return Quantity{q.count_ * times}; }
  friend constexpr Rep operator/(Quantity a, Quantity b) { return a.count_ / b.count_; }

 private:
  Rep count_{};
};

using Cycles = Quantity<struct CyclesUnit, std::uint64_t>;  // Of one clock; never crosses clocks.
using Femtoseconds = Quantity<struct FemtosecondsUnit, std::uint64_t>;
using Bytes = Quantity<struct BytesUnit, std::uint64_t>;

using Hertz = Quantity<struct HertzUnit, double>;
using BytesPerSecond = Quantity<struct BytesPerSecondUnit, double>;
using Seconds = Quantity<struct SecondsUnit, double>;
using Watts = Quantity<struct WattsUnit, double>;
using Picojoules = Quantity<struct PicojoulesUnit, double>;
using Millimetres = Quantity<struct MillimetresUnit, double>;
using SquareMillimetres = Quantity<struct SquareMillimetresUnit, double>;

inline namespace literals {
constexpr Cycles operator""_cycles(unsigned long long n) { return Cycles{n}; }
constexpr Femtoseconds operator""_fs(unsigned long long n) { return Femtoseconds{n}; }
constexpr Bytes operator""_B(unsigned long long n) { return Bytes{n}; }
constexpr Bytes operator""_KiB(unsigned long long n) { return Bytes{n << 10}; }
constexpr Bytes operator""_MiB(unsigned long long n) { return Bytes{n << 20}; }
}  // namespace literals

// Conversions that exist. Adding one is a design decision.

// The smallest whole number of `part`s that covers `whole`; `part` is at least 1.
constexpr std::uint64_t ceil_div(std::uint64_t whole, std::uint64_t part) {
  return whole / part + (whole % part != 0 ? 1 : 0);
}

// A clock's period, to the nearest femtosecond (940 MHz: 1,063,830 fs).
constexpr Femtoseconds period(Hertz clock) {
  return Femtoseconds{static_cast<std::uint64_t>(1e15 / clock.count() + 0.5)};
}

// Whole femtoseconds, rounded up: a parameter never becomes optimistic. What is whole but for the
// last bits of a double (50 ns as 50e-9 s) stays whole.
constexpr Femtoseconds to_femtoseconds(Seconds time) {
  const double exact = time.count() * 1e15;
  const auto below = static_cast<std::uint64_t>(exact);
  const double excess = exact - static_cast<double>(below);
  return Femtoseconds{excess <= exact * 1e-15 ? below : below + 1};
}

constexpr Seconds to_seconds(Femtoseconds time) {
  return Seconds{static_cast<double>(time.count()) * 1e-15};
}

constexpr Femtoseconds operator*(Cycles cycles, Femtoseconds period) {
  return Femtoseconds{cycles.count() * period.count()};
}

// Cycles of a clock that cover a time: the last one may be partly used.
constexpr Cycles cycles_in(Femtoseconds time, Femtoseconds period) {
  return Cycles{ceil_div(time.count(), period.count())};
}

// Time to move `bytes` at a rate, rounded up to whole femtoseconds so that no bound is ever beaten.
constexpr Femtoseconds transfer_time(Bytes bytes, BytesPerSecond rate) {
  return to_femtoseconds(Seconds{static_cast<double>(bytes.count()) / rate.count()});
}

constexpr Picojoules operator*(Watts power, Femtoseconds time) {  // 1 W x 1 fs = 1e-3 pJ
  return Picojoules{power.count() * static_cast<double>(time.count()) * 1e-3};
}

}  // namespace systole
