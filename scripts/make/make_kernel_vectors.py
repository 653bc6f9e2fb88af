#!/usr/bin/env python3
"""Writes tests/data/kernels/attention.safetensors: what PyTorch's scaled_dot_product_attention makes of some caches.

tests/unit/runtime compares the llama:: kernels with it, so that they are checked against an independent implementation.
Computed in float64, stored as float32. ExecuTorch's own operators (they need libtorch, so they exist in Python only) are
run on the same inputs; their largest difference from PyTorch is kept in the metadata, and more than 1e-5 is an error.

    scripts/python_env export scripts/make/make_kernel_vectors.py
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assay_tools.common.packages import require_packages
from assay_tools.common.places import REPOSITORY

require_packages("numpy", "torch", "executorch")

import numpy as np
import torch
from executorch.extension.llm.custom_ops import custom_ops  # noqa: F401  registers torch.ops.llama

from assay_tools.common.safetensors_file import write_safetensors

OUTPUT = REPOSITORY / "tests/data/kernels/attention.safetensors"
LARGEST_DIFFERENCE = 1e-5


@dataclass
class Case:
    """One call: `queries` positions from `start` on, after `start` that are in the cache already."""

    name: str
    queries: int
    start: int
    heads: int
    kv_heads: int
    head_dim: int
    cache_length: int
    mask: str = "causal"  # causal, none, or float: [queries, cache_length], of which a part is -inf
    scale: float | None = None
    batch: int = 1


CASES = [
    Case("mha-prefill", 5, 0, 4, 4, 16, 8),
    Case("mha-decode", 1, 6, 4, 4, 16, 8),
    Case("gqa-prefill", 20, 0, 6, 2, 16, 24),
    Case("gqa-prefill-later", 12, 9, 6, 2, 16, 24),
    Case("gqa-decode", 1, 20, 9, 3, 64, 21),
    Case("mqa-prefill", 9, 3, 8, 1, 32, 16),
    Case("mqa-decode", 1, 15, 8, 1, 32, 16),
    Case("odd-head-dim-prefill", 11, 2, 4, 2, 23, 13),
    Case("odd-head-dim-decode", 1, 12, 4, 2, 23, 13),
    Case("head-dim-1", 3, 2, 2, 1, 1, 7),
    Case("head-dim-80", 1, 10, 2, 2, 80, 11),
    Case("long-context-decode", 1, 500, 3, 1, 16, 501),
    Case("long-context-prefill", 17, 200, 2, 1, 16, 230),
    Case("not-causal", 4, 8, 4, 2, 16, 16, mask="none"),
    Case("float-mask-prefill", 6, 5, 4, 2, 16, 16, mask="float"),
    Case("float-mask-decode", 1, 9, 6, 2, 16, 40, mask="float"),
    Case("scale", 5, 4, 4, 2, 16, 12, scale=0.7),
    Case("two-batches", 3, 4, 4, 2, 16, 9, batch=2),
]


def make_mask(case: Case, generator: torch.Generator) -> torch.Tensor | None:
    """A sliding window with small numbers where something is seen."""
    if case.mask != "float":
        return None
    mask = torch.randn(case.queries, case.cache_length, generator=generator)
    positions = torch.arange(case.cache_length)[None, :]
    queries = case.start + torch.arange(case.queries)[:, None]
    hidden = (positions > queries) | (positions <= queries - 4)
    return mask.masked_fill(hidden, -math.inf)


def reference(case: Case, query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor,
              mask: torch.Tensor | None) -> torch.Tensor:
    """scaled_dot_product_attention in float64. `keys` and `values` are whole caches."""
    seen = case.cache_length if mask is not None else case.start + case.queries
    repeat = case.heads // case.kv_heads
    keys, values = (
        cache[:, :seen].double().transpose(1, 2).repeat_interleave(repeat, 1) for cache in (keys, values)
    )
    if case.mask == "causal":
        visible = torch.ones(case.queries, seen, dtype=torch.bool).tril(case.start)
        added = torch.zeros(case.queries, seen, dtype=torch.float64).masked_fill(~visible, -math.inf)
    else:
        added = None if mask is None else mask.double()
    out = torch.nn.functional.scaled_dot_product_attention(
        query.double().transpose(1, 2), keys, values, attn_mask=added, scale=case.scale)
    return out.transpose(1, 2)


def make(case: Case, seed: int) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Tensors and description of a case, checked against ExecuTorch's own operators."""
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator)

    query = normal(case.batch, case.queries, case.heads, case.head_dim)
    key, value = (normal(case.batch, case.queries, case.kv_heads, case.head_dim) for _ in range(2))
    past = [normal(case.batch, case.start, case.kv_heads, case.head_dim) for _ in range(2)]
    mask = make_mask(case, generator)
    caches = []
    for before, new in zip(past, (key, value), strict=True):
        cache = torch.zeros(case.batch, case.cache_length, case.kv_heads, case.head_dim)
        cache[:, : case.start] = before
        cache[:, case.start : case.start + case.queries] = new
        caches.append(cache)
    expected = reference(case, query, caches[0], caches[1], mask)

    causal = case.mask == "causal"
    own = torch.ops.llama.custom_sdpa(query, *caches, case.start, mask, 0.0, causal, case.scale)
    fresh = [cache.clone() for cache in caches]
    for cache in fresh:
        cache[:, case.start :] = 0
    fused = torch.ops.llama.sdpa_with_kv_cache(
        query, key, value, *fresh, case.start, case.queries, mask, 0.0, causal, case.scale)
    differences = [float((found.double() - expected).abs().max()) for found in (own, fused)]
    if max(differences) > LARGEST_DIFFERENCE or not all(map(torch.equal, fresh, caches)):
        sys.exit(f"{case.name}: ExecuTorch's own operators differ from PyTorch by {differences}")
    tensors = {"query": query, "key": key, "value": value, "past_keys": past[0], "past_values": past[1],
               "out": expected.float()}
    if mask is not None:
        tensors["mask"] = mask
    described = {**asdict(case), "executorch_difference": max(differences)}
    # A safetensors reader may refuse a tensor without elements: a start of 0 has no past.
    return {f"{case.name}.{name}": tensor.numpy() for name, tensor in tensors.items() if tensor.numel()}, described


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    tensors: dict[str, np.ndarray] = {}
    described = []
    for seed, case in enumerate(CASES):
        made, description = make(case, seed)
        tensors.update(made)
        described.append(description)
    metadata = {
        "runtime": f"torch {torch.__version__}, scaled_dot_product_attention in float64",
        "cases": json.dumps(described),
        "largest_executorch_difference": repr(max(row["executorch_difference"] for row in described)),
    }
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    write_safetensors(OUTPUT, tensors, metadata)
    print(f"{OUTPUT}: {len(CASES)} cases, {OUTPUT.stat().st_size} bytes; ExecuTorch's own operators differ by at most "
          f"{metadata['largest_executorch_difference']}")


if __name__ == "__main__":
    main()
