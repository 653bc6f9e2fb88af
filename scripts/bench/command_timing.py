"""Elapsed time and CPU time of commands, as command_times, self_gate and others measure them."""

from __future__ import annotations

import resource
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bench_tools as tools


@dataclass(frozen=True)
class Spent:
    elapsed_s: float
    cpu_s: float  # user and system, of the command and what it waited for


def time_command(
    command: Sequence[str | Path],
    environment: dict[str, str] | None = None,
    cwd: Path | None = None,
) -> Spent:
    """Ends the script if the command fails; 1 is a missed threshold, which is no failure here."""
    words = [str(word) for word in command]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    done = subprocess.run(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, cwd=cwd
    )
    elapsed = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        log = done.stderr.decode(errors="replace")[-2000:]
        tools.fail(f"{' '.join(words)} ended with {done.returncode}:\n{log}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(elapsed, used)


def elapsed_figure(what: str, spent: Sequence[Spent], target_s: float | None) -> tools.Figure:
    """The median elapsed time of several runs of a command."""
    elapsed = statistics.median(run.elapsed_s for run in spent)
    times = "one run" if len(spent) == 1 else f"median of {len(spent)}"
    fastest = "" if len(spent) == 1 else f", fastest {min(run.elapsed_s for run in spent):.2f} s"
    return tools.Figure(
        what=what,
        value=elapsed,
        unit="s",
        target="" if target_s is None else f"under {target_s} s",
        met=None if target_s is None else elapsed < target_s,
        note=f"{times}{fastest}; CPU {statistics.median(run.cpu_s for run in spent):.2f} s",
    )
