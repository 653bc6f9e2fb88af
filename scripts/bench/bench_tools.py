"""What the benchmark scripts share: programs, the machine, robust statistics, one table. Only Python's own library."""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent.parent
MODELS = REPOSITORY / "datasets/models/silero-vad"
CLIPS = REPOSITORY / "datasets/vad"
SUITE = REPOSITORY / "suites/vad.json"
VARIANTS = ("fp32", "int8", "int4")
RESAMPLES = 10_000


@dataclass
class Figure:
    """One row: what was measured, and whether it is within its target."""

    what: str
    value: float
    unit: str
    target: str = ""
    met: bool | None = None  # None: the figure has no target
    low: float | None = None  # 95 % interval
    high: float | None = None
    note: str = ""


@dataclass
class Programs:
    build: Path
    assay: Path = field(init=False)
    bare_loop: Path = field(init=False)

    def __post_init__(self) -> None:
        self.assay = self.build / "harness/cli/assay"
        self.bare_loop = self.build / "tests/bench/bare_loop"


def common_arguments(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--build-dir", type=Path, default=REPOSITORY / "build/bench", help="Release build; made or brought up to date"
    )
    parser.add_argument("--no-build", action="store_true", help="use the programs in the build folder as they are")
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    return parser


def build(arguments: argparse.Namespace, *targets: str) -> Programs:
    """Configures a Release build if there is none, and builds `targets`."""
    folder = arguments.build_dir.resolve()
    if arguments.no_build:
        return Programs(folder)
    if not (folder / "CMakeCache.txt").exists():
        configure = ["cmake", "-S", str(REPOSITORY), "-B", str(folder), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"]
        subprocess.run(configure, check=True, stdout=sys.stderr)
    if "CMAKE_BUILD_TYPE:STRING=Release\n" not in (folder / "CMakeCache.txt").read_text():
        sys.exit(f"{folder} is no Release build: its figures would say nothing")
    subprocess.run(["cmake", "--build", str(folder), "--target", *targets], check=True, stdout=sys.stderr)
    return Programs(folder)


def machine() -> dict[str, Any]:
    """What the figures depend on: processor, cores, kernel, and how busy the machine was at this moment."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    governor = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "virtual": "hypervisor" in Path("/proc/cpuinfo").read_text(),
        "governor": governor.read_text().strip() if governor.exists() else "unreadable",
        "kernel": os.uname().release.split("-")[0],
        "load_average": [round(load, 1) for load in os.getloadavg()],
    }


def timing_cpu() -> int:
    """The CPU that `assay run` pins a worker with one thread to: the last one allowed."""
    return max(os.sched_getaffinity(0))


def bootstrap_interval(
    values: Sequence[float], statistic: Callable[[Sequence[float]], float] = statistics.median, seed: int = 1
) -> tuple[float, float]:
    """95 % percentile interval of `statistic` over resamples of `values`, drawn with replacement."""
    generator = random.Random(seed)
    drawn = sorted(statistic(generator.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return drawn[int(RESAMPLES * 0.025)], drawn[int(RESAMPLES * 0.975)]


def geometric_ratio(ratios: Sequence[float]) -> tuple[float, float, float]:
    """Median of ratios and its interval; in logarithms, so that A/B and B/A mirror each other."""
    logs = [math.log(ratio) for ratio in ratios]
    low, high = bootstrap_interval(logs)
    return math.exp(statistics.median(logs)), math.exp(low), math.exp(high)


def run_quietly(command: Sequence[str | Path], **options: Any) -> str:
    """Output of a command that must succeed; what it logged is shown only if it does not."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def _number(value: float, unit: str) -> str:
    if unit == "":  # a ratio
        return f"{value:.4f}"
    return f"{value:.3g} {unit}" if abs(value) < 1000 else f"{value:,.0f} {unit}"


def markdown(figures: Sequence[Figure]) -> str:
    rows = [("what", "figure", "95 % interval", "target", "met", "note")]
    for row in figures:
        known = row.low is not None and row.high is not None
        interval = f"{_number(row.low, row.unit)} to {_number(row.high, row.unit)}" if known else ""
        met = {None: "", True: "yes", False: "**no**"}[row.met]
        rows.append((row.what, _number(row.value, row.unit), interval, row.target, met, row.note))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def report(figures: Sequence[Figure], as_json: bool) -> None:
    """Prints the product of a benchmark script; the exit code is 0 whatever the figures say."""
    if as_json:
        print(json.dumps({"machine": machine(), "figures": [asdict(figure) for figure in figures]}, indent=1))
    else:
        here = machine()
        print(f"{here['cpu']}, {here['cores']} cores, load average {here['load_average'][0]}\n")
        print(markdown(figures))
