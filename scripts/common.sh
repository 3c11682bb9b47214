# SPDX-License-Identifier: Apache-2.0
# What the scripts share; sourced. Goes to the project's root and stops at the first failure.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\033[1m== %s\033[0m\n' "$*"; }

# Stops if one of the named programs is missing: a suite is never dropped quietly.
need() {
  local tool
  for tool in "$@"; do
    if ! command -v "$tool" > /dev/null; then
      echo "error: $tool is missing; run scripts/install.sh" >&2
      exit 2
    fi
  done
}

# build PRESET [OPTION...]: configures (its output only if it fails) and builds, quietly,
# as far as it goes, so that all errors show at once.
build() {
  local preset=$1 log
  shift
  need cmake ninja
  log=$(mktemp)
  if ! cmake --preset "$preset" "$@" > "$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    exit 1
  fi
  rm -f "$log"
  cmake --build --preset "$preset" -j "$(nproc)" -- --quiet -k 0
}
