"""The network: log-mel -> two strided convolutions -> four Transformer blocks -> encodings -> CTC over words.

Shapes as in Whisper's encoder (pre-norm, GELU, sinusoidal positions), with a constant distance bias on the attention, so that
what is learned in short windows holds in long ones. The convolutions are Conv2d with kernels (1, 5): a static INT8 Conv1d
lowers to XNNPACK and then does not load.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from assay_tools.asr.features import MEL_BINS
from assay_tools.asr.signal import FRAMES


@dataclass(frozen=True)
class Shape:
    """Sizes of the network; what config.json holds."""

    vocabulary: int
    width: int = 128
    blocks: int = 4
    heads: int = 4
    feed_forward: int = 512
    kernel: int = 5
    mel_bins: int = MEL_BINS
    frames: int = FRAMES
    bias_slopes: tuple[float, ...] = (0.5, 0.25, 0.125, 0.0625)  # of the attention's distance bias, one a head


def sinusoids(length: int, width: int) -> torch.Tensor:
    """Whisper's positions [length, width]: sines, then cosines, of geometrically spaced periods up to 10,000."""
    rates = torch.exp(-math.log(10000.0) / (width // 2 - 1) * torch.arange(width // 2))
    angles = torch.arange(length)[:, None] * rates[None, :]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def distance_bias(shape: Shape) -> torch.Tensor:
    """[heads, frames, frames] to add to attention scores: far frames weigh less, by a constant slope a head."""
    distance = (torch.arange(shape.frames)[:, None] - torch.arange(shape.frames)[None, :]).abs().float()
    return -torch.tensor(shape.bias_slopes)[:, None, None] * distance


class Attention(nn.Module):
    """Self-attention over frames, x [B, T, width], bias [heads, T, T]."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.query, self.key, self.value, self.output = (nn.Linear(shape.width, shape.width) for _ in range(4))

    def forward(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        batch, frames, width = x.shape
        query, key, value = (
            part(x).view(batch, frames, self.heads, width // self.heads).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        scores = torch.matmul(query, key.transpose(2, 3)) * (width // self.heads) ** -0.5
        weights = torch.softmax(scores + bias, dim=-1)
        return self.output(torch.matmul(weights, value).transpose(1, 2).reshape(batch, frames, width))


class Block(nn.Module):
    """Attention and feed-forward, each behind a LayerNorm and beside a residual connection."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention_norm, self.attention = nn.LayerNorm(shape.width), Attention(shape)
        self.feed_forward_norm = nn.LayerNorm(shape.width)
        self.expand, self.contract = nn.Linear(shape.width, shape.feed_forward), nn.Linear(shape.feed_forward, shape.width)

    def forward(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        x = x + self.attention(self.attention_norm(x), bias)
        return x + self.contract(functional.gelu(self.expand(self.feed_forward_norm(x))))


class TinyAsr(nn.Module):
    """mel [B, 80, 4 T] -> encodings [B, T, 128] (after the last LayerNorm), logits [B, T, V]; T at most 100, float32."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        stride, padding = (1, 2), (0, shape.kernel // 2)
        self.first = nn.Conv2d(shape.mel_bins, shape.width, (1, shape.kernel), stride, padding)
        self.second = nn.Conv2d(shape.width, shape.width, (1, shape.kernel), stride, padding)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.blocks))
        self.norm = nn.LayerNorm(shape.width)
        self.head = nn.Linear(shape.width, shape.vocabulary)
        self.register_buffer("positions", sinusoids(shape.frames, shape.width), persistent=False)
        self.register_buffer("bias", distance_bias(shape), persistent=False)

    def forward(self, mel: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = functional.gelu(self.second(functional.gelu(self.first(mel.unsqueeze(2)))))
        x = x.squeeze(2).transpose(1, 2)
        frames = x.shape[1]
        x = x + self.positions[:frames]
        for block in self.blocks:
            x = block(x, self.bias[:, :frames, :frames])
        encodings = self.norm(x)
        return encodings, self.head(encodings)
