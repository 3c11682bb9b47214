// SPDX-License-Identifier: Apache-2.0
// The table of verilated arrays as the suite sees it, some of them mutated: the library that
// SYSTOLE_MUTANT names has a function make_<array> for each (run.py builds it). The suite's own
// tests, linked with this table, then judge the mutant; all other arrays are as they were, so that
// every case is the one that the suite runs.
#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>

#include "cosim/rtl.hpp"

namespace systole::cosim {

// The table that the build wrote, compiled under this name.
[[nodiscard]] std::vector<RtlVariant> right_variants();

namespace {

using Make = std::unique_ptr<model::ArrayUnit> (*)(std::uint64_t);

// Not an exception, which a test would take for a failure of its own and so for a mutant killed.
[[noreturn]] void give_up(const char* what) {
  fmt::print(stderr, "error: {}\n", what);
  std::_Exit(3);
}

// Stays open until the program ends.
void* open_mutant() {
  const char* path = std::getenv("SYSTOLE_MUTANT");
  if (path == nullptr) {
    give_up("SYSTOLE_MUTANT names no library");
  }
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    give_up(dlerror());
  }
  return library;
}

}  // namespace

std::vector<RtlVariant> rtl_variants() {
  static void* const library = open_mutant();
  std::vector<RtlVariant> variants = right_variants();
  std::erase_if(variants, [](const RtlVariant& variant) {
    constexpr std::uint32_t kLargest = 256;  // Elements; those beyond are not of the default suite.
    return variant.config.rows * variant.config.columns > kLargest;
  });
  bool has_mutated = false;
  for (RtlVariant& variant : variants) {
    void* const make = dlsym(library, fmt::format("make_{}", variant.name).c_str());
    if (make != nullptr) {
      variant.make = reinterpret_cast<Make>(make);
      has_mutated = true;
    }
  }
  if (!has_mutated) {
    give_up("the mutant is of none of the arrays");
  }
  return variants;
}

}  // namespace systole::cosim
