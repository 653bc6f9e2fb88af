"""Pairs of processes on one CPU, `assay run` and a bare loop, and the ratio of their latencies.

Shared by harness_overhead (one build) and self_gate (two).
"""

from __future__ import annotations

import bisect
import json
import signal
import statistics
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bench_tools as tools
import flac_clip

CASE = "long-mixed"
SHORT_CASE = "speech-clean-1"  # for smoke runs
BLOCK_NS = 20_000_000
MIN_NEIGHBOURS = 30  # calls of the bare loop that a block of assay is set against
TRIES = 3  # of a pair whose two sides hardly ran at the same time

Blocks = list[dict[str, Any]]


@dataclass(frozen=True)
class PairPlan:
    """What is run, and how."""

    variant: str
    folder: Path  # for databases and the decoded clip
    passes: int = 4  # times the clip is timed
    between: str = "feed"  # what the bare loop does between timed calls
    control: bool = False  # a second bare loop in place of assay
    case: str = CASE


class Pairs:
    """Makes pairs of processes for one variant and gives the ratio of each."""

    def __init__(self, assay: Path, bare_loop: Path, plan: PairPlan) -> None:
        self.assay = assay
        self.bare_loop = bare_loop
        self.plan = plan
        self.variant = plan.variant
        self.count = 0
        self.clip = flac_clip.wav_of(plan.case, plan.folder)
        # Every pass plays the clip whole, so both sides time the same inputs equally often.
        self.runs = plan.passes * flac_clip.steps_of(self.clip)
        self.p50_bare: list[float] = []

    def bare_command(self, runs: int) -> list[str]:
        return [
            *(str(self.bare_loop), "--blocks", "--cpu", str(tools.timing_cpu())),
            *("--runs", str(runs), "--between", self.plan.between),
            *(str(tools.MODELS / f"silero-vad-{self.variant}.pte"), str(self.clip)),
        ]

    def assay_command(self, database: Path) -> list[str]:
        case, variant = self.plan.case, self.variant
        return [
            *(str(self.assay), "run", str(tools.SUITE), "--case", case, "--variant", variant),
            *("--repeat", str(self.runs), "--no-artifacts", "--db", str(database)),
        ]

    def candidate(self) -> tuple[list[str], Path]:
        self.count += 1
        database = self.plan.folder / f"{self.variant}-{self.count}.db"
        if self.plan.control:
            return self.bare_command(self.runs), database
        return self.assay_command(database), database

    def blocks_of_candidate(self, output: str, database: Path) -> Blocks:
        if self.plan.control:
            return json.loads(output)["blocks"]
        words: tools.Command = [self.assay, "db", "export", "--samples", "--db", database]
        cells = json.loads(tools.run_quietly(words))["cells"]
        database.unlink()
        timed = [block for block in cells[0]["blocks"] if not block["warmup"]]
        blocks = [block for block in timed if not block["same_input"]]
        if any(block["wrong_outputs"] for block in blocks):
            tools.fail("timed executions gave other outputs than the accuracy pass")
        return blocks

    def in_turns(self) -> float:
        """A ratio from two processes one after the other; every second pair the other way round."""
        command, database = self.candidate()
        bare = self.bare_command(self.runs)
        if self.count % 2:
            output = tools.run_quietly(command)
            bare_output = tools.run_quietly(bare)
        else:
            bare_output = tools.run_quietly(bare)
            output = tools.run_quietly(command)
        bare_p50 = pooled_median(json.loads(bare_output)["blocks"])
        self.p50_bare.append(bare_p50)
        return pooled_median(self.blocks_of_candidate(output, database)) / bare_p50

    def together(self) -> float:
        """A ratio from two processes that share a CPU; every second pair starts the other first."""
        for _ in range(TRIES):
            blocks, bare_blocks = self._side_by_side()
            ratio = matched_ratio(blocks, bare_blocks)
            if ratio is not None:
                self.p50_bare.append(pooled_median(bare_blocks))
                return ratio
        tools.fail("the two sides hardly ran at the same time; ask for more --passes")

    def _side_by_side(self) -> tuple[Blocks, Blocks]:
        command, database = self.candidate()
        bare = self.bare_command(10**9)
        quiet: dict[str, Any] = {"stderr": subprocess.DEVNULL, "text": True}
        with tempfile.TemporaryFile("w+") as bare_output:
            if self.count % 2:
                loop = subprocess.Popen(bare, stdout=bare_output, **quiet)
                other = subprocess.Popen(command, stdout=subprocess.PIPE, **quiet)
            else:
                other = subprocess.Popen(command, stdout=subprocess.PIPE, **quiet)
                loop = subprocess.Popen(bare, stdout=bare_output, **quiet)
            try:
                output, _ = other.communicate()
            finally:
                loop.send_signal(signal.SIGTERM)
            if loop.wait() != 0 or other.returncode != 0:
                codes = f"bare loop {loop.returncode}, the other {other.returncode}"
                tools.fail(f"a process failed: {codes}: {' '.join(command)}")
            bare_output.seek(0)
            bare_blocks = json.load(bare_output)["blocks"]
        return self.blocks_of_candidate(output, database), bare_blocks


def pooled_median(blocks: Blocks) -> float:
    return statistics.median(latency for block in blocks for latency in block["latency_ns"])


def matched_ratio(blocks: Blocks, bare: Blocks) -> float | None:
    """Median over blocks of p50(block) / p50(what the bare loop did within 20 ms of that block).
    None unless at least half of the blocks had the bare loop beside them."""
    starts = [block["start_ns"] for block in bare]
    ratios = []
    for i, block in enumerate(blocks):
        end = blocks[i + 1]["start_ns"] if i + 1 < len(blocks) else block["start_ns"] + BLOCK_NS
        first = bisect.bisect_left(starts, block["start_ns"] - BLOCK_NS)
        last = bisect.bisect_right(starts, end)
        near = [latency for other in bare[first:last] for latency in other["latency_ns"]]
        if len(near) >= MIN_NEIGHBOURS:
            ratios.append(statistics.median(block["latency_ns"]) / statistics.median(near))
    return statistics.median(ratios) if ratios and len(ratios) >= len(blocks) / 2 else None
