#!/usr/bin/env python3
"""Writes tests/data/stats/vectors.json: what NumPy and SciPy make of some samples.

tests/unit/stats compares harness/stats with these numbers, so that our statistics are checked
against an independent implementation. Needs numpy and scipy; run it again only to add vectors.

    scripts/python_env export scripts/make/make_stats_vectors.py
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assay_tools.common.packages import require_packages
from assay_tools.common.places import REPOSITORY

require_packages("numpy", "scipy")

import numpy as np
import scipy.optimize
import scipy.special
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


def robust(name, values):
    """Trimmed mean, deviations, and the median of the Walsh averages."""
    values = np.asarray(values, dtype=float)
    i, j = np.triu_indices(len(values))
    return {
        "name": name,
        "values": values.tolist(),
        "trimmed_means": [[share, scipy.stats.trim_mean(values, share)]
                          for share in (0.0, 0.1, 0.2, 0.45)],
        "mad": scipy.stats.median_abs_deviation(values),
        "mad_normal": scipy.stats.median_abs_deviation(values, scale="normal"),
        "cv": scipy.stats.variation(values, ddof=1) if len(values) > 1 else 0.0,
        "walsh_median": np.median((values[i] + values[j]) / 2),
    }


def two_samples(name, x, y):
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    test = scipy.stats.mannwhitneyu(x, y, method="auto")
    return {
        "name": name,
        "x": x.tolist(),
        "y": y.tolist(),
        "shift": np.median(np.subtract.outer(y, x)),
        "u": test.statistic,
        "p": test.pvalue,
    }


def spearman(name, x, y):
    result = scipy.stats.spearmanr(x, y)
    return {"name": name, "x": list(map(float, x)), "y": list(map(float, y)),
            "rho": result.statistic, "p": result.pvalue}


def min_queries(percentile, confidence, slower):
    """Searches upwards in SciPy's incomplete beta function, h by h."""
    h = 1
    while scipy.special.betainc(h, slower + 1, percentile) > 1 - confidence:
        h += 1
    return [percentile, confidence, slower, h + slower]


def allowed_slower(runs, percentile, confidence):
    t = np.arange(1, runs)
    allowed = t[scipy.special.betainc(runs - t, t + 1, percentile) <= 1 - confidence]
    return [runs, percentile, confidence, int(allowed.max(initial=0))]


def false_discoveries(name, p_values):
    return {"name": name, "values": list(p_values),
            "adjusted": scipy.stats.false_discovery_control(p_values, method="bh").tolist()}


def scipy_bca(name, values, statistic):
    result = scipy.stats.bootstrap(
        (values,), statistic, method="BCa", n_resamples=50000, vectorized=False,
        rng=np.random.default_rng(11))
    return {
        "name": name,
        "values": list(values),
        "statistic": statistic.__name__,
        "low": result.confidence_interval.low,
        "high": result.confidence_interval.high,
        "standard_error": result.standard_error,
    }


def hodges_lehmann(values):
    i, j = np.triu_indices(len(values))
    return np.median((values[i] + values[j]) / 2)


def trimmed_mean(values):
    return scipy.stats.trim_mean(values, 0.2)


def dip_with_mode(x, share, mode):
    """The least distance of a distribution that is convex up to x[mode] and concave from there on, as
    a linear program: minimise d over its values left (a) and right (b) of each x, which are equal but
    at the mode."""
    n = len(x)
    a, b, d = np.arange(n), n + np.arange(n), 2 * n
    rows, limits, equal = [], [], []

    def at_most(terms, limit):
        row = np.zeros(2 * n + 1)
        for index, factor in terms:
            row[index] += factor
        rows.append(row)
        limits.append(limit)

    for i in range(n):
        at_most([(a[i], 1), (d, -1)], share[i - 1] if i else 0)  # no higher than the step before + d
        at_most([(b[i], -1), (d, -1)], -share[i])                # no lower than the step - d
        at_most([(a[i], 1), (b[i], -1)], 0)
        if i != mode:
            row = np.zeros(2 * n + 1)
            row[a[i]], row[b[i]] = 1, -1
            equal.append(row)
        if i + 1 < n:
            at_most([(b[i], 1), (a[i + 1], -1)], 0)
    for i in range(1, n - 1):
        if i == mode:
            continue
        left, right = x[i] - x[i - 1], x[i + 1] - x[i]
        sign = 1 if i < mode else -1  # the slope rises before the mode and falls after it
        at_most([(a[i], sign / left), (b[i - 1], -sign / left),
                 (a[i + 1], -sign / right), (b[i], sign / right)], 0)
    cost = np.zeros(2 * n + 1)
    cost[d] = 1
    return scipy.optimize.linprog(
        cost, A_ub=np.array(rows), b_ub=limits, A_eq=np.array(equal) if equal else None,
        b_eq=np.zeros(len(equal)) if equal else None, bounds=[(0, 1)] * (2 * n) + [(0, None)]).fun


def dip(name, values):
    """Hartigan's dip from its definition."""
    x, counts = np.unique(values, return_counts=True)
    share = np.cumsum(counts) / len(values)
    return {"name": name, "values": sorted(map(float, values)),
            "dip": max(min(dip_with_mode(x, share, mode) for mode in range(len(x))),
                       0.5 / len(values))}


def exact_vectors():
    """What follows from counts alone."""
    return {
        "binomial_cdf": [[k, n, p, scipy.stats.binom.cdf(k, n, p)]
                         for n in (1, 2, 15, 40, 1000, 10**6)
                         for p in (0.001, 0.1, 0.5, 0.99)
                         for k in sorted({0, int(n * p * 0.9), int(n * p), int(n * p * 1.1), n - 1})
                         if k < n],
        "mcnemar": [[b, c, scipy.stats.binomtest(b, b + c, 0.5).pvalue]
                    for b, c in ((0, 1), (0, 5), (1, 9), (3, 3), (10, 25), (400, 500), (20, 0))],
        "min_queries": [min_queries(p, c, t) for p in (0.5, 0.9, 0.95, 0.97, 0.99, 0.999)
                        for c in (0.95, 0.99) for t in (1, 2, 10)],
        "allowed_slower": [allowed_slower(n, p, 0.99)
                           for p in (0.5, 0.9, 0.99)
                           for n in (2, 10, 11, 63, 64, 100, 200, 500, 662, 1000, 1024, 7914, 24576)],
    }


def later_vectors():
    """Drawn from a generator of their own, so that earlier vectors stay as they are."""
    rng = np.random.default_rng(20261121)

    def tailed(n):
        return np.round(np.exp(rng.normal(0, 0.5, n)), 6)

    def ticks(n):
        return rng.integers(0, 6, n).astype(float)

    p_values = np.round(rng.uniform(0, 1, 40) ** 3, 7)
    order = np.arange(60.0)
    return {
        "robust": [
            robust("one value", [3.5]),
            robust("two values", [1.0, 2.0]),
            robust("one wild value", [1.0, 1.1, 0.9, 1.05, 50.0]),
            robust("ties", ticks(30) + 1),
            robust("even count", tailed(44)),
            robust("odd count", tailed(201)),
        ],
        "two_samples": [
            two_samples("one and one", [1.0], [2.0]),
            two_samples("exact, far apart", [1, 2, 3, 4], [5, 6, 7, 8, 9]),
            two_samples("exact", tailed(8), tailed(7) + 0.2),
            two_samples("exact, few and many", tailed(5), tailed(60)),
            two_samples("few with ties", [1, 2, 2, 3], [2, 3, 3, 4, 5]),
            two_samples("all equal", [2, 2, 2], [2, 2]),
            two_samples("nine and nine", tailed(9), tailed(9) * 1.5),
            two_samples("normal approximation", tailed(40), tailed(55) * 1.2),
            two_samples("many ties", ticks(50), ticks(70) + 1),
        ],
        "spearman": [
            spearman("rises", [1, 2, 3, 4], [2, 3, 5, 9]),
            spearman("drift", order, 0.02 * order + rng.normal(0, 1, 60).round(6)),
            spearman("no drift", order, rng.normal(0, 1, 60).round(6)),
            spearman("ties", ticks(30), ticks(30)),
        ],
        **exact_vectors(),
        "false_discoveries": [
            false_discoveries("one", [0.03]),
            false_discoveries("ties", [0.01, 0.04, 0.01, 0.2, 0.04, 1.0]),
            false_discoveries("forty", p_values.tolist()),
        ],
        "normal_quantile": [[p, scipy.stats.norm.ppf(p)]
                            for p in (1e-300, 1e-12, 1e-4, 0.025, 0.3, 0.5, 0.6, 0.975, 0.9999)],
        "scipy_bca": [
            scipy_bca("skewed mean", tailed(40), np.mean),
            scipy_bca("skewed trimmed mean", tailed(50), trimmed_mean),
            scipy_bca("skewed Hodges-Lehmann", tailed(31), hodges_lehmann),
        ],
        "dips": [
            dip("one value", [1.0]),
            dip("even spacing", range(8)),
            dip("two halves", [0, 0, 0, 0, 1, 1, 1, 1]),
            dip("a fifth apart", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 5.0, 5.1]),
            dip("three groups", [0, 0.1, 0.3, 4, 4.1, 4.15, 4.3, 9, 9.2, 9.21]),
            dip("ties", [1, 1, 2, 2, 2, 3, 5, 5, 5, 5, 6]),
            dip("uniform", rng.uniform(0, 1, 25).round(6)),
            dip("normal", rng.normal(0, 1, 30).round(6)),
            dip("long tail", tailed(30)),
            dip("two modes", np.concatenate([tailed(15), tailed(10) + 4])),
        ],
    }


def main():
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
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
        **later_vectors(),
    }
    target = REPOSITORY / "tests" / "data" / "stats" / "vectors.json"
    target.write_text(json.dumps(vectors, separators=(",", ": "), indent=None)
                      .replace('{"name"', '\n{"name"') + "\n")


if __name__ == "__main__":
    main()
