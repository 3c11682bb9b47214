# SPDX-License-Identifier: Apache-2.0
"""Help, schema, completion and manual pages know the same commands, options and keys.

Usage: tables_test.py PROGRAM. Reads only what the program prints: each list is taken from one text and looked up in
the others, so that none can drift from the tables that all are written from.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
SHELLS = ["bash", "zsh", "fish"]
# Files that a run names: their keys can be set from the run under the name of their kind.
NAMED_BY_RUNS = ["pod", "chip", "memory", "energy_model"]
mistakes: list[str] = []


def printed(*words: str) -> str:
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=True).stdout


def has_word(text: str, word: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-]|\.\w)", text) is not None


def expect(holds: bool, message: str) -> None:
    if not holds:
        mistakes.append(message)


def commands() -> list[str]:
    listed = printed().split("\ncommands:\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in listed.splitlines()]


def schema_keys(schema: dict, prefix: str = "") -> list[str]:
    """Dotted keys of a schema. Lists of sections without names of their own, measured numbers and settings are one value each."""
    out = []
    for key, value in schema["properties"].items():
        out.append(prefix + key)
        is_value = "source" in value.get("properties", {}) or any("." in inner for inner in value.get("properties", {}))
        if value.get("type") == "object" and not is_value:
            out += schema_keys(value, prefix + key + ".")
        elif key == "points" and value.get("type") == "array":  # Of a baseline: its keys stand in the table.
            out += schema_keys(value["items"], prefix + key + ".")
    return out


def check_commands(scripts: dict[str, str], manuals: pathlib.Path) -> int:
    count = 0
    program_page = (manuals / "systole.1").read_text()
    for command in commands():
        page = (manuals / f"systole-{command}.1").read_text().replace("\\-", "-")
        expect(has_word(program_page.replace("\\-", "-"), f"fB{command}"), f"systole.1 lacks {command}")
        help_text = printed(command, "-h")
        options = re.findall(r"^ +(?:-(\w), )?--([\w-]+)(?: (\S+))?", help_text.split("\nusage:")[1], re.MULTILINE)
        expect(len(options) > 0, f"help of {command} has no options")
        for letter, option, value in options:
            count += 1
            expect(f"\\fB--{option}\\fR" in page, f"systole-{command}.1 lacks --{option}")
            expect(not letter or f"\\fB-{letter}\\fR" in page, f"systole-{command}.1 lacks -{letter}")
            if option == "help":
                continue
            bash_options = re.search(rf"^    {command}\) echo '(.*)' ;;$", scripts["bash"], re.MULTILINE)
            expect(bash_options is not None and f"--{option}" in bash_options[1].split(), f"bash lacks {command} --{option}")
            zsh_case = re.search(rf"^    {command}\)\n(.*?);;", scripts["zsh"], re.MULTILINE | re.DOTALL)
            expect(zsh_case is not None and re.search(rf"--{option}(=|\[)", zsh_case[1]) is not None, f"zsh lacks {command} --{option}")
            expect(f"__systole_is {command}' -l {option} " in scripts["fish"], f"fish lacks {command} --{option}")
            if re.search("FILE|PATH|DIR|TRACE|KEY=VALUE", value):
                place = re.search(rf"'{command} --{option}'.*what='(\w+)", scripts["bash"])
                expect(place is not None and place[1] != "none", f"{command} --{option} {value} does not say what it holds")
    return count


def check_keys(scripts: dict[str, str], reference: str) -> int:
    kinds = re.findall(r"(\w+)", printed("help", "schema").split("KIND  ")[1].splitlines()[0])
    count = 0
    for kind in kinds:
        part = reference.split(f"{kind} file\n====")[1].split(" file\n====")[0]
        keys = [key for key in schema_keys(json.loads(printed("schema", kind))) if key != "extends"]
        helped = re.findall(rf"^([\w.]+)  \({kind} file\)$", part, re.MULTILINE)
        expect(sorted(helped) == sorted(keys), f"{kind}: help and schema differ in {sorted(set(helped) ^ set(keys))}")
        sections = {key.rsplit(".", 1)[0] for key in keys if "." in key}
        for key in keys:
            count += 1
            for shell in SHELLS:
                expect(has_word(scripts[shell], f"{kind}.{key}"), f"{shell} lacks the topic {kind}.{key}")
                if key not in sections and kind in NAMED_BY_RUNS + ["run"]:
                    setting = key if kind == "run" else f"{kind}.{key}"
                    spelling = {"bash": f"{setting}=", "zsh": f"'{setting}:", "fish": f" {setting} '"}[shell]
                    expect(spelling in scripts[shell], f"{shell} does not complete --set {setting}")
    return count


def main() -> None:
    scripts = {shell: printed("completion", shell) for shell in SHELLS}
    reference = printed("help", "all")
    with tempfile.TemporaryDirectory() as folder:
        printed("man", "--folder", folder)
        options = check_commands(scripts, pathlib.Path(folder))
        pages = sorted(path.name for path in pathlib.Path(folder).iterdir())
        expect(pages == sorted(["systole.1"] + [f"systole-{c}.1" for c in commands()]), f"pages are {pages}")
    keys = check_keys(scripts, reference)
    expect(options > 40 and keys > 150, f"only {options} options and {keys} keys were found")
    if mistakes:
        sys.exit("\n".join(mistakes))
    print(f"{len(commands())} commands, {options} options and {keys} keys are known everywhere")


main()
