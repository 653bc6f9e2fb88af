#!/usr/bin/env python3
"""A benchmark of scripts/bench runs at its smallest size, and what it prints is complete.

  smoke_test.py NAME [OPTIONS...]    what it is and what it is given; times are never judged

Ends with 77, and the reason, where this machine lacks what the benchmark needs.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[2] / "scripts/bench"
sys.path.insert(0, str(BENCH))

import bench_tools as tools

# What the figures of each are called, and the heads of its tables: none may go missing unseen.
EXPECTED = {
    "command_times": ["assay --version", "assay run vad", "assay run asr", "measured again"],
    "devices": ["over adb push", "over adb push -Z", "second push", "by hand"],
    "export_time": ["pipeline"],
    "gate_power": ["neighbour", "slower by", "ratio of means"],
    "harness_overhead": ["p50 of assay run over a bare loop, int8"],
    "merge": ["db merge of 3 databases", "nothing new"],
    "micro": [
        "scoring (summarize_errors)",
        "scoring (summarize_row_errors)",
        "KLD of one position",
        "log-mel of 4 s",
        "log-mel of 30 s",
        "1,000,000 samples written",
        "compare on 1,000,000 samples",
    ],
    "quickstart_time": ["scripts/quickstart"],
    "sdpa": ["decode", "prefill"],
    "self_gate": ["p50 of assay run, int8", "peak memory", "--version: CPU", "the VAD suite"],
    "voice_chain": ["share of an answer", "P95 of an answer", "words wrong"],
    "worker_memory": ["worker's peak memory", "MB"],
    "year_of_nightlies": ["the database", "gate --stored", "report history", "steps found"],
}


def find_problems(output: str, name: str) -> list[str]:
    """What is missing from the JSON that a benchmark printed."""
    try:
        results = tools.Results.from_json(output)
    except ValueError as error:
        return [f"not the JSON of a benchmark: {error}"]
    titles = [figure.what for figure in results.figures]
    titles += [column for table in results.tables for column in table.columns]
    problems = [
        f"no figure or column about '{wanted}' among {titles}"
        for wanted in EXPECTED[name]
        if not any(wanted in title for title in titles)
    ]
    if results.benchmark != name or not results.smoke:
        problems.append(f"says that it is {results.benchmark}, smoke: {results.smoke}")
    known = ["date", "machine", "command"]
    known += ["commit"] if tools.git("rev-parse", "HEAD") else []
    for field in known:
        if not getattr(results, field):
            problems.append(f"does not say its {field}")
    tables = [line for line in tools.tables_text(results).splitlines() if line.startswith("|")]
    if len(tables) < 3:
        problems.append("shows an empty table")
    return problems


def main() -> int:
    name, *options = sys.argv[1:]
    command = [str(BENCH / name), "--smoke", "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True)
    print(done.stdout + done.stderr)
    if done.returncode == tools.SKIPPED:
        return tools.SKIPPED
    if done.returncode != 0:
        print(f"{name} ended with {done.returncode}")
        return 1
    problems = find_problems(done.stdout, name)
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
