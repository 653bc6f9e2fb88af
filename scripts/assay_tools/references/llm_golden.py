"""The tensors of a language-model golden, computed from logits in float64; the format is docs/guide/llm-goldens.md.

Shapes: n tokens fed, m scored positions, k stored log-probabilities a position, V the vocabulary. All logs are natural.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from assay_tools.common.errors import UserError

Tensors = dict[str, np.ndarray]


def scored_positions(token_count: int, first: int = 0) -> np.ndarray:
    """int32 positions whose next token is known: first, first + 1, ..., token_count - 2."""
    if not 0 <= first <= token_count - 2:
        raise UserError(f"nothing to score: {token_count} tokens, first scored position {first}; the last one predicts nothing")
    return np.arange(first, token_count - 1, dtype=np.int32)


def log_softmax(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(ln p float64 [m, V], ln sum exp float64 [m]) of logits [m, V]."""
    wide = logits.astype(np.float64)
    largest = wide.max(axis=1, keepdims=True)
    log_sum = largest[:, 0] + np.log(np.exp(wide - largest).sum(axis=1))
    return wide - log_sum[:, None], log_sum


def sparse_tensors(logits: np.ndarray, targets: np.ndarray, top_k: int) -> Tensors:
    """What a sparse golden stores of logits [m, V], with the token id that follows each position as target [m].

    Equal log-probabilities are ordered by token id. tail_mass and tail_entropy are sums over the tokens that are not
    stored (not one minus the stored ones, which would lose a small tail to rounding).
    """
    positions, vocabulary = logits.shape
    if not 1 <= top_k < vocabulary:
        raise UserError(f"--top-k {top_k}: give 1 to {vocabulary - 1} (the vocabulary has {vocabulary} tokens), or --dense")
    log_p, log_sum = log_softmax(logits)
    order = np.argsort(-log_p, axis=1, kind="stable")
    top, tail = order[:, :top_k], order[:, top_k:]
    tail_log_p = np.take_along_axis(log_p, tail, axis=1)
    # p is 0 where a logit is -inf or far below the others; p ln p is 0 there.
    tail_p = np.exp(tail_log_p)
    tail_terms = np.where(tail_p > 0.0, tail_p * np.where(tail_p > 0.0, tail_log_p, 0.0), 0.0)
    return {
        "top_ids": top.astype(np.int32),
        "top_logprobs": np.take_along_axis(log_p, top, axis=1).astype(np.float32),
        "tail_mass": tail_p.sum(axis=1).astype(np.float32),
        "tail_entropy": (-tail_terms.sum(axis=1)).astype(np.float32),
        "logsumexp": log_sum.astype(np.float32),
        "target_logprobs": log_p[np.arange(positions), targets].astype(np.float32),
    }


def divergence_bounds(sparse: Tensors, log_q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(lower, upper) float64 [m]: between these lies the KL divergence of a model with ln q [m, V] from the reference.

    The log-sum inequality below, the least probable tail token above: docs/guide/llm-goldens.md derives both.
    """
    ids, top_log_p = sparse["top_ids"], sparse["top_logprobs"].astype(np.float64)
    head = (np.exp(top_log_p) * (top_log_p - np.take_along_axis(log_q, ids, axis=1))).sum(axis=1)
    tail_log_q = log_q.copy()
    np.put_along_axis(tail_log_q, ids, np.nan, axis=1)
    mass, mass_q = sparse["tail_mass"].astype(np.float64), np.nansum(np.exp(tail_log_q), axis=1)
    lower = head + mass * np.log(mass / mass_q)
    return lower, head - sparse["tail_entropy"] - mass * np.nanmin(tail_log_q, axis=1)


def golden_tensors(
    tokens: Sequence[int], positions: np.ndarray, logits: np.ndarray, top_k: int | None, token_ends: Sequence[int] | None
) -> Tensors:
    """All tensors of a golden; `logits` [m, V] are those of `positions`, top_k None makes a dense one."""
    fed = np.array(tokens, dtype=np.int32)
    found: Tensors = {"tokens": fed, "positions": positions.astype(np.int32)}
    if not np.isfinite(logits).all():
        raise UserError("the reference model gave NaN or Inf logits; no golden can be made of them")
    if top_k is None:
        found["logits"] = logits.astype(np.float32)
    else:
        found |= sparse_tensors(logits, fed[positions + 1], top_k)
    if token_ends is not None:
        found["token_ends"] = np.array(token_ends, dtype=np.int32)
    return found


def input_sha256(tokens: Sequence[int]) -> str:
    """SHA-256 of the tokens as little-endian int32: what the input of a run has to hash to."""
    return hashlib.sha256(np.array(tokens, dtype="<i4").tobytes()).hexdigest()
