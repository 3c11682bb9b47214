# SPDX-License-Identifier: Apache-2.0
"""groff sets every manual page without a warning.

Usage: manual_test.py PROGRAM. Exits 77, with a reason, where groff is not installed.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def main() -> None:
    if shutil.which("groff") is None:
        print("skipped: groff is not installed (scripts/install.sh test)")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], "man", "--folder", folder], check=True)
        pages = sorted(pathlib.Path(folder).glob("*.1"))
        for page in pages:
            done = subprocess.run(["groff", "-man", "-ww", "-Tascii", str(page)], capture_output=True, text=True, check=True)
            if done.stderr:
                sys.exit(f"{page.name}: {done.stderr}")
            text = re.sub("\x1b\\[[0-9;]*m|.\b", "", done.stdout)  # Bold and underlined.
            if "SYNOPSIS" not in text or "EXIT STATUS" not in text:
                sys.exit(f"{page.name} lacks a section")
        print(f"{len(pages)} pages without a warning")


main()
