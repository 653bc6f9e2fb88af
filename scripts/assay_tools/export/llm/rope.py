"""Rotary position embeddings as tables and one matrix, in the half-split layout of Hugging Face checkpoints."""

from __future__ import annotations

import math

import torch

from assay_tools.export.llm.config import Llama3Scaling, ModelConfig


def inverse_frequencies(config: ModelConfig) -> torch.Tensor:
    """Radians per position of each pair of a head, float32 [head_dim / 2]."""
    exponents = torch.arange(0, config.head_dim, 2, dtype=torch.int64).float() / config.head_dim
    frequencies = 1.0 / (config.rope_theta**exponents)
    if config.rope_divisors is not None:
        return frequencies / torch.tensor(config.rope_divisors)
    if config.rope_scaling is not None:
        return _scaled(frequencies, config.rope_scaling)
    return frequencies


def _scaled(frequencies: torch.Tensor, scaling: Llama3Scaling) -> torch.Tensor:
    """Llama 3.1's rule: divide slow turns by the factor, keep fast ones, and blend linearly in turns per old context."""
    turns = scaling.original_context * frequencies / (2 * math.pi)
    kept = (turns - scaling.low_freq_factor) / (scaling.high_freq_factor - scaling.low_freq_factor)
    kept = kept.clamp(0.0, 1.0)
    return kept * frequencies + (1.0 - kept) * frequencies / scaling.factor


def rope_tables(config: ModelConfig, positions: int) -> tuple[torch.Tensor, torch.Tensor]:
    """cos and sin for positions 0 .. positions-1, each float32 [positions, head_dim], both halves alike."""
    angles = torch.arange(positions).float()[:, None] * inverse_frequencies(config)[None, :]
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos(), angles.sin()


def rotation_matrix(head_dim: int) -> torch.Tensor:
    """R [head_dim, head_dim] with `linear(x, R)` = (-second half of x, first half of x).

    As a matrix because slices of a tensor with a dynamic shape do not run on XNNPACK, and a linear layer does.
    """
    half = head_dim // 2
    rotation = torch.zeros(head_dim, head_dim)
    rotation[torch.arange(half), torch.arange(half) + half] = -1.0
    rotation[torch.arange(half) + half, torch.arange(half)] = 1.0
    return rotation
