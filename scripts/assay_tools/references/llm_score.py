"""Scores of logits against the golden of a language model.

A second opinion on the figures of assay, whose scoring is C++: nothing here is shared with it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import safe_open

from assay_tools.references.llm_golden import divergence_bounds, log_softmax


@dataclass(frozen=True)
class Golden:
    """A sparse golden as it was read."""

    name: str
    kind: str
    tensors: dict[str, np.ndarray]


@dataclass(frozen=True)
class Scores:
    """One model on one golden. KLD in nats, mean over positions: exact, and what the sparse golden knows of it."""

    kld: float
    kld_lower: float
    kld_upper: float
    kld_max: float
    top1: float
    perplexity: float
    perplexity_ratio: float
    common_prefix: int | None  # greedy goldens: tokens before the first one that differs


def read_golden(path: Path) -> Golden:
    """Reads with the safetensors package, not with the code that wrote it."""
    with safe_open(path, "np") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
        return Golden(path.stem, file.metadata()["llm_kind"], tensors)


def score(golden: Golden, reference_logits: np.ndarray, logits: np.ndarray) -> Scores:
    """Compares logits [n, V] of a model with those of the reference at the positions of the golden."""
    found, positions = golden.tensors, golden.tensors["positions"]
    targets = found["tokens"][positions + 1]
    rows = np.arange(len(positions))
    log_p, log_q = log_softmax(reference_logits[positions])[0], log_softmax(logits[positions])[0]
    kld = (np.exp(log_p) * (log_p - log_q)).sum(axis=1)
    lower, upper = divergence_bounds(found, log_q)
    best = log_q.argmax(axis=1)
    differs = np.flatnonzero(best != targets)
    return Scores(
        kld=float(kld.mean()), kld_lower=float(lower.mean()), kld_upper=float(upper.mean()), kld_max=float(kld.max()),
        top1=float((best == found["top_ids"][:, 0]).mean()),
        perplexity=math.exp(-log_q[rows, targets].mean()),
        perplexity_ratio=math.exp((found["target_logprobs"].astype(np.float64) - log_q[rows, targets]).mean()),
        common_prefix=None if golden.kind == "text" else int(differs[0]) if len(differs) else len(positions),
    )
