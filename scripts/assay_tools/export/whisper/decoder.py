"""The Whisper decoder as PyTorch modules that lower well, with weights taken from `transformers`.

Two methods of one file: `cross` makes the keys and values of all cross-attentions once for an utterance; `forward` takes
them and all tokens so far, and gives the logits of the next. Self-attention is computed anew for all tokens in each step:
there is no cache.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional
from transformers import WhisperConfig

from assay_tools.export.llm.embedding import make_embedding

_HIDDEN = -1e9  # added to the score of a position that must not be seen: its weight is exactly 0


def _heads_first(x: torch.Tensor, heads: int) -> torch.Tensor:
    """[1, positions, d] -> [heads, positions, d / heads]."""
    return x.view(-1, heads, x.shape[2] // heads).permute(1, 0, 2)


class Attention(nn.Module):
    """What queries [heads, T, n] with their scale make of keys [heads, n, S] and values [heads, S, n]: [1, T, d]."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.out_proj = nn.Linear(width, width)

    def forward(
        self, queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, hidden: torch.Tensor | None = None
    ) -> torch.Tensor:
        scores = torch.bmm(queries, keys)
        if hidden is not None:
            scores = scores + hidden
        mixed = torch.bmm(functional.softmax(scores, dim=-1), values).permute(1, 0, 2)
        return self.out_proj(mixed.reshape(1, -1, queries.shape[0] * queries.shape[2]))


class CrossKeysValues(nn.Module):
    """encodings [1, S, d] -> keys [heads, d / heads, S] and values [heads, S, d / heads] of layer 0, of layer 1, ..."""

    def __init__(self, config: WhisperConfig) -> None:
        super().__init__()
        width = config.d_model
        self.heads = config.decoder_attention_heads
        self.keys = nn.ModuleList(nn.Linear(width, width, bias=False) for _ in range(config.decoder_layers))
        self.values = nn.ModuleList(nn.Linear(width, width) for _ in range(config.decoder_layers))

    def forward(self, encodings: torch.Tensor) -> tuple[torch.Tensor, ...]:
        found = []
        for key, value in zip(self.keys, self.values, strict=True):
            # contiguous: the bytes of an output are read in the order of its shape.
            found.append(_heads_first(key(encodings), self.heads).permute(0, 2, 1).contiguous())
            found.append(_heads_first(value(encodings), self.heads).contiguous())
        return tuple(found)


class DecoderLayer(nn.Module):
    """Pre-norm causal self-attention, cross-attention and feed-forward on x float32 [1, T, d]."""

    def __init__(self, config: WhisperConfig) -> None:
        super().__init__()
        width = config.d_model
        self.heads = config.decoder_attention_heads
        self.self_attn_layer_norm = nn.LayerNorm(width)
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width, bias=False)
        self.v_proj = nn.Linear(width, width)
        self.self_attn = Attention(width)
        self.encoder_attn_layer_norm = nn.LayerNorm(width)
        self.cross_q_proj = nn.Linear(width, width)
        self.encoder_attn = Attention(width)
        self.final_layer_norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, config.decoder_ffn_dim)
        self.fc2 = nn.Linear(config.decoder_ffn_dim, width)

    def forward(self, x: torch.Tensor, future: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        normed = self.self_attn_layer_norm(x)
        own_keys = _heads_first(self.k_proj(normed), self.heads).permute(0, 2, 1)
        own_values = _heads_first(self.v_proj(normed), self.heads)
        x = x + self.self_attn(_heads_first(self.q_proj(normed), self.heads), own_keys, own_values, future)
        queries = _heads_first(self.cross_q_proj(self.encoder_attn_layer_norm(x)), self.heads)
        x = x + self.encoder_attn(queries, keys, values)
        return x + self.fc2(functional.gelu(self.fc1(self.final_layer_norm(x))))


class NextToken(nn.Module):
    """tokens int64 [1, T] and what CrossKeysValues gave -> logits float32 [1, vocabulary] of the token after them."""

    def __init__(self, config: WhisperConfig, embedding: nn.Module) -> None:
        super().__init__()
        width, positions = config.d_model, config.max_target_positions
        self.embed_tokens = embedding
        self.embed_positions = nn.Parameter(torch.zeros(positions, width), requires_grad=False)
        self.layers = nn.ModuleList(DecoderLayer(config) for _ in range(config.decoder_layers))
        self.layer_norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, config.vocab_size, bias=False)

    def forward(self, tokens: torch.Tensor, *cross: torch.Tensor) -> torch.Tensor:
        # Made and not cut from tables: a slice as long as its table makes torch.export exclude that length.
        positions = torch.arange(tokens.shape[1])
        x = self.embed_tokens(tokens) + functional.embedding(positions, self.embed_positions)
        future = torch.where(positions[None, :] > positions[:, None], _HIDDEN, 0.0)
        for index, layer in enumerate(self.layers):
            x = layer(x, future, cross[2 * index], cross[2 * index + 1])
        return self.head(self.layer_norm(x[:, -1]))


class WhisperDecoder(nn.Module):
    """Both methods of a decoder file."""

    def __init__(self, config: WhisperConfig, embedding: nn.Module) -> None:
        super().__init__()
        self.cross = CrossKeysValues(config)
        self.next_token = NextToken(config, embedding)

    def forward(self, encodings: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        return self.next_token(tokens, *self.cross(encodings))


def from_transformers(reference: nn.Module, embedding: str) -> WhisperDecoder:
    """The modules with the weights of a transformers WhisperDecoder; `embedding` says how tokens' rows are stored.

    The head is the embedding's table, as in every published model, but it has a copy of its own: the two are stored differently.
    """
    config = reference.config
    given = {name: value.detach().clone().float() for name, value in reference.state_dict().items()}
    table = given.pop("embed_tokens.weight")
    decoder = WhisperDecoder(config, make_embedding(embedding, table))
    scale = (config.d_model // config.decoder_attention_heads) ** -0.5
    state = {"next_token.embed_positions": given.pop("embed_positions.weight"), "next_token.head.weight": table.clone()}
    for name, value in given.items():
        state[_own_name(name)] = value * scale if ".q_proj." in name else value
    for name, value in decoder.next_token.embed_tokens.state_dict().items():
        state[f"next_token.embed_tokens.{name}"] = value
    decoder.load_state_dict(state)
    return decoder.eval()


def _own_name(name: str) -> str:
    """Where a weight of transformers' decoder lies here."""
    parts = name.split(".")
    if parts[0] != "layers" or parts[2] not in ("self_attn", "encoder_attn") or parts[3] == "out_proj":
        return f"next_token.{name}"
    _, layer, attention, projection, kind = parts
    if attention == "self_attn":
        return f"next_token.layers.{layer}.{projection}.{kind}"
    if projection == "q_proj":
        return f"next_token.layers.{layer}.cross_q_proj.{kind}"
    return f"cross.{'keys' if projection == 'k_proj' else 'values'}.{layer}.{kind}"
