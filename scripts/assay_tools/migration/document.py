"""The JSON that `assay db import` reads (docs/internals/import.md), made of what the processes printed."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from assay_tools.migration.scoring import Golden, Quality
from assay_tools.migration.sides import Plan, Side

SUITE = "migration"
BACKEND = "cpu"  # of both: sides are compared along the variant, so everything else has to be equal
Samples = dict[str, list[dict[str, Any]]]  # case -> blocks


@dataclass
class Measured:
    """What became of one side."""

    side: Side
    quality: Quality
    blocks: Samples = field(default_factory=dict)

    def add(self, answer: dict[str, Any], order: int, pair: int) -> None:
        """The answer of one process; `order` counts all processes, `pair` the sets that ran one after the other."""
        for row in answer["prefill"]:
            self._add(f"prefill-{row['tokens']}", row["latency_ns"], order, pair)
        for row in answer["decode"]:
            self._add(f"decode-at-{row['depth']}", [ns for repetition in row["latency_ns"] for ns in repetition], order, pair)

    def _add(self, case: str, latency_ns: list[int], order: int, pair: int) -> None:
        self.blocks.setdefault(case, []).append({"order": order, "pair": pair, "latency_ns": latency_ns})

    def tokens_per_s(self, case: str) -> float:
        """Of the median latency over all processes."""
        tokens = int(case.removeprefix("prefill-")) if case.startswith("prefill-") else 1
        return tokens * 1e9 / median(ns for block in self.blocks[case] for ns in block["latency_ns"])


def case_names(plan: Plan) -> list[str]:
    return [f"prefill-{length}" for length in plan.prefill] + [f"decode-at-{depth}" for depth in plan.decode_at]


def _time_scores(case: str, blocks: list[dict[str, Any]]) -> dict[str, float]:
    latencies = [ns for block in blocks for ns in block["latency_ns"]]
    mean = sum(latencies) / len(latencies)
    scores = {"latency_p50_ms": median(latencies) / 1e6, "latency_mean_ms": mean / 1e6, "latency_min_ms": min(latencies) / 1e6}
    if case.startswith("prefill-"):
        tokens = int(case.removeprefix("prefill-"))
        return scores | {"ttft_ms": median(latencies) / 1e6, "prefill_tokens_per_s": tokens * 1e9 / mean}
    return scores | {"decode_tokens_per_s": 1e9 / mean}


def _cells(measured: Measured, golden: Golden, golden_sha256: str) -> list[dict[str, Any]]:
    common = {"suite": SUITE, "variant": measured.side.name, "backend": BACKEND, "recipe": measured.side.recipe}
    quality = measured.quality
    outcome = {"status": "pass"}
    if quality.scores["nonfinite_count"] > 0:
        outcome = {"status": "fail", "stage": "accuracy", "reason": "NaN or Inf among the logits"}
    text = {
        **common, "case": "text", **outcome, "scores": {**quality.scores, "pte_bytes": measured.side.path.stat().st_size},
        "series": quality.series, "input_sha256": golden.metadata["input_sha256"], "golden_sha256": golden_sha256,
    }
    times = [
        {**common, "case": case, "status": "pass", "scores": _time_scores(case, blocks), "blocks": blocks}
        for case, blocks in measured.blocks.items()
    ]
    return [text, *times]


def make_document(
    sides: list[Measured], golden: Golden, threads: int, version: str, started: str, finished: str
) -> dict[str, Any]:
    """One run: all sides with one number of threads."""
    golden_sha256 = hashlib.sha256(golden.path.read_bytes()).hexdigest()
    return {
        "format": "assay-import", "version": 1, "uuid": str(uuid.uuid4()), "started_utc": started, "finished_utc": finished,
        "tool": {"name": "migration_check, llama-cpp-python", "version": version}, "model": golden.metadata["model"],
        "weights": "trained", "device": "local", "threads": threads,
        "cells": [cell for side in sides for cell in _cells(side, golden, golden_sha256)],
    }
