"""Asks the questions of `queries.md` of haechi, DuckDB and chDB, and prints what each cost.

    python queries.py HAECHI LAKE FILES THREADS ROUNDS [WORD]

haechi is a process of its own for each question, with all that its start costs; a peer is a fresh
Python process of which only the question counts, not Python and not loading the library. Of all
rounds the one with the fewest CPU seconds counts. WORD chooses the questions whose name has it.
"""

import json
import math
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHDB_SETTINGS = (
    "\nsettings max_threads = {threads}, input_format_json_ignore_unknown_keys_in_named_tuple = 1, "
    "input_format_json_defaults_for_missing_elements_in_named_tuple = 1, "
    "input_format_json_read_bools_as_strings = 1, input_format_json_read_objects_as_strings = 1"
)


def questions(text):
    """Gives each section's name and its blocks: language, group, text."""
    for section in text.split("\n## ")[1:]:
        name, rest = section.split("\n", 1)
        blocks = re.findall(r"```(\S+) ?(\S*)\n(.*?)\n```", rest, re.S)
        yield name, {language: (group, body) for language, group, body in blocks}


def cost(before, start):
    """Gives CPU seconds, wall seconds and the peak in MB of this process since then."""
    now = resource.getrusage(resource.RUSAGE_SELF)
    cpu = now.ru_utime + now.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - start, now.ru_maxrss / 1024


def peer(engine, query, threads):
    """Runs in a process of its own: asks one peer, and prints rows and cost."""
    if engine == "duckdb":
        import duckdb

        before, start = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
        connection = duckdb.connect()
        connection.execute(f"set threads = {threads}")
        rows = len(connection.execute(query).fetchall())
    else:
        import chdb

        before, start = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
        answer = chdb.query(query + CHDB_SETTINGS.format(threads=threads), "TSV")
        rows = len(str(answer).splitlines())
    print(json.dumps([rows, *cost(before, start)]))


def run_peer(engine, query, threads):
    command = [sys.executable, __file__, "--peer", engine, query, str(threads)]
    output = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(output.stdout.splitlines()[-1])


def run_haechi(command):
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as words:
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=out, stderr=words)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        out.seek(0), words.seek(0)
        if status != 0:
            sys.exit(f"{command}: {words.read()}")
        rows = sum(1 for _ in out)
    return [rows, usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024]


def best(rounds, run):
    return min((run() for _ in range(rounds)), key=lambda it: it[1])


def command_of(haechi, blocks, lake, files, threads):
    if "sql" in blocks:
        words = ["sql", blocks["sql"][1], "--lake", lake]
    elif "insights" in blocks:
        group, text = blocks["insights"]
        words = ["query", text, "--group", group, "--lake", lake]
    else:
        group, text = blocks["insights-files"]
        words = ["query", text, "--group", group, "-f", files]
    return [haechi, *words, "--format", "jsonl", "--threads", threads]


def main(haechi, lake, files, threads, rounds, word=""):
    page = Path(__file__).with_name("queries.md").read_text()
    print("question                                 engine    rows  CPU s  wall s  peak MB  haechi : peer")
    ratios = {}
    for name, blocks in questions(page):
        if word not in name:
            continue
        command = command_of(haechi, blocks, lake, files, threads)
        ours = best(int(rounds), lambda: run_haechi(command))
        line(name, "haechi", ours)
        for engine in ("duckdb", "chdb"):
            if engine not in blocks:
                continue
            query = blocks[engine][1].replace("{lake}", lake).replace("{files}", files)
            theirs = best(int(rounds), lambda: run_peer(engine, query, threads))
            kind = "files" if "insights-files" in blocks else "lake"
            ratios.setdefault((kind, engine), []).append((ours[1] / theirs[1], ours[2] / theirs[2]))
            line("", engine, theirs, ours)
    for (kind, engine), pairs in ratios.items():
        cpu, wall = (math.exp(sum(map(math.log, it)) / len(it)) for it in zip(*pairs))
        print(f"{kind} against {engine}: geometric mean {cpu:.2f} of its CPU seconds, {wall:.2f} of its wall")


def line(name, engine, figures, ours=None):
    rows, cpu, wall, peak = figures
    ratio = f"{ours[1] / cpu:.2f} CPU, {ours[2] / wall:.2f} wall" if ours else ""
    print(f"{name:<40} {engine:<7} {rows:>6} {cpu:>6.2f} {wall:>7.2f} {peak:>8.0f}  {ratio}", flush=True)


if __name__ == "__main__":
    peer(*sys.argv[2:]) if sys.argv[1] == "--peer" else main(*sys.argv[1:])
