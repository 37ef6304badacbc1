#!/usr/bin/env python3
"""Puts rules together for clang-tidy, which reads and searches the standard library for each file anew.

    scripts/tidy_together.py BUILD < files    prints what to run clang-tidy on, from BUILD/tidy

A rule is a small file in a folder `rules`, and so is the namespace that it stands in. Two dozen of them
are included into one, each in a namespace of its own, behind all the headers that they include. Other
files stay as they are. Findings are the same, and told of the same places, if clang-tidy is asked for
those in .cc files, and its analyzer for what is included (ANALYZE).
"""

import json
import pathlib
import sys

TOGETHER = 24
ANALYZE = " -Xclang -analyzer-opt-analyze-headers"


def is_rule(path):
    return path.parent.name == "rules"


def text_of(files):
    headers = dict.fromkeys(
        line for file in files for line in file.read_text().splitlines() if line.startswith("#include"))
    lines = ["// NOLINTBEGIN", *headers]
    for number, file in enumerate(files):
        lines += [f"#define rules rules_{number}", f'#include "{file}"', "#undef rules"]
    return "\n".join([*lines, "// NOLINTEND", ""])


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    folder = build / "tidy"
    folder.mkdir(exist_ok=True)
    commands = {each["file"]: each for each in json.loads((build / "compile_commands.json").read_text())}
    files = [pathlib.Path(line).resolve() for line in sys.stdin.read().split("\n") if line]
    of_folder = {}
    for file in files:
        if is_rule(file):
            of_folder.setdefault(file.parent, []).append(file)
    database = list(commands.values())
    places = [str(file) for file in files if not is_rule(file)]
    for parent, rules in of_folder.items():
        for begin in range(0, len(rules), TOGETHER):
            some = rules[begin:begin + TOGETHER]
            place = str(folder / f"{parent.parent.name}_{begin // TOGETHER}.cc")
            pathlib.Path(place).write_text(text_of(some))
            command = commands[str(some[0])]
            words = command["command"].replace(str(some[0]), place)
            database.append({**command, "file": place, "command": words + ANALYZE})
            places.insert(0, place)
    (folder / "compile_commands.json").write_text(json.dumps(database))
    print("\n".join(places))


if __name__ == "__main__":
    main()
