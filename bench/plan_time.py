#!/usr/bin/env python3
"""What the advisor reckons that plans take beside what they took.

    bench/plan_time.py BENCH URL QUERIES INDEXES.sql [--sets 30] [--of-query 12] [--rounds 2]

BENCH is the program plan_time_bench, URL a database of which nothing is kept back (its rows lie in
memory), QUERIES a folder of *.sql, INDEXES.sql a statement a line. The indexes are made, and taken
away again at the end. Each plan that random sets of them give (the others are dropped in a
transaction that is rolled back) is run as often as there are rounds, without workers and without
JIT, and its least processor time is compared with that of the plan without any of them.
"""
import argparse
import json
import math
import pathlib
import random
import re
import subprocess
import tempfile

SETTINGS = """SET max_parallel_workers_per_gather = 0; SET jit = off; SET statement_timeout = '30s';
SET client_min_messages = warning; BEGIN;"""
SLOW = 1.2  # times as long: what no query may get


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name in ("bench", "url", "queries", "indexes"):
        options.add_argument(name)
    for name, value in (("--sets", 30), ("--of-query", 12), ("--rounds", 2)):
        options.add_argument(name, type=int, default=value)
    asked = options.parse_args()

    def psql(text):
        command = ["psql", "-qXAt", asked.url]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=False)

    lines = [line for line in pathlib.Path(asked.indexes).read_text().splitlines() if line.strip()]
    names = [f"fitted_{number}" for number in range(len(lines))]
    queries = {file.stem: file.read_text() for file in sorted(pathlib.Path(asked.queries).glob("*.sql"))}
    drop = {name: f"DROP INDEX IF EXISTS {name};" for name in names}
    try:
        for name, line in zip(names, lines):
            made = psql(re.sub(r"INDEX( CONCURRENTLY)?( \w+)? ON", f"INDEX {name} ON", line))
            if made.returncode != 0 or made.stderr:
                raise SystemExit(f"{line}\n{made.stderr}")
        psql("VACUUM ANALYZE")
        measure(psql, queries, names, drop, asked)
    finally:
        psql("".join(drop.values()))


def shape(node):
    said = ("Node Type", "Relation Name", "Index Name", "Parent Relationship", "Index Cond", "Hash Cond")
    return [node.get(name) for name in said] + [shape(each) for each in node.get("Plans", [])]


def measure(psql, queries, names, drop, asked):
    random.seed(1)
    sets = [[], names] + [random.sample(names, random.randint(2, max(2, len(names) // 3)))
                          for _ in range(asked.sets)]
    plans = {}  # (query, shape): (plan, the set's preparation)
    for one in sets:
        begin = SETTINGS + "".join(drop[name] for name in names if name not in one)
        for query, text in queries.items():
            printed = psql(f"{begin} EXPLAIN (FORMAT JSON) {text}").stdout
            same = [key for key in plans if key[0] == query]
            if printed.strip() and len(same) < asked.of_query:
                plan = json.loads(printed)
                plans.setdefault((query, str(shape(plan[0]["Plan"]))), (plan, begin))
    seconds = {}
    for _ in range(asked.rounds):
        for key, (_, begin) in plans.items():
            watch = "SET log_executor_stats = on; SET client_min_messages = log;"
            said = psql(f"{begin} {watch} {queries[key[0]]}; ROLLBACK;").stderr
            spent = re.findall(r"([\d.]+) s user, ([\d.]+) s system, [\d.]+ s elapsed", said)
            if spent and "ERROR" not in said:
                took = sum(float(figure) for pair in spent for figure in pair)
                seconds[key] = min(took, seconds.get(key, math.inf))
    with tempfile.TemporaryDirectory() as folder:
        keys = list(seconds)
        files = [pathlib.Path(folder, f"{number}.json") for number in range(len(keys))]
        for file, key in zip(files, keys):
            file.write_text(json.dumps(plans[key][0]))
        command = [asked.bench, asked.url, *map(str, files)]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        reckoned = {keys[int(line.split()[0])]: float(line.split()[1]) / 1000
                    for line in printed.splitlines()}
    compare(reckoned, seconds)


def compare(reckoned, seconds):
    first, errors, slow, missed, wrong = {}, [], 0, 0, 0
    for key, took in seconds.items():
        base = first.setdefault(key[0], key)  # the plan without indexes was asked for first
        if key == base:
            continue
        real, said = took / seconds[base], reckoned[key] / reckoned[base]
        errors.append(abs(math.log(said / real)))
        slow += real > SLOW
        missed += real > SLOW >= said
        wrong += said > SLOW and real < 1.1
        mark = "  missed" if real > SLOW >= said else "  wrong" if said > SLOW and real < 1.1 else ""
        print(f"{key[0]:8} {took:7.3f} s  {real:5.2f} of the plan without, reckoned {said:5.2f}{mark}")
    errors.sort()
    print(f"{len(seconds)} plans; median error {math.exp(errors[len(errors) // 2]) - 1:.0%}; "
          f"{slow} slow, {missed} of them missed, {wrong} others taken for slow")


if __name__ == "__main__":
    main()
