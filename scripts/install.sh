#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian 12 packages that are missing. This is the only list of them.
#
# Usage: scripts/install.sh [build|test|full]: what it takes to build the program (the default), to
# run the tests, and to run the long ones; each includes the one before.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_packages=(
  g++ cmake ninja-build ccache mold pkg-config
  libsystemc-dev libfmt-dev libyaml-cpp-dev libboost-program-options-dev
  nlohmann-json3-dev libxxhash-dev librandom123-dev libcsv-dev libsqlite3-dev libsqlitecpp-dev
  libprotozero-dev libpagmo-dev
  verilator
)
test_packages=(
  git python3 clang-format
  libgtest-dev libgmock-dev librapidcheck-dev libvalijson-dev libboost-math-dev
  libmpfr-dev libxml2-utils
  slurmctld slurmd slurm-client munge
  zsh fish groff-base  # Shells whose completion is tested; manual pages are set.
  chromium  # Opens the HTML report.
)
full_packages=(
  clang clang-tidy libclang-rt-dev llvm  # llvm has the symbolizer of the sanitizers' reports.
  gcovr yosys
)

case "${1:-build}" in
  build) packages=("${build_packages[@]}") ;;
  test) packages=("${build_packages[@]}" "${test_packages[@]}") ;;
  full) packages=("${build_packages[@]}" "${test_packages[@]}" "${full_packages[@]}") ;;
  *) echo "usage: scripts/install.sh [build|test|full]" >&2; exit 2 ;;
esac

need dpkg-query apt-get
missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2> /dev/null || true)
  [[ $status == installed ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  if ! sudo -n true 2> /dev/null; then
    echo "error: packages are missing and this user may not install them; run as root:" >&2
    echo "apt-get update && apt-get install -y --no-install-recommends ${missing[*]}" >&2
    exit 2
  fi
  as_root=(sudo -n)
fi

say "install ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" apt-get update &&
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}"; } > "$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
