"""What the benchmark scripts share: programs, the machine, robust statistics, one form of results.

Only Python's own library. A script prints a Markdown table, or with --json the document that
run_all keeps in docs/benchmarks: `Results` says what is in it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import os
import random
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NoReturn

REPOSITORY = Path(__file__).resolve().parent.parent.parent
MODELS = REPOSITORY / "datasets/models/silero-vad"
CLIPS = REPOSITORY / "datasets/vad"
SUITE = REPOSITORY / "suites/vad.json"
VARIANTS = ("fp32", "int8", "int4")
RESAMPLES = 10_000

Command = list[str | Path]

FORMAT = "assay-benchmark"
VERSION = 1
SKIPPED = 77  # the exit code that ctest and run_all take for "not here", never for a failure
USAGE = 2

_LOAD_AT_START = os.getloadavg()  # before the benchmark itself is what the machine is busy with


@dataclass
class Figure:
    """One row: what was measured, and whether it is within its target."""

    what: str
    value: float
    unit: str  # "" is a ratio
    target: str = ""
    met: bool | None = None  # None: the figure has no target
    low: float | None = None  # 95 % interval
    high: float | None = None
    note: str = ""


@dataclass
class Table:
    """Figures that belong side by side rather than one below the other; cells are text."""

    columns: list[str]
    rows: list[list[str]]
    title: str = ""


@dataclass
class Results:
    """What one benchmark found, and all that somebody needs to know before trusting it."""

    benchmark: str  # name of the script
    command: str  # that measured it
    commit: str  # of the sources, "" outside a clone
    changed: bool  # files under version control differed from that commit
    date: str  # UTC, ISO 8601
    build: str  # CMake's build type, "" if no program of ours ran
    machine: dict[str, Any]
    figures: list[Figure]
    tables: list[Table] = field(default_factory=list)
    smoke: bool = False  # the smallest size: of the right form, and no measurement

    def to_json(self) -> str:
        return json.dumps({"format": FORMAT, "version": VERSION, **asdict(self)}, indent=1) + "\n"

    @staticmethod
    def from_json(text: str) -> Results:
        """Raises ValueError that says what is wrong with `text`."""
        document = json.loads(text)
        if document.pop("format", None) != FORMAT or document.pop("version", None) != VERSION:
            raise ValueError(f"no document of format {FORMAT}, version {VERSION}")
        try:
            figures = [Figure(**figure) for figure in document.pop("figures")]
            tables = [Table(**table) for table in document.pop("tables", [])]
            results = Results(**document, figures=figures, tables=tables)
        except (KeyError, TypeError) as error:
            raise ValueError(str(error)) from error
        results.check()
        return results

    def check(self) -> None:
        """Raises ValueError unless there is something in it, and every figure is one."""
        if not self.figures and not self.tables:
            raise ValueError("neither a figure nor a table")
        for figure in self.figures:
            if not figure.what or not math.isfinite(figure.value):
                raise ValueError(f"'{figure.what}' is {figure.value}")
            if bool(figure.target) != (figure.met is not None):
                raise ValueError(f"'{figure.what}' has a target or a verdict, not both")
        for table in self.tables:
            if not table.rows or any(len(row) != len(table.columns) for row in table.rows):
                raise ValueError(f"table '{table.title}' is empty or has rows of other lengths")


# --- Command line ---------------------------------------------------------------------------------


def output_arguments(description: str | None) -> argparse.ArgumentParser:
    """What every script takes."""
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=description, formatter_class=formatter)
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    parser.add_argument(
        "--smoke", action="store_true", help="the smallest size, to see that it runs (seconds)"
    )
    return parser


def common_arguments(description: str | None) -> argparse.ArgumentParser:
    """What every script takes that measures one build."""
    parser = output_arguments(description)
    parser.add_argument(
        "--build-dir",
        type=Path,
        default=REPOSITORY / "build/bench",
        help="Release build; made or brought up to date (default: build/bench)",
    )
    parser.add_argument(
        "--no-build", action="store_true", help="use the programs in the build folder as they are"
    )
    return parser


def parse(parser: argparse.ArgumentParser, **smoke: Any) -> argparse.Namespace:
    """The arguments; with --smoke, those that `smoke` names have its values."""
    arguments = parser.parse_args()
    if arguments.smoke:
        vars(arguments).update(smoke)
    return arguments


def own_name() -> str:
    """Of the script that runs, which is the name of the benchmark."""
    return Path(sys.argv[0]).name.removesuffix(".py")


def fail(message: str, code: int = 1) -> NoReturn:
    print(f"{own_name()}: {message}", file=sys.stderr)
    sys.exit(code)


def skip(missing: str) -> NoReturn:
    """Ends a benchmark that cannot run here. `missing`: what it lacks, and how to get it."""
    print(f"{own_name()}: skipped: {missing}", file=sys.stderr)
    sys.exit(SKIPPED)


# --- Programs -------------------------------------------------------------------------------------

# Where a target of the build puts its program; every other one is tests/bench/<target>.
PROGRAM_FOLDERS = {"assay": "harness/cli", "assay_slow_5": "tests/fakes"}
ALL_PROGRAMS = "benchmarks"  # the target that builds everything that the scripts run


@dataclass(frozen=True)
class Programs:
    build: Path

    def path(self, target: str) -> Path:
        return self.build / PROGRAM_FOLDERS.get(target, "tests/bench") / target

    @property
    def assay(self) -> Path:
        return self.path("assay")

    @property
    def bare_loop(self) -> Path:
        return self.path("bare_loop")

    def require(self, *targets: str) -> None:
        """Ends the script unless all are built."""
        missing = [target for target in targets if not os.access(self.path(target), os.X_OK)]
        if missing:
            words = " ".join(missing)
            fail(
                f"{self.build} has no {', '.join(missing)}; run it without --no-build, or build:\n"
                f"  cmake --build {self.build} --target {words}",
                USAGE,
            )


def cached(folder: Path, variable: str) -> str:
    """What a build folder of CMake has for a variable; "" if nothing."""
    cache = folder / "CMakeCache.txt"
    if not cache.exists():
        return ""
    found = re.search(rf"^{variable}:\w+=(.*)$", cache.read_text(), re.MULTILINE)
    return found.group(1) if found else ""


def build_type(folder: Path) -> str:
    return cached(folder, "CMAKE_BUILD_TYPE")


def build(arguments: argparse.Namespace, *targets: str) -> Programs:
    """Configures a Release build if there is none, and builds `targets`: programs, or all."""
    folder = arguments.build_dir.resolve()
    programs = Programs(folder)
    if not arguments.no_build:
        if not (folder / "CMakeCache.txt").exists():
            configure = ["cmake", "-S", str(REPOSITORY), "-B", str(folder), "-G", "Ninja"]
            configure += ["-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_UNITY_BUILD=ON"]
            configure += ["-DCMAKE_UNITY_BUILD_BATCH_SIZE=10"]
            subprocess.run(configure, check=True, stdout=sys.stderr)
        if build_type(folder) != "Release":
            fail(f"{folder} is no Release build: its figures would say nothing", USAGE)
        command = ["cmake", "--build", str(folder), "--target", *targets]
        if subprocess.run(command, stdout=sys.stderr).returncode != 0:
            fail(f"{' '.join(command)} failed")
    programs.require(*(target for target in targets if target != ALL_PROGRAMS))
    return programs


def run_quietly(
    command: Sequence[str | Path], accepted: Sequence[int] = (0,), **options: Any
) -> str:
    """Output of a command that must succeed; what it logged is shown only if it does not."""
    words = [str(part) for part in command]
    done = subprocess.run(words, capture_output=True, text=True, **options)
    if done.returncode not in accepted:
        fail(f"{' '.join(words)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


# --- Where and when -------------------------------------------------------------------------------


def machine() -> dict[str, Any]:
    """What the figures depend on: processor, cores, kernel, and how busy it was at the start."""
    cpuinfo = Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*: (.*)$", cpuinfo, re.MULTILINE)
    governor = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    return {
        "cpu": found.group(1) if found else "unknown",
        "cores": os.cpu_count(),
        "virtual": "hypervisor" in cpuinfo,
        "governor": governor.read_text().strip() if governor.exists() else "unreadable",
        "kernel": os.uname().release.split("-")[0],
        "load_average": [round(load, 1) for load in _LOAD_AT_START],
    }


def git(*words: str) -> str | None:
    """What git says about this clone; None where it says nothing."""
    command = ["git", "-C", str(REPOSITORY), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def timing_cpu() -> int:
    """The CPU that `assay run` pins a worker with one thread to: the last one allowed."""
    return max(os.sched_getaffinity(0))


# --- Statistics -----------------------------------------------------------------------------------


def bootstrap_interval(
    values: Sequence[float],
    statistic: Callable[[Sequence[float]], float] = statistics.median,
    seed: int = 1,
) -> tuple[float, float]:
    """95 % percentile interval of `statistic` over resamples of `values`, with replacement."""
    generator = random.Random(seed)
    resamples = (generator.choices(values, k=len(values)) for _ in range(RESAMPLES))
    drawn = sorted(statistic(resample) for resample in resamples)
    return drawn[int(RESAMPLES * 0.025)], drawn[int(RESAMPLES * 0.975)]


def geometric_ratio(ratios: Sequence[float]) -> tuple[float, float, float]:
    """Median of ratios and its interval; in logarithms, so that A/B and B/A mirror each other."""
    logs = [math.log(ratio) for ratio in ratios]
    low, high = bootstrap_interval(logs)
    return math.exp(statistics.median(logs)), math.exp(low), math.exp(high)


# --- Output ---------------------------------------------------------------------------------------


def number(value: float, unit: str) -> str:
    """A figure as tables show it."""
    if unit == "":
        return f"{value:.4f}"
    return f"{value:.3g} {unit}" if abs(value) < 1000 else f"{value:,.0f} {unit}"


def interval(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return ""
    return f"{number(figure.low, figure.unit)} to {number(figure.high, figure.unit)}"


def verdict(figure: Figure) -> str:
    return {None: "", True: "yes", False: "**no**"}[figure.met]


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """A table; the first row is its head. Columns that are empty all the way down are left out."""
    kept = [i for i in range(len(rows[0])) if any(row[i] for row in rows[1:])]
    lines = ["| " + " | ".join(row[i].replace("|", "\\|") for i in kept) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(kept), *lines[1:]])


def figures_table(figures: Sequence[Figure]) -> str:
    rows = [["what", "figure", "95 % interval", "target", "met", "note"]]
    for row in figures:
        figure = number(row.value, row.unit)
        rows.append([row.what, figure, interval(row), row.target, verdict(row), row.note])
    return markdown(rows)


def tables_text(results: Results) -> str:
    """Everything that was measured, as Markdown."""
    parts = [figures_table(results.figures)] if results.figures else []
    for table in results.tables:
        title = f"{table.title}\n\n" if table.title else ""
        parts.append(title + markdown([table.columns, *table.rows]))
    return "\n\n".join(parts)


def _command_line() -> str:
    """As typed in the root of the clone; what says where and how to print is left out."""
    words, skipped = [f"scripts/bench/{own_name()}"], False
    for word in sys.argv[1:]:
        if skipped or word in ("--json", "--no-build"):
            skipped = False
        elif word == "--build-dir":
            skipped = True
        elif not word.startswith("--build-dir="):
            words.append(word)
    return " ".join(words)


def report(
    arguments: argparse.Namespace, figures: Sequence[Figure], tables: Sequence[Table] = ()
) -> None:
    """Prints the product of a benchmark; the exit code is 0 whatever the figures say."""
    results = Results(
        benchmark=own_name(),
        command=_command_line(),
        commit=git("rev-parse", "HEAD") or "",
        changed=bool(git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs")),
        date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        build=build_type(arguments.build_dir.resolve()),
        machine=machine(),
        figures=list(figures),
        tables=list(tables),
        smoke=arguments.smoke,
    )
    try:
        results.check()
    except ValueError as error:
        fail(f"measured nothing that can be shown: {error}")
    if arguments.json:
        print(results.to_json(), end="")
        return
    here = results.machine
    busy = f"load average {here['load_average'][0]} at first"
    print(f"{here['cpu']}, {here['cores']} cores, {busy}\n")
    print(tables_text(results))
