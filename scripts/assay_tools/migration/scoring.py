"""Scores of logits against a golden, the same for both runtimes. Definitions: llama-perplexity's; docs/guide/llm-goldens.md."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from assay_tools.common.errors import UserError
from assay_tools.references.llm_golden import Tensors, divergence_bounds, log_softmax


@dataclass(frozen=True)
class Golden:
    """A golden as it was read; `sparse` has the top tokens only, else `logits` are there."""

    path: Path
    metadata: dict[str, str]
    tensors: Tensors

    @property
    def tokens(self) -> list[int]:
        return self.tensors["tokens"].tolist()

    @property
    def sparse(self) -> bool:
        return "logits" not in self.tensors


@dataclass(frozen=True)
class Quality:
    """`scores` by the catalogue's metric ids, `series` one value a scored position."""

    scores: dict[str, float]
    series: dict[str, list[float]] = field(repr=False)


def read_golden(path: Path) -> Golden:
    try:
        with safe_open(path, "np") as file:
            golden = Golden(path, file.metadata() or {}, {name: file.get_tensor(name) for name in file.keys()})
    except (OSError, SafetensorError) as error:
        raise UserError(f"--golden {path}: cannot be read: {error}; make one with scripts/make_llm_golden.py") from error
    if golden.metadata.get("task") != "llm" or golden.metadata.get("llm_kind") != "text":
        raise UserError(f"--golden {path}: is no golden of a text; make one with scripts/make_llm_golden.py --text")
    return golden


def _error_of_mean(values: np.ndarray) -> float:
    """Standard error, as llama-perplexity computes it."""
    return float(values.std() / math.sqrt(max(len(values) - 1, 1)))


def score(golden: Golden, logits: np.ndarray) -> Quality:
    """Of logits float32 [n, V], those after each token of the golden. A sparse golden gives the lower bound of each KLD."""
    found, positions = golden.tensors, golden.tensors["positions"]
    if not np.isfinite(logits).all():
        return Quality({"nonfinite_count": float((~np.isfinite(logits)).sum())}, {})
    targets = found["tokens"][positions + 1]
    rows = np.arange(len(positions))
    log_q = log_softmax(logits[positions])[0]
    excess = 0.0
    if golden.sparse:
        kld, upper = divergence_bounds(found, log_q)
        excess = float((upper - kld).mean())
        golden_best, golden_target = found["top_ids"][:, 0], found["target_logprobs"].astype(np.float64)
    else:
        log_p = log_softmax(found["logits"])[0]
        kld = (np.exp(log_p) * (log_p - log_q)).sum(axis=1)
        golden_best, golden_target = log_p.argmax(axis=1), log_p[rows, targets]
    best = log_q.argmax(axis=1)
    same = (best == golden_best).astype(np.float64)
    nll = -log_q[rows, targets]
    worse = golden_target + nll  # ln of the perplexity ratio, position by position
    ratio = math.exp(worse.mean())
    scores = {
        "kld_mean": float(kld.mean()), "kld_mean_unc": _error_of_mean(kld), "kld_median": float(np.median(kld)),
        "kld_max": float(kld.max()), "kld_sparse_excess": excess,
        "top1_agreement": float(same.mean()), "top1_agreement_unc": _error_of_mean(same),
        "perplexity": math.exp(nll.mean()), "perplexity_unc": math.exp(nll.mean()) * _error_of_mean(nll),
        "golden_perplexity": math.exp(-golden_target.mean()),
        "perplexity_ratio": ratio, "perplexity_ratio_unc": ratio * _error_of_mean(worse), "nonfinite_count": 0.0,
    }
    series = {"kld": kld, "token": targets, "best_token": best, "golden_best_token": golden_best}
    return Quality(scores, {name: [float(value) for value in values] for name, values in series.items()})
