"""Memory of a worker by phase, as `assay run` stores it."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import bench_tools as tools

CASE = "silence-digital"
PHASE = "steady"
PEAK = "vm_hwm_bytes"

Phases = dict[str, dict[str, int]]


def worker_phases(assay: Path, variant: str, folder: Path) -> Phases:
    database = folder / "memory.db"
    options = ["--case", CASE, "--variant", variant, "--repeat", "10", "--no-artifacts"]
    tools.run_quietly([assay, "run", tools.SUITE, *options, "--db", database])
    run = json.loads(tools.run_quietly([assay, "db", "export", "--db", database]))
    return {snapshot["phase"]: snapshot for snapshot in run["cells"][0]["worker"]["memory"]}


def median_mb(runs: list[Phases], phase: str, name: str) -> float:
    return statistics.median(run[phase][name] for run in runs) / 1e6
