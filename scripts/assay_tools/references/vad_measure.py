"""Measures VAD variants against goldens with the ExecuTorch Python runtime: where the suite's thresholds come from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file

from assay_tools.common.audio import CHUNK_SAMPLES, chunks_with_context, read_audio
from assay_tools.common.pte_runner import load_method
from assay_tools.common.suite_file import Suite
from assay_tools.references.vad_reference import HIDDEN, VadOutputs

Metrics = dict[str, float | None]
THRESHOLD = 0.5


def run_pte(pte: Path, samples: np.ndarray) -> VadOutputs:
    """Scores and states of a clip; the variant's own state is carried on, so errors may add up as they do in use."""
    method = load_method(pte)
    h, c = torch.zeros(1, HIDDEN), torch.zeros(1, HIDDEN)
    rows = []
    for chunk in chunks_with_context(samples):
        score, h, c = method.execute((torch.from_numpy(chunk.copy()), h, c))
        rows.append((float(score), h[0].numpy().copy(), c[0].numpy().copy()))
    scores, state_h, state_c = zip(*rows, strict=True)
    return VadOutputs(np.array(scores, dtype=np.float32), np.stack(state_h), np.stack(state_c))


def sqnr_db(golden: np.ndarray, got: np.ndarray) -> float:
    """10 log10(sum golden^2 / sum (golden - got)^2); infinite when equal."""
    noise = np.sum(np.square(golden.astype(np.float64) - got))
    signal = np.sum(np.square(golden.astype(np.float64)))
    return float("inf") if noise == 0.0 else 10.0 * float(np.log10(signal / noise))


def chunk_labels(labels: Path) -> np.ndarray:
    """One value a chunk: true when at least half of its samples are labelled speech. Padding does not count."""
    record = json.loads(labels.read_text(encoding="utf-8"))
    covered = np.zeros(record["samples"], dtype=bool)
    for start, end in record["segments"]:
        covered[start:end] = True
    starts = range(0, len(covered), CHUNK_SAMPLES)
    return np.array([covered[start : start + CHUNK_SAMPLES].mean() >= 0.5 for start in starts])


def frame_f1(truth: np.ndarray, decided: np.ndarray) -> float | None:
    """F1 of speech chunks; None for a clip without speech."""
    if not truth.any():
        return None
    hits = float(np.sum(truth & decided))
    return 2.0 * hits / float(truth.sum() + decided.sum())


def measure(golden: VadOutputs, got: VadOutputs, labels: Path | None) -> Metrics:
    """The accuracy metrics of one clip, under the metric ids of the suite."""
    error = np.abs(golden.scores.astype(np.float64) - got.scores)
    decided, expected = got.scores >= THRESHOLD, golden.scores >= THRESHOLD
    truth = chunk_labels(labels) if labels else None
    return {
        "score_max_abs_error": float(error.max()),
        "score_mean_abs_error": float(error.mean()),
        "score_sqnr_db": sqnr_db(golden.scores, got.scores),
        "state_h_sqnr_db": sqnr_db(golden.state_h, got.state_h),
        "state_c_sqnr_db": sqnr_db(golden.state_c, got.state_c),
        "decision_flip_rate": float(np.mean(decided != expected)),
        "frame_f1": frame_f1(truth, decided) if truth is not None else None,
        "score_max": float(got.scores.max()),
    }


def measure_suite(suite: Suite, suite_path: Path) -> dict[str, dict[str, Metrics]]:
    """variant -> case -> metrics, with a first pseudo variant `golden` (the reference against itself)."""
    folder = suite_path.parent
    table: dict[str, dict[str, Metrics]] = {}
    variants = [("golden", None)] + [(item["name"], folder / item["pte"]) for item in suite["model"]["variants"]]
    for name, pte in variants:
        table[name] = {}
        for case in suite["cases"]:
            tensors = load_file(folder / case["golden"])
            golden = VadOutputs(tensors["scores"], tensors["state_h"], tensors["state_c"])
            got = golden if pte is None else run_pte(pte, read_audio(folder / case["wav"]))
            labels = folder / case["labels"] if "labels" in case else None
            table[name][case["name"]] = measure(golden, got, labels)
    return table


def markdown(table: dict[str, dict[str, Metrics]]) -> str:
    """One Markdown table per variant."""
    lines = []
    for variant, cases in table.items():
        metrics = list(next(iter(cases.values())))
        lines += [f"### {variant}", "", "| case | " + " | ".join(metrics) + " |", "|---" * (len(metrics) + 1) + "|"]
        for case, values in cases.items():
            lines.append(f"| {case} | " + " | ".join(_cell(name, values[name]) for name in metrics) + " |")
        lines.append("")
    return "\n".join(lines)


def _cell(metric: str, value: float | None) -> str:
    if value is None:
        return "-"
    if metric.endswith("_db"):
        return f"{value:.1f}"
    return f"{value:.1e}" if metric.endswith("_error") else f"{value:.4f}"
