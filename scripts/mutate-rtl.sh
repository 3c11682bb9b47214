#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Mutation test of the matrix unit's RTL: the default suite must see each wrong line of
# tests/cosim/mutants/mutants.json.
#
# Usage: scripts/mutate-rtl.sh [--some | --table | ID...] [-j N]: all mutants (11 minutes of CPU
# time), the few that the default suite runs, those named, or all with their verdicts written to
# tests/cosim/mutants/mutants.md; N at a time.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

scripts/install.sh test
need verilator python3 ninja
build release -DSYSTOLE_TESTS=ON -DSYSTOLE_RTL=ON -DSYSTOLE_RTL_FULL=OFF  # As the default suite.
exec python3 tests/cosim/mutants/run.py --build build "$@"
