#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and sweeps batch size and weight precision of Llama 3.1 70B on
# 64 chips. The sweep prints its table and keeps every point; the report is one HTML file.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

scripts/build.sh
sweep=configs/sweeps/batch-x-precision.yaml
say "systole sweep $sweep"
build/systole sweep "$sweep" -j "$(nproc)" --results runs/demo
say "results: runs/demo/report.html, points.csv, sweep.json and runs.db"
