# SPDX-License-Identifier: Apache-2.0
"""Completion as a user meets it: a real shell, a real Tab.

Usage: completion_test.py PROGRAM bash|zsh|fish. Exits 77, with a reason, where the shell is not installed.
"""
import os
import pathlib
import subprocess
import sys

import shells

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(sys.argv[1]).resolve()
SHELL = sys.argv[2]

# What one Tab makes of a line, spaces and a key's = at the end aside.
COMPLETED = {
    "systole comple": "systole completion",
    "systole run --unf": "systole run --unfold",
    "systole run --fidelity ana": "systole run --fidelity analytic",
    "systole run --fidelity=ana": "systole run --fidelity=analytic",
    "systole run --set workload.bat": "systole run --set workload.batch",
    "systole run --set workload.phase=pre": "systole run --set workload.phase=prefill",
    "systole run --set chip.matrix_unit.dataf": "systole run --set chip.matrix_unit.dataflow",
    "systole run --set pod=configs/pods/tiny_mesh": "systole run --set pod=configs/pods/tiny_mesh_2x4.yaml",
    "systole run configs/runs/tiny-dec": "systole run configs/runs/tiny-decode.yaml",
    "systole run --fidelity event configs/runs/tiny-dec": "systole run --fidelity event configs/runs/tiny-decode.yaml",
    "systole new chip tpu_v7": "systole new chip tpu_v7x",
    "systole config di": "systole config diff",
    "systole config diff a.yaml configs/chips/tpu_v7": "systole config diff a.yaml configs/chips/tpu_v7x.yaml",
    "systole help run.workload.bat": "systole help run.workload.batch",
    "systole schema energy": "systole schema energy_model",
    "systole sweep -j 4 configs/sweeps/batch-x-prec": "systole sweep -j 4 configs/sweeps/batch-x-precision.yaml",
    "systole man verif": "systole man verify",
}
# Words that are offered, and words that are not.
OFFERED = {
    "systole run --set workload.phase=": ({"decode", "prefill"}, {"int8"}),
    "systole new pod tiny_": ({"tiny_2x2", "tiny_mesh_2x4"}, {"tpu_v4_4x4x4"}),
    "systole list ": ({"chips", "models", "energy"}, {"configs"}),
}


def fish(line: str) -> list[str]:
    """Lines that fish offers, explanations aside; each replaces the last word."""
    script = f"systole completion fish | source; complete -C '{line}'"
    done = subprocess.run(["fish", "--no-config", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return [text.split("\t")[0] for text in done.stdout.splitlines()]


def fish_mistakes() -> list[str]:
    out = []
    for line, wanted in COMPLETED.items():
        found = fish(line)
        ends = {line.rsplit(" ", 1)[0] + " " + word for word in found}
        if {end.rstrip("=") for end in ends} != {wanted}:
            out.append(f"{line!r} offers {found}")
    for line, (wanted, unwanted) in OFFERED.items():
        found = {word.rsplit("=", 1)[-1] for word in fish(line)}
        if not wanted <= found or found & unwanted:
            out.append(f"{line!r} offers {sorted(found)}")
    return out


def terminal_mistakes() -> list[str]:
    out = []
    with shells.Shell(SHELL, str(ROOT)) as shell:
        for line, wanted in COMPLETED.items():
            found = shell.completed(line)
            if found.rstrip(" =") != wanted:
                out.append(f"{line!r} becomes {found!r}")
        for line, (wanted, unwanted) in OFFERED.items():
            found = set(shell.offered(line, wanted).replace(line, "").split())
            if not wanted <= found or found & unwanted:
                out.append(f"{line!r} offers {sorted(found)}")
    return out


def main() -> None:
    if reason := shells.missing(SHELL):
        print("skipped:", reason)
        sys.exit(77)
    os.environ["PATH"] = f"{PROGRAM.parent}:{os.environ['PATH']}"
    mistakes = fish_mistakes() if SHELL == "fish" else terminal_mistakes()
    if mistakes:
        sys.exit("\n".join(mistakes))
    print(f"{len(COMPLETED) + len(OFFERED)} lines completed by {SHELL}")


main()
