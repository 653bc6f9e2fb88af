"""What migration_check.py prints: Markdown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay_tools.migration.document import Measured

Compare = Callable[[str, str], dict[str, Any]]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join([_row(head), "|" + "---|" * len(head), *map(_row, rows)])


def _with_error(scores: dict[str, float], metric: str, digits: int) -> str:
    if metric not in scores:
        return "NaN or Inf"
    return f"{scores[metric]:.{digits}f} +- {scores[metric + '_unc']:.{digits}f}"


def summary_table(measured: list[Measured], cases: list[str], sparse: bool) -> str:
    """A line a variant: bytes, quality against the golden, tokens a second of the median latency."""
    head = ["variant", "bytes", "mean KLD (lower bound)" if sparse else "mean KLD", "PPL ratio", "same top token"]
    head += [f"{case} tok/s" for case in cases]
    rows = []
    for one in measured:
        scores = one.quality.scores
        rows.append([
            one.side.name, f"{one.side.path.stat().st_size:,}", _with_error(scores, "kld_mean", 4),
            _with_error(scores, "perplexity_ratio", 3), _with_error(scores, "top1_agreement", 3),
            *[f"{one.tokens_per_s(case):.1f}" for case in cases],
        ])
    return _table(head, rows)


def _speed_ratio(comparison: dict[str, Any], case: str) -> str:
    """How many times as fast B is, from the paired medians that `assay compare` set against each other."""
    for group in comparison["groups"]:
        for entry in group["cases"]:
            for metric in entry["metrics"] if entry["case"] == case else []:
                if metric["metric"] == "latency_p50_ms" and metric["effect"]["value"]:
                    ratio = f"{1 / metric['effect']['value']:.2f}"
                    if metric["ci_low"] is None:
                        return ratio
                    return f"{ratio} ({1 / metric['ci_high']:.2f} to {1 / metric['ci_low']:.2f})"
    return "-"


def ratio_table(baseline: Measured, measured: list[Measured], cases: list[str], compare: Compare) -> str:
    """How many times as fast each other variant is as `baseline`, with the interval of `assay compare`."""
    rows = []
    for one in measured:
        if one is not baseline:
            comparison = compare(baseline.side.name, one.side.name)
            rows.append([one.side.name, *[_speed_ratio(comparison, case) for case in cases]])
    return _table([f"times as fast as {baseline.side.name}", *cases], rows)
