# SPDX-License-Identifier: Apache-2.0
"""Holds scripts/check-layers against small trees, some with a planted violation."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).parents[2] / "scripts" / "check-layers"


def check(files: dict) -> tuple:
    """Exit status and mistakes (the lines before the closing count) for a tree of these files."""
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = pathlib.Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        done = subprocess.run([sys.executable, SCRIPT, root], capture_output=True, text=True,
                              check=False)
    return done.returncode, done.stdout.splitlines()[:-1]


class CheckLayers(unittest.TestCase):
    def test_a_floor_may_include_itself_and_what_it_stands_on(self):
        tree = {"sim/ledger/price.cpp": '#include "ledger/price.hpp"\n#include <vector>\n'
                                        '#include "base/error.hpp"\n#include "config/chip.hpp"\n'}
        self.assertEqual(check(tree), (0, []))

    def test_an_include_that_climbs_is_named_with_file_and_line(self):
        tree = {"sim/base/error.hpp": "#pragma once\n\n#include \"ledger/price.hpp\"\n"}
        self.assertEqual(check(tree), (1, ["sim/base/error.hpp:3: ledger/price.hpp: "
                                           "base does not stand on ledger"]))

    def test_floors_side_by_side_do_not_see_each_other(self):
        status, mistakes = check({"sim/lower/tile.cpp": '#include "model/simulate.hpp"\n',
                                  "sim/model/chip.cpp": '#include "lower/lower.hpp"\n'})
        self.assertEqual((status, len(mistakes)), (1, 2))

    def test_angle_brackets_and_spaces_do_not_hide_a_climb(self):
        self.assertEqual(check({"sim/trace/text.cpp": "#  include <config/chip.hpp>\n"})[0], 1)

    def test_a_path_relative_to_the_file_is_refused(self):
        self.assertEqual(check({"sim/trace/text.cpp": '#include "../ledger/ledger.hpp"\n'})[0], 1)

    def test_only_the_model_floor_sees_systemc(self):
        self.assertEqual(check({"sim/model/chip.hpp": "#include <systemc>\n"})[0], 0)
        self.assertEqual(check({"sim/study/sweep.cpp": "#include <systemc>\n"})[0], 1)
        self.assertEqual(check({"sim/cli/main.cpp": "#include <sysc/kernel/sc_ver.h>\n"})[0], 1)

    def test_an_unknown_floor_and_a_tree_without_sources_fail(self):
        self.assertEqual(check({"sim/utils/misc.hpp": "#pragma once\n"})[0], 1)
        self.assertEqual(check({"README.md": "Nothing.\n"})[0], 1)


if __name__ == "__main__":
    unittest.main()
