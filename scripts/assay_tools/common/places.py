"""Where the repository is, and where what can be made again is kept."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]


def cache_folder() -> Path:
    """$ASSAY_CACHE, by default .cache in the repository."""
    return Path(os.environ.get("ASSAY_CACHE") or REPOSITORY / ".cache")


def full_tier_folder() -> Path:
    """Where scripts/full_tier puts what it makes, and `assay run --tier full` looks for it."""
    return cache_folder().absolute() / "full_tier"
