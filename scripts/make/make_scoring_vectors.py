#!/usr/bin/env python3
"""Writes tests/data/scoring/vectors.json: inputs and what numpy and scikit-learn make of them, for the tests of
golden/comparators and suites/vad_scoring.

    scripts/python_env export scripts/make/make_scoring_vectors.py
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assay_tools.common.packages import require_packages
from assay_tools.common.places import REPOSITORY

require_packages("numpy", "sklearn")

import numpy as np
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

SEED = 20260921
THRESHOLD = 0.5


def errors(generator: np.random.Generator, count: int, noise: float) -> dict[str, Any]:
    """A reference, a noisy copy of it, and their errors in float64."""
    reference = generator.normal(size=count).astype(np.float32)
    actual = (reference + noise * generator.normal(size=count)).astype(np.float32)
    r, a = reference.astype(np.float64), actual.astype(np.float64)
    return {
        "reference": reference.tolist(),
        "actual": actual.tolist(),
        "max_abs": float(np.max(np.abs(r - a))),
        "mean_abs": float(np.mean(np.abs(r - a))),
        "sqnr_db": float(10 * np.log10(np.sum(r**2) / np.sum((r - a) ** 2))),
        "cosine": float(r @ a / (np.linalg.norm(r) * np.linalg.norm(a))),
    }


def frames(generator: np.random.Generator, count: int, speech_share: float, steps: int) -> dict[str, Any]:
    """Labels, and scores that know them a little; rounded to `steps` levels, so that there are ties."""
    labels = generator.random(count) < speech_share
    raw = np.clip(0.35 * labels + 0.65 * generator.random(count), 0, 1)
    scores = (np.round(raw * steps) / steps).astype(np.float32)
    decisions = scores >= THRESHOLD
    return {
        "scores": scores.tolist(),
        "labels": labels.astype(int).tolist(),
        "precision": float(precision_score(labels, decisions)),
        "recall": float(recall_score(labels, decisions)),
        "f1": float(f1_score(labels, decisions)),
        "roc_auc": float(roc_auc_score(labels, scores)),
    }


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    generator = np.random.default_rng(SEED)
    vectors = {
        "errors": [errors(generator, count, noise) for count, noise in [(1, 0.1), (37, 0.3), (64, 1e-4)]],
        "frames": [frames(generator, count, share, steps) for count, share, steps in [(40, 0.5, 8), (61, 0.2, 1000)]],
    }
    path = REPOSITORY / "tests/data/scoring/vectors.json"
    path.write_text(json.dumps(vectors, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
