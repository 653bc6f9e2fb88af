"""The Whisper encoder as a PyTorch module that lowers well, with weights taken from `transformers`.

Differences from transformers' own, none of which changes more than rounding: convolutions are two-dimensional with (1, k)
kernels (one-dimensional ones fail to load once they are quantized), attention is spelled out as batched matrix products of
[heads, frames, head size] (which need no expand_copy outside XNNPACK), and the scale of the queries is part of their weights.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional
from transformers import WhisperConfig

_KERNEL = 3
FRAMES_PER_POSITION = 2  # mel frames that make one position of the output


class EncoderLayer(nn.Module):
    """Pre-norm self-attention and feed-forward on x float32 [1, positions, d]."""

    def __init__(self, config: WhisperConfig) -> None:
        super().__init__()
        width = config.d_model
        self.heads = config.encoder_attention_heads
        self.self_attn_layer_norm = nn.LayerNorm(width)
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width, bias=False)
        self.v_proj = nn.Linear(width, width)
        self.out_proj = nn.Linear(width, width)
        self.final_layer_norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, config.encoder_ffn_dim)
        self.fc2 = nn.Linear(config.encoder_ffn_dim, width)

    def _split(self, x: torch.Tensor) -> torch.Tensor:
        """[1, positions, d] -> [heads, positions, d / heads]."""
        return x.view(x.shape[1], self.heads, -1).permute(1, 0, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        normed = self.self_attn_layer_norm(x)
        queries = self._split(self.q_proj(normed))
        keys = self._split(self.k_proj(normed)).permute(0, 2, 1)
        weights = functional.softmax(torch.bmm(queries, keys), dim=-1)
        mixed = torch.bmm(weights, self._split(self.v_proj(normed)))
        x = x + self.out_proj(mixed.permute(1, 0, 2).reshape(x.shape))
        return x + self.fc2(functional.gelu(self.fc1(self.final_layer_norm(x))))


class WhisperEncoder(nn.Module):
    """mel float32 [1, bins, frames] -> encodings float32 [1, frames / 2, d], after the final LayerNorm."""

    def __init__(self, config: WhisperConfig) -> None:
        super().__init__()
        width, bins = config.d_model, config.num_mel_bins
        self.conv1 = nn.Conv2d(bins, width, (1, _KERNEL), padding=(0, 1))
        self.conv2 = nn.Conv2d(width, width, (1, _KERNEL), stride=(1, FRAMES_PER_POSITION), padding=(0, 1))
        self.embed_positions = nn.Parameter(torch.zeros(config.max_source_positions, width), requires_grad=False)
        self.layers = nn.ModuleList(EncoderLayer(config) for _ in range(config.encoder_layers))
        self.layer_norm = nn.LayerNorm(width)

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        x = functional.gelu(self.conv1(mel.unsqueeze(2)))
        x = functional.gelu(self.conv2(x))
        x = x.squeeze(2).permute(0, 2, 1) + self.embed_positions
        for layer in self.layers:
            x = layer(x)
        return self.layer_norm(x)


def from_transformers(reference: nn.Module) -> WhisperEncoder:
    """The module with the weights of a transformers WhisperEncoder."""
    config = reference.config
    encoder = WhisperEncoder(config)
    state = {name.replace("self_attn.", ""): value for name, value in reference.state_dict().items()}
    state["embed_positions"] = state.pop("embed_positions.weight")
    for name in ("conv1.weight", "conv2.weight"):
        state[name] = state[name].unsqueeze(2)
    scale = (config.d_model // config.encoder_attention_heads) ** -0.5
    for name, value in state.items():
        if ".q_proj." in name:
            state[name] = value * scale
    encoder.load_state_dict({name: value.detach().clone().float() for name, value in state.items()})
    return encoder.eval()


def mel_frames(config: WhisperConfig) -> int:
    """Frames of the window that the encoder takes: 3000, which is 30 s, in every published model."""
    return FRAMES_PER_POSITION * config.max_source_positions
