# SPDX-License-Identifier: Apache-2.0
"""Holds README.md's console blocks against what the commands in them really print.

Usage: readme_test.py PROGRAM; PROGRAM stands in for the README's build/systole. With UPDATE_GOLDEN=1 the blocks are
rewritten.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
BLOCK = re.compile(r"^```console\n\$ (.+)\n((?:.*\n)*?)```$", re.MULTILINE)


def printed(command: str) -> str:
    with tempfile.TemporaryDirectory(prefix="systole-readme-") as folder:  # Where no sweep has left anything.
        for entry in ROOT.iterdir():
            if entry.name != "runs":
                (pathlib.Path(folder) / entry.name).symlink_to(entry)
        program = str(pathlib.Path(sys.argv[1]).resolve())
        done = subprocess.run(command.replace("build/systole", program), shell=True, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"$ {command}\nexit {done.returncode}: {done.stderr}")
    return done.stdout


def main() -> None:
    text = README.read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    if len(blocks) < 3:
        sys.exit(f"README.md has {len(blocks)} console blocks, 3 expected")
    if os.environ.get("UPDATE_GOLDEN"):
        README.write_text(BLOCK.sub(lambda m: f"```console\n$ {m[1]}\n{printed(m[1])}```", text), encoding="utf-8")
        return
    stale = [command for command, shown in blocks if printed(command) != shown]
    if stale:
        sys.exit("README.md does not show what is printed; run scripts/accept:\n  " + "\n  ".join(stale))
    print(f"{len(blocks)} console blocks are as printed")


main()
