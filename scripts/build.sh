#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing and builds the program: build/systole.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

scripts/install.sh build
say "build build/systole"
build release -DSYSTOLE_TESTS=OFF
