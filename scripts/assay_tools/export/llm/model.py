"""A decoder of the Llama kind, written so that XNNPACK runs everything between two attentions as one program.

Parameter names are those of Hugging Face checkpoints. What is unusual and why:
- the mean of RMSNorm is a linear layer with a constant row of 1/D: XNNPACK takes no `mean` of dynamic shape,
- RoPE is x * cos + linear(x, R) * sin with a fixed matrix R (see rope.py),
- tensors stay [1, S, heads, head_dim] throughout, so nothing is transposed between projection and cache,
- for `logits="last"` all but the last position are dropped right after the last attention, before its MLP.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from assay_tools.export.llm.attention import ATTENTIONS
from assay_tools.export.llm.config import ModelConfig, has_bias
from assay_tools.export.llm.rope import rope_tables, rotation_matrix


def _linear(inputs: int, outputs: int, bias: bool) -> nn.Linear:
    """A linear layer without memory; its tensors are put in one by one while a checkpoint is read."""
    return nn.Linear(inputs, outputs, bias=bias, device="meta")


class RmsNorm(nn.Module):
    """x / sqrt(mean(x^2) + eps) * weight over the last dimension."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width, device="meta"), requires_grad=False)
        self.eps = eps
        self.register_buffer("average", torch.full((1, width), 1.0 / width), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * torch.rsqrt(functional.linear(x * x, self.average) + self.eps) * self.weight


class SelfAttention(nn.Module):
    """Projections and RoPE around the attention itself. `project` and `finish` are apart so that rows can be dropped."""

    def __init__(self, config: ModelConfig, max_seq_len: int, sdpa: str) -> None:
        super().__init__()
        self.head_dim = config.head_dim
        width = config.n_heads * config.head_dim
        kv_width = config.n_kv_heads * config.head_dim
        self.q_proj = _linear(config.hidden_size, width, has_bias(config, "q_proj"))
        self.k_proj = _linear(config.hidden_size, kv_width, has_bias(config, "k_proj"))
        self.v_proj = _linear(config.hidden_size, kv_width, has_bias(config, "v_proj"))
        self.o_proj = _linear(width, config.hidden_size, has_bias(config, "o_proj"))
        self.attend = ATTENTIONS[sdpa](config, max_seq_len)
        self.register_buffer("rotation", rotation_matrix(config.head_dim), persistent=False)

    def _heads(self, x: torch.Tensor) -> torch.Tensor:
        return x.view(1, -1, x.size(-1) // self.head_dim, self.head_dim)

    def _rotate(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
        return x * cos + functional.linear(x, self.rotation) * sin

    def forward(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, start: int) -> torch.Tensor:
        """x [1,S,hidden], cos and sin [1,S,1,D] -> attention [1,S,heads,D], before the output projection."""
        q = self._rotate(self._heads(self.q_proj(x)), cos, sin)
        k = self._rotate(self._heads(self.k_proj(x)), cos, sin)
        return self.attend(q, k, self._heads(self.v_proj(x)), start)


class Mlp(nn.Module):
    """down(silu(gate(x)) * up(x))."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        hidden, inner = config.hidden_size, config.intermediate_size
        self.gate_proj = _linear(hidden, inner, config.mlp_bias)
        self.up_proj = _linear(hidden, inner, config.mlp_bias)
        self.down_proj = _linear(inner, hidden, config.mlp_bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        gate = self.gate_proj(x)
        return self.down_proj(gate * torch.sigmoid(gate) * self.up_proj(x))


class DecoderLayer(nn.Module):
    """One layer; with `only_last` the result has the last position only, [1, hidden]."""

    def __init__(self, config: ModelConfig, max_seq_len: int, sdpa: str) -> None:
        super().__init__()
        self.input_layernorm = RmsNorm(config.hidden_size, config.norm_eps)
        self.self_attn = SelfAttention(config, max_seq_len, sdpa)
        self.post_attention_layernorm = RmsNorm(config.hidden_size, config.norm_eps)
        self.mlp = Mlp(config)

    def forward(
        self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, start: int, only_last: bool
    ) -> torch.Tensor:
        mixed = self.self_attn(self.input_layernorm(x), cos, sin, start)
        width = mixed.size(2) * mixed.size(3)
        if only_last:
            x, mixed = x.select(1, -1), mixed.select(1, -1).view(1, width)
        else:
            mixed = mixed.view(1, -1, width)
        x = x + self.self_attn.o_proj(mixed)
        return x + self.mlp(self.post_attention_layernorm(x))


class Decoder(nn.Module):
    """Everything but the head. Named `model` in Decoder's owner, as in Hugging Face checkpoints."""

    def __init__(self, config: ModelConfig, max_seq_len: int, sdpa: str) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size, device="meta")
        self.layers = nn.ModuleList(DecoderLayer(config, max_seq_len, sdpa) for _ in range(config.n_layers))
        self.norm = RmsNorm(config.hidden_size, config.norm_eps)


class LanguageModel(nn.Module):
    """tokens int64 [1, S], input_pos int64 [1] -> logits float32 [1, V] (`last`) or [1, S, V] (`all`).

    S is 1 .. max_seq_len and input_pos + S must not pass max_seq_len. The caches are buffers of the program; what they
    hold after `input_pos` is never read, so a new text starts by giving input_pos 0.
    """

    def __init__(self, config: ModelConfig, max_seq_len: int, sdpa: str = "custom", logits: str = "last") -> None:
        super().__init__()
        self.config = config
        self.max_seq_len = max_seq_len
        self.logits = logits
        self.model = Decoder(config, max_seq_len, sdpa)
        self.lm_head = _linear(config.hidden_size, config.vocab_size, False)
        for name, table in zip(("cos", "sin"), rope_tables(config, max_seq_len), strict=True):
            self.register_buffer(name, table.view(1, max_seq_len, 1, config.head_dim), persistent=False)

    def forward(self, tokens: torch.Tensor, input_pos: torch.Tensor) -> torch.Tensor:
        start = input_pos[0].item()
        length = tokens.size(1)
        torch._check(start >= 0)
        torch._check(start < self.max_seq_len)
        torch._check(start + length <= self.max_seq_len)
        cos, sin = self.cos.narrow(1, start, length), self.sin.narrow(1, start, length)
        x = self.model.embed_tokens(tokens)
        last = len(self.model.layers) - 1
        for index, layer in enumerate(self.model.layers):
            x = layer(x, cos, sin, start, only_last=self.logits == "last" and index == last)
        return self.lm_head(self.model.norm(x))

    @property
    def kv_cache_bytes(self) -> int:
        """Bytes of all key/value caches."""
        return sum(
            buffer.numel() * buffer.element_size()
            for name, buffer in self.named_buffers()
            if name.endswith(("k_cache", "v_cache"))
        )
