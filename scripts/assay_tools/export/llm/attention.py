"""The part of a layer that XNNPACK does not run: the key/value cache and attention over it.

Two ways. `CustomAttention` calls ExecuTorch's llama:: operators, which change the cache in place and read only what is
filled. `PlainAttention` uses ordinary operators that every runtime has, and reads the whole cache each time.
"""

from __future__ import annotations

import math

import executorch.extension.llm.custom_ops.custom_ops  # noqa: F401  registers torch.ops.llama.*
import torch
from torch import nn

from assay_tools.export.llm.config import ModelConfig


class _Cache(nn.Module):
    """Keys and values of one layer, float32 [1, max_seq_len, n_kv_heads, head_dim]."""

    def __init__(self, config: ModelConfig, max_seq_len: int) -> None:
        super().__init__()
        shape = (1, max_seq_len, config.n_kv_heads, config.head_dim)
        for name in ("k_cache", "v_cache"):
            self.register_buffer(name, torch.zeros(shape), persistent=False)


class CustomAttention(_Cache):
    """q [1,S,H,D], k and v [1,S,KV,D], start of S in the cache -> [1,S,H,D], causal."""

    def forward(self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, start: int) -> torch.Tensor:
        torch.ops.llama.update_cache(k, self.k_cache, start)
        torch.ops.llama.update_cache(v, self.v_cache, start)
        return torch.ops.llama.custom_sdpa(q, self.k_cache, self.v_cache, start, None, 0.0, True)


class PlainAttention(_Cache):
    """The same result from ordinary operators."""

    def __init__(self, config: ModelConfig, max_seq_len: int) -> None:
        super().__init__(config, max_seq_len)
        self.kv_heads = config.n_kv_heads
        self.sharing = config.n_heads // config.n_kv_heads
        self.head_dim = config.head_dim
        self.register_buffer("columns", torch.arange(max_seq_len), persistent=False)

    def forward(self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, start: int) -> torch.Tensor:
        length, heads, dim = q.size(1), self.kv_heads, self.head_dim
        rows = torch.arange(length) + start
        self.k_cache[:, rows] = k
        self.v_cache[:, rows] = v
        # Query heads that share a key head are rows of one matrix: [KV, sharing * S, D].
        grouped = q.view(length, heads, self.sharing, dim).permute(1, 2, 0, 3).reshape(heads, -1, dim)
        scores = torch.bmm(grouped, self.k_cache.view(-1, heads, dim).permute(1, 2, 0)) / math.sqrt(dim)
        hidden = torch.where(self.columns[None, :] <= rows[:, None], 0.0, -torch.inf)
        scores = scores.view(heads, self.sharing, length, -1) + hidden
        weights = torch.softmax(scores, dim=-1).view(heads, self.sharing * length, -1)
        mixed = torch.bmm(weights, self.v_cache.view(-1, heads, dim).permute(1, 0, 2))
        mixed = mixed.view(heads, self.sharing, length, dim).permute(2, 0, 1, 3).contiguous()
        return mixed.view(1, length, heads * self.sharing, dim)


ATTENTIONS = {"custom": CustomAttention, "plain": PlainAttention}
