#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The HTML report from outside: its structure as text, and what a browser makes of it.

Usage: html_report_test.py SYSTOLE SOURCE_DIR OUTPUT_DIR [unittest options]. Screenshots and the
printed page are left in OUTPUT_DIR to be looked at. Without a Chromium, what needs one is skipped
and says so.
"""
import html.parser
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree

import browser

SYSTOLE, SOURCE, OUTPUT = (os.path.abspath(word) for word in sys.argv[1:4])
EVIL = "<script>alert(1)</script>"
SWEEP = """name: small
base: {base}
variants:
  - {{name: tensor 4, sharding.tensor: 4, sharding.data: 1}}
  - {{name: tensor 2 x data 2, sharding.tensor: 2, sharding.data: 2}}
grid:
  workload.weights: [bf16, int8, int4]
  workload.batch: [1, 4, 16]
"""


def systole(*words):
    done = subprocess.run([SYSTOLE, *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done.stdout


class Page(html.parser.HTMLParser):
    """Ids, references to them, classes and scripts of a page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.wanted, self.scripts, self.outside = [], set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for key, value in attrs:
            if key == "id":
                self.ids.append(value)
            if key in ("aria-labelledby", "aria-describedby", "for"):
                self.wanted.update(value.split())
            if key in ("href", "src", "xlink:href"):
                (self.wanted.add(value[1:]) if value.startswith("#")
                 else self.outside.append(value))
        if tag == "script":
            self.scripts.append(dict(attrs))


def figures(text):
    return re.findall(r"<svg xmlns.*?</svg>", text, re.S)


class Data(unittest.TestCase):
    """A folder with a sweep of the tiny chip and one result, made once."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="systole-report-")
        cls.path = pathlib.Path(cls.folder.name)
        sweep = cls.path / "small.yaml"
        sweep.write_text(SWEEP.format(base=f"{SOURCE}/configs/runs/tiny-decode.yaml"))
        systole("sweep", sweep, "-j", 1, "--results", cls.path / "small")
        systole("run", f"{SOURCE}/configs/runs/tiny-decode.yaml", "--json", cls.path / "one.json")
        systole("run", f"{SOURCE}/configs/runs/tiny-decode.yaml", "--unfold", "--json",
                cls.path / "unfolded.json")
        for name, run in (("small", "small"), ("one", "one.json"), ("unfolded", "unfolded.json")):
            systole("report", cls.path / run, "-o", cls.path / f"{name}.html")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def text(self, name):
        return (self.path / f"{name}.html").read_text()

    def thousand(self):
        """The rows of a sweep of 1,000 points."""
        rows = self.path / "thousand.json"
        if not rows.exists():
            row = json.loads((self.path / "small/sweep.json").read_text())["points"][0]
            numbers = {k: v for k, v in row.items() if k not in
                       ("point", "variant", "workload.weights", "workload.batch")}
            points = []
            for i in range(1000):
                shape = {"point": i + 1, "variant": f"tensor {i % 5}",
                         "workload.weights": ("bf16", "int8", "int4", "ternary")[i // 5 % 4],
                         "workload.context": str(1 << i // 20 % 10),
                         "workload.batch": str(1 << i // 200)}
                scale = 1 + (i * 7919 % 1000) / 1000
                new = {k: v * scale if isinstance(v, float) else v for k, v in numbers.items()}
                new["step_s"] *= 1 + (i * 104729 % 1000) / 500
                points.append({**shape, **new})
            rows.write_text(json.dumps(
                {"schema": "systole.sweep/1", "systole": "0.1.0", "name": "thousand",
                 "teaches": "Nothing.", "points": points}))
        return rows


class Structure(Data):
    def test_every_picture_is_well_formed_xml(self):
        for name in ("small", "one", "unfolded"):
            pictures = figures(self.text(name))
            self.assertGreaterEqual(len(pictures), 9)
            for picture in pictures:
                root = xml.etree.ElementTree.fromstring(picture)
                self.assertEqual(root[0].tag, "{http://www.w3.org/2000/svg}title")

    def test_every_id_is_unique_and_every_reference_meets_one(self):
        for name in ("small", "one"):
            page = Page(self.text(name))
            self.assertEqual(len(page.ids), len(set(page.ids)))
            self.assertLessEqual(page.wanted, set(page.ids))
            self.assertGreater(len(page.wanted), 10)

    def test_the_licence_of_uplot_goes_with_it(self):
        self.assertIn("Copyright (c) 2022 Leon Sorokin", self.text("small"))
        self.assertNotIn("uPlot", self.text("one"))

    def test_nothing_comes_from_elsewhere(self):
        text = self.text("small")
        page = Page(text)
        self.assertEqual(page.outside, [])
        self.assertTrue(all("src" not in script for script in page.scripts))
        self.assertIn('content="default-src &#39;none&#39;;', text.replace("'", "&#39;"))

    def test_again_gives_the_same_bytes_without_the_machine(self):
        systole("report", self.path / "small", "-o", self.path / "again.html")
        text = self.text("small")
        self.assertEqual(text, self.text("again"))
        self.assertNotIn(self.folder.name, text)
        self.assertNotIn(SOURCE, text)

    def test_a_thousand_points_take_at_most_500_kb(self):
        systole("report", self.thousand(), "-o", self.path / "thousand.html")
        size = (self.path / "thousand.html").stat().st_size
        print(f"1,000 points: {size / 1000:.0f} kB")
        self.assertLessEqual(size, 500_000)
        rows = re.search(r"<tbody>.*?</tbody>", self.text("thousand"), re.S)[0].count("<tr")
        self.assertEqual(rows, 50)

    def test_names_with_markup_are_only_names(self):
        sweep = json.loads((self.path / "small/sweep.json").read_text())
        sweep["name"] = sweep["teaches"] = EVIL
        for point in sweep["points"]:
            point["model"] = EVIL
            point["variant"] = f'{EVIL}" onload="alert(2)'
        (self.path / "evil.json").write_text(json.dumps(sweep))
        result = json.loads((self.path / "one.json").read_text())
        result["point"]["model"] = EVIL
        result["chip"]["name"] = EVIL
        (self.path / "evil-one.json").write_text(json.dumps(result))
        for name, scripts in (("evil", 3), ("evil-one", 0)):  # The data, uPlot and our own.
            systole("report", self.path / f"{name}.json", "-o", self.path / f"{name}.html")
            text = self.text(name)
            self.assertNotIn("<script>alert", text)
            self.assertNotIn('" onload="', text)
            self.assertEqual(len(Page(text).scripts), scripts)
            for picture in figures(text):
                xml.etree.ElementTree.fromstring(picture)
            summary = systole("report", self.path / f"{name}.json", "--md", "-")
            self.assertNotIn("<script", summary)

    def test_a_point_that_is_not_done_says_why(self):
        sweep = json.loads((self.path / "small/sweep.json").read_text())
        point = sweep["points"][0]
        after = list(point).index("message") + 1
        point.update({key: None for key in list(point)[after:]})
        point.update(status="does_not_fit", message="needs 3 > 2 GiB")
        (self.path / "failing.json").write_text(json.dumps(sweep))
        systole("report", self.path / "failing.json", "-o", self.path / "failing.html")
        text = self.text("failing")
        self.assertIn("1 not done", text)
        self.assertIn("<b>tensor 4, bf16, batch 1</b>: needs 3 &gt; 2 GiB", text)
        self.assertEqual(re.search(r"<tbody>.*?</tbody>", text, re.S)[0].count("<tr"), 17)

    def test_each_picture_is_a_file_of_its_own(self):
        systole("report", self.path / "small", "--svg", self.path / "svg")
        files = list((self.path / "svg").iterdir())
        self.assertEqual(len(files), len(figures(self.text("small"))))
        for file in files:
            self.assertIn("--paper", file.read_text())
            xml.etree.ElementTree.parse(file)

    def test_links_of_an_unfolded_run_are_drawn_one_by_one(self):
        mesh = next(p for p in figures(self.text("unfolded")) if 'id="mesh"' in p)
        self.assertRegex(mesh, "axis 0, chip 0 to 1: busy")
        self.assertNotIn("All chips do the same", self.text("unfolded"))

    def test_a_chip_that_takes_more_has_its_own_colour(self):
        result = json.loads((self.path / "unfolded.json").read_text())
        each = result["energy_j"]["nominal"] / 4
        result["by_chip"] = {"copies": 1, "energy_j": [each / 2, each, each, 1.5 * each],
                             "counts": []}
        (self.path / "apart.json").write_text(json.dumps(result))
        systole("report", self.path / "apart.json", "-o", self.path / "apart.html")
        colours = re.findall(r'class="chip (q\d)"><title>chip \d', self.text("apart"))
        self.assertEqual(len(colours), 4)
        self.assertEqual(colours[1], colours[2])
        self.assertLess(colours[0], colours[1])
        self.assertLess(colours[2], colours[3])
        self.assertTrue(re.search(r"one takes up to 200[.0]*% more", self.text("apart")))

    def test_the_same_run_before_shows_a_change_of_nothing(self):
        systole("report", self.path / "one.json", "--previous", self.path / "one.json", "-o",
                self.path / "previous.html")
        text = self.text("previous")
        self.assertIn("Against the previous run", text)
        self.assertIn("(+0.0%)", text)
        self.assertNotIn("Against the previous run", self.text("one"))

    def test_other_prices_alone_change_no_activity(self):
        systole("price", self.path / "one.json", "--energy-model",
                f"{SOURCE}/energy_models/n3.yaml", "--json", self.path / "n3.json")
        systole("report", self.path / "n3.json", "--previous", self.path / "one.json", "-o",
                self.path / "n3.html")
        picture = next(p for p in figures(self.text("n3")) if 'id="previous"' in p)
        changes = re.findall(r"<title>([^<]*), (activity|price): ([^<]*)</title>", picture)
        self.assertTrue(all(text == "+0 J/token" for _, what, text in changes
                            if what == "activity"))
        self.assertTrue(any(text != "+0 J/token" for _, what, text in changes if what == "price"))

    def test_the_copied_line_runs_the_point(self):
        data = json.loads(re.search(r'id="data">(.*?)</script>', self.text("small"), re.S)[1])
        number, _, values, _, pieces = data["points"][7]
        line = " --set ".join(data["pieces"][i] for i in pieces)
        self.assertIn("--set workload.batch=", line)
        again = self.path / "again.json"
        subprocess.run(f'"{SYSTOLE}" run "{SOURCE}/configs/runs/tiny-decode.yaml" --json "{again}" '
                       f"{line}", shell=True, check=True, capture_output=True)
        energy = json.loads(again.read_text())["energy_per_output_token_j"]["nominal"]
        self.assertEqual(number, 8)
        self.assertAlmostEqual(values[0] / energy, 1, places=5)

    def test_shares_of_a_bar_add_up_to_its_height(self):
        bars = next(p for p in figures(self.text("one")) if 'id="energy-bars"' in p)
        parts = re.findall(r'<rect x="[\d.]+" y="8" width="([\d.]+)"', bars)
        self.assertAlmostEqual(sum(map(float, parts)), 1080, delta=0.5)


@unittest.skipIf(browser.program() is None, "no Chromium; scripts/install.sh test installs it")
class InBrowser(Data):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = browser.Browser()
        cls.browser.call("Browser.grantPermissions",
                         permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        super().tearDownClass()

    def show(self, name, **how):
        self.browser.open(self.path / f"{name}.html", **how)

    def shot(self, name):
        self.browser.screenshot(os.path.join(OUTPUT, f"{name}.png"))

    def test_no_page_makes_the_console_complain(self):
        for name in ("small", "one", "unfolded"):
            for theme in ("light", "dark"):
                self.show(name, theme=theme)
                self.shot(f"{name}-{theme}")
                self.assertEqual(self.browser.complaints, [])
        self.show("small")
        self.assertTrue(self.browser.value("document.documentElement.classList.contains('js')"))
        self.assertEqual(self.browser.value("document.querySelectorAll('#plot canvas').length"), 1)

    def test_scripts_off_shows_every_picture_and_row(self):
        self.show("small", scripts=False)
        self.shot("small-scripts-off")
        tree = self.browser.call("DOM.getDocument", depth=-1)["root"]
        still = self.browser.call("DOM.querySelectorAll", nodeId=tree["nodeId"],
                                  selector=".still > svg")["nodeIds"]
        self.assertEqual(len(still), len(figures(self.text("small"))))
        for node in still:
            box = self.browser.call("DOM.getBoxModel", nodeId=node)["model"]
            self.assertGreater(box["height"], 60)
            self.assertGreater(box["width"], 300)
        rows = self.browser.call("DOM.querySelectorAll", nodeId=tree["nodeId"],
                                 selector="#points-table tbody tr")["nodeIds"]
        self.assertEqual(len(rows), 18)

    def until(self, expression):
        """The value of the expression as soon as it is one."""
        end = time.monotonic() + 5
        while not (value := self.browser.value(expression)) and time.monotonic() < end:
            time.sleep(0.05)
        return value

    def copied(self):
        return self.until("navigator.clipboard.readText()")

    def test_a_click_on_a_point_copies_its_settings_and_says_so(self):
        self.show("small")
        self.browser.click("#pareto .best")
        line = self.until("document.getElementById('told').textContent")
        self.assertRegex(line, "^Copied: --set .*workload.batch=")
        self.assertEqual(self.copied(), line.removeprefix("Copied: "))
        self.assertTrue(self.browser.value("document.getElementById('told').matches('.on')"))

    def test_enter_on_a_point_copies_too(self):
        self.show("small")
        self.browser.value("navigator.clipboard.writeText('')")
        self.browser.value("document.querySelector('#pareto .knee').focus()")
        self.browser.press("Enter")
        self.assertIn("--set workload.batch=", self.copied())

    def test_headings_sort_all_points(self):
        self.show("small")
        first = "Number(document.querySelector('#points-table tbody td').textContent)"
        self.browser.click("#points-table thead th:nth-child(1) button")
        self.assertEqual(self.browser.value(first), 1)
        self.browser.click("#points-table thead th:nth-child(1) button")
        self.assertEqual(self.browser.value(first), 18)
        self.assertEqual(self.browser.value(
            "document.querySelector('#points-table th').getAttribute('aria-sort')"), "descending")

    def test_the_csv_holds_every_point(self):
        self.show("small")
        self.browser.value("window.kept = null; const own = URL.createObjectURL; "
                           "URL.createObjectURL = (blob) => { kept = blob; return own(blob); }; 0")
        self.browser.click("#csv")
        lines = self.browser.value("window.kept.text()").splitlines()
        self.assertEqual(len(lines), 19)
        self.assertTrue(lines[0].startswith("point,variant,workload.weights,workload.batch,energy"))

    def test_a_thousand_points_open_without_a_complaint(self):
        systole("report", self.thousand(), "-o", self.path / "thousand.html")
        self.show("thousand")
        self.assertEqual(self.browser.complaints, [])
        self.assertEqual(self.browser.value("document.querySelectorAll('tbody tr').length > 1000"),
                         True)

    def test_it_prints(self):
        self.show("small")
        self.browser.print_to(os.path.join(OUTPUT, "small.pdf"))
        self.assertEqual(self.browser.complaints, [])

    def test_no_picture_is_wider_than_a_narrow_window(self):
        self.show("one", width=420)
        self.assertLessEqual(self.browser.value("document.documentElement.scrollWidth"), 420)


if __name__ == "__main__":
    os.makedirs(OUTPUT, exist_ok=True)
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=2)
