#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds and runs all tests, format and layer checks among them.
#
# Usage: scripts/test.sh [--full]. --full runs the long form of every suite, large arrays of the RTL
# and all its mutants, and adds sanitizers, clang-tidy, coverage, and a minute of fuzzing for each
# parser.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Runs the tests of a preset; ctest prints its summary. Why a test was skipped is printed once.
run_tests() {
  local preset=$1 log=$2/Testing/Temporary/LastTest.log
  ctest --preset "$preset" -j "$(nproc)" --progress
  { grep -A1 -E '^(\S+: Skipped|skipped:)' "$log" || true; } |
    { grep -vE '^(--|\S+: Skipped$|<end of output>|\[  SKIPPED)' || true; } |
    sort | uniq -c | sed 's/^ *\([0-9]*\) /skipped \1: /'
}

# Runs each fuzz target for a minute from its seeds; its output is shown if it finds something.
fuzz() {
  local target name log
  for target in build-fuzz/tests/fuzz/fuzz_*; do
    name=${target##*/fuzz_}
    log=build-fuzz/$name.log
    mkdir -p "build-fuzz/corpus/$name"
    if ! "$target" -seed=1 -max_total_time=60 -timeout=10 -print_final_stats=1 \
      -artifact_prefix="build-fuzz/$name-" \
      "build-fuzz/corpus/$name" "tests/fuzz/corpus/$name" > "$log" 2>&1; then
      tail -n 60 "$log" >&2
      exit 1
    fi
    echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, none broke it"
  done
}

case "${1:-}" in
  "") full=false ;;
  --full) full=true ;;
  *) echo "usage: scripts/test.sh [--full]" >&2; exit 2 ;;
esac

if $full; then scripts/install.sh full; else scripts/install.sh test; fi
need python3 clang-format verilator
say "release: build and test"
if $full; then
  export SYSTOLE_FULL=1  # Suites check ten times as much.
  build release -DSYSTOLE_TESTS=ON -DSYSTOLE_RTL_FULL=ON
else
  build release -DSYSTOLE_TESTS=ON -DSYSTOLE_RTL_FULL=OFF
fi
run_tests release build

if $full; then
  unset SYSTOLE_FULL
  need clang++ clang-tidy gcovr
  say "mutants: break the RTL in one place after another"
  scripts/mutate-rtl.sh
  say "asan: build and test with address and undefined-behaviour sanitizers"
  build asan
  run_tests asan build-asan
  say "fuzz: each parser for a minute"
  build fuzz
  fuzz
  say "tidy: clang-tidy on every file"
  if [[ .clang-tidy -nt build-tidy/build.ninja ]]; then rm -rf build-tidy; fi
  build tidy
  say "coverage: build and test with counters"
  build coverage
  find build-coverage -name '*.gcda' -delete
  run_tests coverage build-coverage
  gcovr --root . --filter sim/ --exclude-throw-branches build-coverage
fi
say "all passed"
