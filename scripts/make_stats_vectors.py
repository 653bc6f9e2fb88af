#!/usr/bin/env python3
"""Writes tests/data/stats/vectors.json: what NumPy and SciPy make of some samples.

tests/unit/stats compares harness/stats with these numbers, so that our statistics are checked
against an independent implementation. Needs numpy and scipy; run it again only to add vectors.

    python3 scripts/make_stats_vectors.py
"""
import itertools
import json
import pathlib

import numpy as np
import scipy.stats

QUANTILES = [0.0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1.0]


def summary(name, values):
    values = np.asarray(values, dtype=float)
    return {
        "name": name,
        "values": values.tolist(),
        "mean": values.mean(),
        "stdev": values.std(ddof=1) if len(values) > 1 else 0.0,
        "median": np.median(values),
        "quantiles": [[q, np.quantile(values, q)] for q in QUANTILES],
    }


def exact_bootstrap(name, values, statistic, confidence=0.95):
    """All n^n resamples, each as likely as the next: the bootstrap without Monte Carlo error."""
    distribution = [statistic(r) for r in itertools.product(values, repeat=len(values))]
    n = len(values)
    t = scipy.stats.t.ppf(1 - (1 - confidence) / 2, n - 1)
    tail = scipy.stats.norm.cdf(-np.sqrt(n / (n - 1)) * t)
    return {
        "name": name,
        "values": list(values),
        "statistic": statistic.__name__,
        "tail": tail,
        "quartiles": np.quantile(distribution, [0.25, 0.5, 0.75]).tolist(),
        "low": np.quantile(distribution, tail),
        "high": np.quantile(distribution, 1 - tail),
    }


def scipy_bootstrap(name, values, statistic):
    """SciPy's percentile interval, whose tails are the unexpanded 2.5 %."""
    result = scipy.stats.bootstrap(
        (values,), statistic, method="percentile", n_resamples=50000,
        rng=np.random.default_rng(7))
    return {
        "name": name,
        "values": list(values),
        "statistic": statistic.__name__,
        "low": result.confidence_interval.low,
        "high": result.confidence_interval.high,
    }


def main():
    rng = np.random.default_rng(20260101)
    long_tail = np.round(np.exp(rng.normal(-2.5, 0.4, 101)), 6)
    normal = np.round(rng.normal(0.02, 0.05, 60), 6)
    vectors = {
        "made_with": f"numpy {np.__version__}, scipy {scipy.__version__}",
        "summaries": [
            summary("one value", [3.5]),
            summary("two values", [1.0, 2.0]),
            summary("even count", [4.0, 1.0, 3.0, 2.0]),
            summary("repeated values", [2.0, 2.0, 2.0, 5.0, 5.0]),
            summary("large offset", [1e9 + 1, 1e9 + 2, 1e9 + 4]),
            summary("long tail", long_tail),
        ],
        "t_cdf": [[t, dof, scipy.stats.t.cdf(t, dof)]
                  for dof in (1, 2, 3, 4, 7, 8, 30, 101) for t in (-3.0, -0.5, 0.0, 1.0, 6.0)],
        "t_quantile": [[p, dof, scipy.stats.t.ppf(p, dof)]
                       for dof in (1, 2, 4, 7, 29, 200) for p in (0.005, 0.025, 0.5, 0.9, 0.975)],
        "normal_cdf": [[z, scipy.stats.norm.cdf(z)] for z in (-4.0, -1.96, 0.0, 0.3, 2.5)],
        "exact_bootstrap": [
            exact_bootstrap("mean of six", [0.1, -0.2, 0.05, 0.4, 0.3, 0.0], np.mean),
            exact_bootstrap("median of seven", [1.0, 1.5, 0.2, 0.9, 1.1, 3.0, 0.7], np.median),
        ],
        "scipy_bootstrap": [
            scipy_bootstrap("mean of sixty", normal, np.mean),
            scipy_bootstrap("median of a long tail", long_tail, np.median),
        ],
    }
    target = pathlib.Path(__file__).parent.parent / "tests" / "data" / "stats" / "vectors.json"
    target.write_text(json.dumps(vectors, separators=(",", ": "), indent=None)
                      .replace('{"name"', '\n{"name"') + "\n")


if __name__ == "__main__":
    main()
