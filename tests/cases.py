#!/usr/bin/env python3
"""Runs the whole program on the cases in tests/cases: commands, inputs and what they must print.

    tests/cases.py PROGRAM [FILTER]           FILTER: a part of a case's path
    ARCHITRAVE_UPDATE=1 tests/cases.py …      rewrites the expectations

A case is one file, NAME.test:

    # What it shows.
    -- file: schema.sql --
    CREATE TABLE a (id int PRIMARY KEY);
    $ architrave review schema.sql
    > a line of stdout
    ! a line of stderr
    = 1                                       the exit code, if it is not 0

Files are made and commands run in the order in which they stand, with sh, in an empty folder. What
must vary is replaced in the output: versions by VERSION, the folder by FOLDER. After the last
command no sandbox may be left.
"""

import concurrent.futures
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

CASES = pathlib.Path(__file__).resolve().parent / "cases"
FILE = re.compile(r"-- file: (\S+) --\n")
VARYING = [
    (re.compile(r"PostgreSQL \d+(\.\d+)?( \([^)]*\))?"), "PostgreSQL VERSION"),
    (re.compile(r"(Read with version \| )\d+(\.\d+)?"), r"\1VERSION"),
    (re.compile(r"SQLite \d+\.\d+\.\d+"), "SQLite VERSION"),
    (re.compile(r'("server_version": )"[^"]+"'), r'\1"VERSION"'),
    (re.compile(r"architrave 0\.\d+\.\d+\S*"), "architrave VERSION"),
    (re.compile(r'("version": )"0\.\d+\.\d+[^"]*"'), r'\1"VERSION"'),
]


def is_expectation(line):
    return line[:2] in ("> ", "! ", "= ") or line.rstrip("\n") in (">", "!")


def marked(mark, text):
    """Each line behind its mark; a last line that no newline ends says so."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    else:
        lines[-1] += "\\no-newline"
    return [f"{mark} {line}".rstrip(" ") + "\n" if not line else f"{mark} {line}\n" for line in lines]


def run(command, folder, environment):
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment, timeout=300,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    lines = []
    for mark, raw in ((">", done.stdout), ("!", done.stderr)):
        text = raw.decode("utf-8", "backslashreplace").replace(str(folder), "FOLDER")
        for pattern, replacement in VARYING:
            text = pattern.sub(replacement, text)
        lines += marked(mark, text)
    if done.returncode != 0:
        lines.append(f"= {done.returncode}\n")
    return lines


def play(case, program):
    """The case as it comes out now, and what is wrong beside its lines."""
    # Servers are not run as root, and must get through to their own folder.
    top = pathlib.Path(tempfile.mkdtemp(prefix="case-", dir="/tmp"))
    top.chmod(0o755)
    folder, temporary = top / "work", top / "tmp"
    folder.mkdir()
    temporary.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment |= {"PATH": f"{program.parent}:{environment['PATH']}", "TMPDIR": str(temporary),
                    "LC_ALL": "C.UTF-8", "COLUMNS": "100"}
    try:
        result = []
        target = None  # the input that the lines belong to
        for line in case.read_text().splitlines(keepends=True):
            if is_expectation(line):
                continue
            result.append(line)
            if header := FILE.fullmatch(line):
                target = folder / header[1]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text("")
            elif line.startswith("$ "):
                target = None
                result += run(line[2:], folder, environment)
            elif target:
                with target.open("a") as file:
                    file.write(line)
        left = sorted(path.name for path in temporary.iterdir())
        return "".join(result), [f"{name} is left in the temporary folder" for name in left]
    finally:
        shutil.rmtree(top, ignore_errors=True)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program = pathlib.Path(sys.argv[1]).resolve()
    update = os.environ.get("ARCHITRAVE_UPDATE") == "1"
    cases = sorted(path for path in CASES.rglob("*.test")
                   if len(sys.argv) < 3 or sys.argv[2] in str(path.relative_to(CASES)))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for case, (now, wrong) in zip(cases, pool.map(lambda each: play(each, program), cases)):
            name = case.relative_to(CASES)
            expected = case.read_text()
            if now != expected and update:
                case.write_text(now)
                print(f"updated {name}")
            elif now != expected:
                wrong.insert(0, "".join(difflib.unified_diff(
                    expected.splitlines(keepends=True), now.splitlines(keepends=True),
                    "expected", "now", n=2)))
            if wrong:
                failed += 1
                print(f"FAILED {name}", *wrong, sep="\n")
    print(f"{len(cases) - failed} of {len(cases)} cases as expected")
    sys.exit(1 if failed or not cases else 0)


if __name__ == "__main__":
    main()
