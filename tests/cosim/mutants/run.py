#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Mutation test of the matrix unit's RTL: does the default suite see a single wrong line?

Each mutant of mutants.json is a copy of rtl/ with one piece of text replaced. The arrays that see it are verilated and
compiled as the build does it, and put in the place of the right ones in the suite's own tests, which must fail; a
mutant that does the same as the original ("equivalent") must pass. So must the original, to show that it is the
mutant that fails.

Usage: run.py --build DIR [--some | --table | ID...] [-j N]
  --build DIR  the project's build, with mutant_suite and the RTL in it
  --some       only the few that the default suite runs
  --table      all, and write the verdicts to mutants.md
  -j N         so many at a time (all processors)
Exit status: 0 all verdicts are right, 1 some are not, 77 (a skipped test) without the RTL.
"""
import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
LIST = HERE / "mutants.json"
TABLE = HERE / "mutants.md"
TIME_LIMIT = 600  # Seconds, for the tests of one mutant.

# Short names of the suite's rungs, by the test that climbs them.
RUNGS = {
    "EqualsTheClockedModelOnEveryPinInEveryCycle": "lockstep",
    "GivesTheBitsOfNumericsForWholeProducts": "products",
    "HasTheCyclesOfTheEventModel": "times",
    "Rounding": "rounding",
    "Gap": "gaps",
}


@dataclasses.dataclass
class Mutant:
    id: str
    file: str  # In rtl/.
    old: str  # Occurs in it once.
    new: str
    breaks: str  # In words.
    arrays: list[str]  # Of rtl/arrays.cmake, that see it.
    equivalent: str = ""  # Why nothing can see it.
    some: bool = False  # Runs in the default suite.
    witness: str = ""  # The type that it stands for: broken on purpose, the suite of that type fails.


@dataclasses.dataclass
class Verdict:
    killed: bool
    how: str  # "lockstep of ws_int8_8x8: results_o[3] in cycle 341 of case 1".
    seconds: float = 0.0


class Broken(Exception):
    """The test itself does not work: the list is stale, or what is built does not build."""


def load() -> list[Mutant]:
    mutants = [Mutant(**entry) for entry in json.loads(LIST.read_text(encoding="utf-8"))]
    mistakes = []
    for mutant in mutants:
        file = ROOT / "rtl" / mutant.file
        count = file.read_text(encoding="utf-8").count(mutant.old) if file.exists() else 0
        if count != 1:
            mistakes.append(f"{mutant.id}: rtl/{mutant.file} has {count} times, not once: {mutant.old!r}")
        if mutant.old == mutant.new or not mutant.arrays:
            mistakes.append(f"{mutant.id}: changes nothing, or no array sees it")
    for name in {m.id for m in mutants if sum(m.id == n.id for n in mutants) > 1}:
        mistakes.append(f"{name}: not the only mutant of this name")
    if mistakes:
        raise Broken("\n".join(mistakes))
    return mutants


def call(command: list[str], what: str) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise Broken(f"{what} failed: {shlex.join(command)}\n{done.stdout}")


class Factory:
    """Makes a mutant a library, with the very commands of the build but for the folder and the optimisation."""

    def __init__(self, build: pathlib.Path):
        self.build = build
        self.work = build / "mutants"
        self.work.mkdir(exist_ok=True)
        table, command = self.table()
        self.rows = dict(self.read_rows(table))
        self.compiler = command[: next(i for i, word in enumerate(command) if word.startswith("-"))]
        self.flags = ["-w", "-O0", "-fPIC", *self.search_flags(command)]
        self.runtime = self.work / "runtime.o"
        self.make_runtime()

    def table(self) -> tuple[pathlib.Path, list[str]]:
        """The table of right arrays that the build wrote, and how it is compiled for the suite."""
        for entry in json.loads((self.build / "compile_commands.json").read_text(encoding="utf-8")):
            if "mutant_suite.dir" in entry["command"] and entry["file"].startswith(f"{self.build}/"):
                return pathlib.Path(entry["file"]), shlex.split(entry["command"])
        raise Broken("compile_commands.json does not have the table of arrays")

    def read_rows(self, table: pathlib.Path):
        """The maker of each array, as the table has it."""
        text = table.read_text(encoding="utf-8")
        for row in re.finditer(r'\.name = "(\w+)".*?\.make = &(make_verilated<[^>]+>)', text, re.DOTALL):
            yield row[1], row[2]

    def command_of(self, target: str) -> list[str]:
        """The last command of the build that makes a file."""
        command = ["ninja", "-C", str(self.build), "-t", "commands", "-s", target]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Broken(f"{shlex.join(command)}: {done.stderr}{done.stdout}")
        words = shlex.split(done.stdout)
        return words[words.index("&&") + 1 :] if "&&" in words else words

    def search_flags(self, command: list[str]) -> list[str]:
        """Definitions, language and include folders, without those of the right arrays."""
        flags = []
        for word, value in zip(command, command[1:] + [""]):
            if word == "-isystem" and not value.startswith(f"{self.build}/rtl/verilated"):
                flags += [word, value]
            elif word.startswith(("-D", "-std=")) or word.startswith("-I") and "/rtl/verilated" not in word:
                flags.append(word)
        return flags

    def make_runtime(self) -> None:
        """Verilator's own sources, once."""
        if self.runtime.exists():
            return
        root = subprocess.run(["verilator", "--getenv", "VERILATOR_ROOT"], capture_output=True, text=True, check=True)
        source = self.work / "runtime.cpp"
        source.write_text('#include "verilated.cpp"\n#include "verilated_threads.cpp"\n', encoding="utf-8")
        partial = self.work / f"runtime.{os.getpid()}.o"
        call(self.compiler + self.flags + ["-O1", f"-I{root.stdout.strip()}/include", "-c", str(source), "-o",
                                           str(partial)], "compilation")
        partial.rename(self.runtime)

    def make(self, mutant: Mutant) -> pathlib.Path | None:
        """The library, or nothing if Verilator refuses the mutant."""
        folder = self.work / mutant.id
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(ROOT / "rtl", folder / "rtl")
        file = folder / "rtl" / mutant.file
        file.write_text(file.read_text(encoding="utf-8").replace(mutant.old, mutant.new), encoding="utf-8")
        for array in mutant.arrays:
            if not self.verilate(array, folder):
                return None
        source = folder / "mutant.cpp"
        source.write_text(self.source(mutant.arrays, folder), encoding="utf-8")
        includes = [f"-I{folder / array}" for array in mutant.arrays]
        call(self.compiler + self.flags + includes + ["-c", str(source), "-o", str(folder / "mutant.o")], "compilation")
        library = folder / "mutant.so"
        call([self.compiler[-1], "-shared", "-Wl,-Bsymbolic", str(folder / "mutant.o"), str(self.runtime), "-o",
              str(library)], "linking")
        return library

    def verilate(self, array: str, folder: pathlib.Path) -> bool:
        if array not in self.rows:
            raise Broken(f"no array {array} in rtl/arrays.cmake")
        right = f"rtl/verilated/{array}"
        command = [word.replace(f"{self.build}/{right}", str(folder / array))
                   .replace(f"{ROOT}/rtl", str(folder / "rtl"))
                   for word in self.command_of(f"{right}/V{array}_slow.cpp")]
        command = ["-DPARTS=1" if word.startswith("-DPARTS=") else word for word in command]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def source(self, arrays: list[str], folder: pathlib.Path) -> str:
        parts = [part for array in arrays for part in sorted((folder / array).glob("V*.cpp"))]
        lines = [f'#include "{part}"' for part in parts if re.search(r"_(slow|fast\d+)\.cpp$", part.name)]
        lines += ['#include "cosim/verilated_unit.hpp"', "using namespace systole::cosim;"]
        for array in arrays:
            lines.append(f'extern "C" std::unique_ptr<systole::model::ArrayUnit> make_{array}(std::uint64_t seed) '
                         f"{{ return {self.rows[array]}(seed); }}")
        return "\n".join(lines) + "\n"


def type_of(array: str) -> str:
    """ws_fp8_e4m3_4x4_l2: fp8_e4m3."""
    return re.fullmatch(r"[wo]s_(\w+?)_\d+x\d+\w*", array)[1]


def cause(output: str) -> str:
    """The first failure of a test, in a few words."""
    test = re.search(r"\[  FAILED  \] (?:Elements/)?(\w+)\.(\w+)", output)
    if test is None:
        return "?"
    rung = RUNGS.get(test[2]) or RUNGS.get(test[1]) or test[2]
    array = re.search(r"\b([wo]s_\w+_\d+x\d+\w*)", output)
    where = f"{rung} of {array[1]}" if array else rung
    pin = re.search(r", case (\d+)\ncycle (\d+): (\S+) is", output)
    if pin:
        return f"{where}: {pin[3]} in cycle {pin[2]} of case {pin[1]}"
    number = re.search(r", (product \d+|product of depth \d+|[MK] = \d+)", output)
    return f"{where}: {number[1]}" if number else where


def judge(suite: pathlib.Path, mutant: Mutant, library: pathlib.Path) -> Verdict:
    """Runs the tests of the mutant's types, and those of all types, to the first that fails."""
    types = sorted({type_of(array) for array in mutant.arrays})
    environment = os.environ | {"SYSTOLE_MUTANT": str(library), "GTEST_FAIL_FAST": "1"}
    environment.pop("SYSTOLE_FULL", None)  # The default suite is what must see it.
    for tests in (":".join(f"Elements/*/{name}" for name in types), "Rounding.*:Gap.*"):
        try:
            done = subprocess.run([suite, f"--gtest_filter={tests}"], env=environment, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, timeout=TIME_LIMIT, check=False)
        except subprocess.TimeoutExpired:
            return Verdict(True, f"no end of {tests}")
        if done.returncode < 0:
            last = done.stdout.strip().splitlines()[-1:]
            return Verdict(True, f"crash: {' '.join(last)}")
        if done.returncode == 1 and "[  FAILED  ]" in done.stdout:
            return Verdict(True, cause(done.stdout))
        if done.returncode != 0 or "[  PASSED  ]" not in done.stdout or "[  PASSED  ] 0 " in done.stdout:
            raise Broken(f"{mutant.id}: {suite} ended with {done.returncode}\n{done.stdout}")
    return Verdict(False, "all tests pass")


def run(factory: Factory, suite: pathlib.Path, mutant: Mutant) -> Verdict:
    begin = time.monotonic()
    library = factory.make(mutant)
    verdict = judge(suite, mutant, library) if library else Verdict(True, "verilator refuses it")
    verdict.seconds = time.monotonic() - begin
    shutil.rmtree(factory.work / mutant.id, ignore_errors=True)
    return verdict


def write_table(mutants: list[Mutant], verdicts: dict[str, Verdict]) -> None:
    lines = ["# Mutants of the matrix unit's RTL", "",
             "Written by `scripts/mutate-rtl.sh --table`. Each mutant of `mutants.json` is one wrong line; the default suite",
             "runs with it until a test fails. A witness stands for its type: with it the suite of that type fails.", "",
             summary(mutants, verdicts) + ".", "",
             "| mutant | in | what is wrong | verdict |", "|---|---|---|---|"]
    for mutant in mutants:
        verdict = verdicts[mutant.id]
        text = f"equivalent: {mutant.equivalent}" if mutant.equivalent else verdict.how
        mark = f" (witness of {mutant.witness})" if mutant.witness else ""
        lines.append(f"| `{mutant.id}`{mark} | `{mutant.file}` | {mutant.breaks} | {text} |")
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def summary(mutants: list[Mutant], verdicts: dict[str, Verdict]) -> str:
    killed = sum(verdicts[m.id].killed for m in mutants)
    equivalent = sum(not verdicts[m.id].killed and bool(m.equivalent) for m in mutants)
    return (f"{len(mutants)} mutants: {killed} killed, {equivalent} equivalent, "
            f"{len(mutants) - killed - equivalent} survive")


def choose(mutants: list[Mutant], arguments: argparse.Namespace) -> list[Mutant]:
    unknown = set(arguments.ids) - {m.id for m in mutants}
    if unknown:
        raise Broken(f"no mutant named {' '.join(sorted(unknown))}")
    if arguments.some:
        return [m for m in mutants if m.some]
    return [m for m in mutants if m.id in arguments.ids] if arguments.ids else mutants


def original(mutants: list[Mutant]) -> Mutant:
    """The array that most of the mutants change, as it is."""
    arrays = [mutant.arrays[0] for mutant in mutants]
    return Mutant(id="original", file="mxu_pkg.sv", old="package mxu_pkg;", new="package mxu_pkg;",
                  breaks="nothing", arrays=[max(sorted(set(arrays)), key=arrays.count)],
                  equivalent="it is the original")


def check_table(mutants: list[Mutant]) -> None:
    listed = re.findall(r"^\| `(\w+)`", TABLE.read_text(encoding="utf-8"), re.MULTILINE) if TABLE.exists() else []
    if listed != [m.id for m in mutants]:
        raise Broken("mutants.md does not list the mutants of mutants.json; run scripts/mutate-rtl.sh --table")


def test(arguments: argparse.Namespace) -> int:
    build = arguments.build.resolve()
    suite = build / "tests" / "cosim" / "mutant_suite"
    if not suite.exists():
        print("skipped: the RTL is not part of this build (SYSTOLE_RTL is off)")
        return 77
    everything = load()
    if not arguments.table and not arguments.ids:
        check_table(everything)
    mutants = choose(everything, arguments)
    factory = Factory(build)
    verdicts: dict[str, Verdict] = {}
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        futures = {pool.submit(run, factory, suite, m): m for m in [original(mutants), *mutants]}
        for future in concurrent.futures.as_completed(futures):
            mutant, verdict = futures[future], future.result()
            verdicts[mutant.id] = verdict
            is_right = verdict.killed != bool(mutant.equivalent)
            wrong += [] if is_right else [mutant.id]
            word = "killed" if verdict.killed else "equivalent" if mutant.equivalent else "SURVIVES"
            note = "" if is_right or not verdict.killed else " (the list says equivalent)"
            print(f"{mutant.id}: {word}{note}, {verdict.how} ({verdict.seconds:.0f} s)", flush=True)
    print(summary(mutants, verdicts))
    if wrong:
        print(f"error: not as mutants.json says: {' '.join(wrong)}")
        return 1
    if arguments.table:
        write_table(mutants, verdicts)
    return 0


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--some", action="store_true")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("-j", dest="jobs", type=int, default=os.cpu_count())
    parser.add_argument("ids", nargs="*")
    arguments = parser.parse_args()
    if arguments.some + arguments.table + bool(arguments.ids) > 1:
        parser.error("--some, --table and names exclude each other")
    try:
        sys.exit(test(arguments))
    except Broken as broken:
        sys.exit(f"error: {broken}")


main()
