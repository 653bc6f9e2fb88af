"""Quantized token embeddings, through the operators that ExecuTorch has for them."""

from __future__ import annotations

import executorch.exir.passes._quant_patterns_and_replacements  # noqa: F401  registers the embedding operators
import torch
from torch import nn

from assay_tools.export.llm.recipes import INT4_EMBEDDING_GROUP


class ByteEmbedding(nn.Module):
    """8-bit rows with one scale each; `weight` float32 [vocab, width]."""

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        scales = (weight.abs().amax(dim=1) / 127.0).clamp(min=1e-12)
        self.register_buffer("weight", torch.round(weight / scales[:, None]).to(torch.int8))
        self.register_buffer("scales", scales)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return torch.ops.quantized_decomposed.embedding_byte.default(self.weight, self.scales, None, -128, 127, tokens)


class Int4Embedding(nn.Module):
    """4-bit rows with one scale for each 32 values, two values a byte (the first in the high half)."""

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        groups = weight.view(weight.shape[0], -1, INT4_EMBEDDING_GROUP)
        # Of the two ends of -8 .. 7, the value farthest from zero takes the longer one.
        largest = groups.gather(2, groups.abs().argmax(dim=2, keepdim=True)).squeeze(2)
        scales = torch.where(largest == 0, 1.0, largest / -8.0)
        values = torch.round(groups / scales[:, :, None]).clamp(-8, 7).to(torch.int8).view(weight.shape) + 8
        packed = values.view(torch.uint8)
        self.register_buffer("weight", (packed[:, 0::2] << 4) | packed[:, 1::2])
        self.register_buffer("scales", scales)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return torch.ops.quantized_decomposed.embedding_4bit.default(self.weight, self.scales, None, -8, 7, tokens)


def make_embedding(kind: str, weight: torch.Tensor) -> nn.Module:
    """An embedding of `weight` float32 [vocab, width] stored as `kind`."""
    if kind == "int8":
        return ByteEmbedding(weight)
    if kind == "int4":
        return Int4Embedding(weight)
    return nn.Embedding.from_pretrained(weight, freeze=True)
