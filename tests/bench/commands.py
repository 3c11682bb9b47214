#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times whole commands of one or two builds and prints medians, peak memory and ratios.

Usage: tests/bench/commands.py [PROGRAM [OTHER]] [--rounds N] [--long]. PROGRAM is by default
build/systole. With OTHER every command runs by turns in both builds, so that a busy machine slows
both: the ratio is the median of the pairs. --long adds commands of a quarter of a minute and more.
Peak memory is of the first process, not of its workers. Nothing is asserted.
"""
import argparse
import atexit
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAIN = "configs/runs/llama-3.1-70b-decode-64.yaml"
FOLDER = "{folder}"  # A new one each time: a sweep does not compute again what it keeps.
COMMANDS = {
    "gemm 256 4096 4096": ["gemm", "256", "4096", "4096"],
    "main run": ["run", MAIN],
    "main run, unfolded": ["run", MAIN, "--unfold"],
    "9,216 chips, folded": ["run", "configs/runs/llama-3.1-70b-decode-9216.yaml"],
    "one chip, HBM-bound": ["run", "configs/runs/llama-3.1-8b-v5e.yaml"],
    "sweep of 48 points": ["sweep", "configs/sweeps/batch-x-precision.yaml", "--results", FOLDER],
}
LONG = {
    "sweep of 1,000 points": ["sweep", "tests/bench/sweep-1000.yaml", "--results", FOLDER],
    "256 chips, unfolded": ["run", "configs/runs/llama-3.1-405b-decode-256.yaml", "--unfold"],
}


def start(program: str, arguments: list[str]) -> subprocess.Popen:
    folder = tempfile.mkdtemp(prefix="systole-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    words = [folder if word == FOLDER else word for word in arguments]
    return subprocess.Popen([program, *words], cwd=ROOT, stdout=subprocess.DEVNULL)


def seconds_of(program: str, arguments: list[str]) -> float:
    begin = time.perf_counter()
    process = start(program, arguments)
    status = process.wait()
    seconds = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"error: {program} {' '.join(arguments)} failed with status {status}")
    return seconds


def peak_megabytes(program: str, arguments: list[str]) -> float:
    """High-water mark, read until the end: what wait4() tells includes this interpreter's memory."""
    process = start(program, arguments)
    peak = 0.0
    while process.poll() is None:
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                peak = max(peak, int(line.split()[1]) / 1024)
        time.sleep(0.001)
    return peak


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", nargs="*", default=["build/systole"])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--long", action="store_true")
    options = parser.parse_args()
    programs = [str(pathlib.Path(program).resolve()) for program in options.programs]
    if len(programs) > 2 or options.rounds < 1:
        parser.error("at most two programs, at least one round")

    print(f"{'command':<22} {'median':>10} {'range':>19} {'peak':>9}" + "      ratio" * (len(programs) > 1))
    medians = {}
    for name, arguments in (COMMANDS | (LONG if options.long else {})).items():
        rounds = [[seconds_of(program, arguments) for program in programs]
                  for _ in range(options.rounds)]
        seconds = [pair[0] for pair in rounds]
        medians[name] = statistics.median(seconds)
        line = (f"{name:<22} {1e3 * medians[name]:>7.1f} ms {1e3 * min(seconds):>7.1f} .. "
                f"{1e3 * max(seconds):>7.1f} {peak_megabytes(programs[0], arguments):>6.1f} MB")
        if len(programs) > 1:
            line += f" {statistics.median(pair[1] / pair[0] for pair in rounds):>9.2f}x"
        print(line, flush=True)
    folded, unfolded = medians["main run"], medians["main run, unfolded"]
    print(f"folding makes the main run {unfolded / folded:.0f}x faster")


if __name__ == "__main__":
    main()
