"""Reads GGUF files: configuration from their metadata, tensors dequantized to float32, under Hugging Face names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import torch

from assay_tools.common.errors import UserError
from assay_tools.common.provenance import sha256_of
from assay_tools.export.llm.checkpoint import check_tensors
from assay_tools.export.llm.config import FAMILIES, ModelConfig, check_config

_NAMES = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
_LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_ROPE_FACTORS = "rope_freqs.weight"
_KNOWN_ROPE_SCALING = ("none", None)


class GgufFile:
    """A GGUF file of architecture llama or qwen2. Tensor data stays in the file until it is asked for."""

    def __init__(self, path: Path, family: str) -> None:
        self.path = path
        self.name = path.name
        try:
            self._reader = gguf.GGUFReader(path)
        except (ValueError, OSError, IndexError, KeyError) as error:
            raise UserError(f"checkpoint {path}: is not a readable GGUF file: {error}") from error
        self._tensors = {tensor.name: tensor for tensor in self._reader.tensors}
        self.config = self._config(family)
        self._stored = {_hugging_face_name(name, str(path)): name for name in self._tensors if name != _ROPE_FACTORS}
        shapes = {name: self._shape(stored) for name, stored in self._stored.items()}
        check_tensors(shapes, self.config, f"checkpoint {path}")
        kinds = sorted({tensor.tensor_type.name for tensor in self._tensors.values()})
        self.about = f"GGUF with {', '.join(kinds)}, dequantized to fp32"

    def field(self, key: str, default: Any = None) -> Any:
        """A metadata value, or `default`."""
        field = self._reader.fields.get(key)
        return default if field is None else field.contents()

    def _shape(self, name: str) -> tuple[int, ...]:
        return tuple(int(size) for size in reversed(self._tensors[name].shape))

    def _number(self, key: str) -> Any:
        value = self.field(key)
        if value is None:
            raise UserError(f"checkpoint {self.path}: metadata {key} is missing")
        return value

    def _config(self, family: str) -> ModelConfig:
        architecture = self.field("general.architecture")
        if architecture != family:
            raise UserError(
                f"checkpoint {self.path}: its architecture is {architecture!r}, but --model is {family}; "
                f"known families: {', '.join(FAMILIES)}"
            )
        prefix = f"{architecture}."
        scaling = self.field(prefix + "rope.scaling.type")
        if scaling not in _KNOWN_ROPE_SCALING:
            raise UserError(f"checkpoint {self.path}: RoPE scaling {scaling!r} is not supported")
        if self.field(prefix + "expert_count", 0):
            raise UserError(f"checkpoint {self.path}: mixtures of experts are not supported")
        n_heads = int(self._number(prefix + "attention.head_count"))
        hidden = int(self._number(prefix + "embedding_length"))
        head_dim = int(self.field(prefix + "attention.key_length", hidden // n_heads))
        rotated = int(self.field(prefix + "rope.dimension_count", head_dim))
        if rotated != head_dim:
            raise UserError(f"checkpoint {self.path}: RoPE over {rotated} of {head_dim} dimensions is not supported")
        if "token_embd.weight" not in self._tensors:
            raise UserError(f"checkpoint {self.path}: tensor token_embd.weight is missing")
        return check_config(
            ModelConfig(
                family=family,
                vocab_size=self._shape("token_embd.weight")[0],
                hidden_size=hidden,
                intermediate_size=int(self._number(prefix + "feed_forward_length")),
                n_layers=int(self._number(prefix + "block_count")),
                n_heads=n_heads,
                n_kv_heads=int(self.field(prefix + "attention.head_count_kv", n_heads)),
                head_dim=head_dim,
                norm_eps=float(self._number(prefix + "attention.layer_norm_rms_epsilon")),
                rope_theta=float(self.field(prefix + "rope.freq_base", 10000.0)),
                rope_divisors=self._rope_divisors(),
                context=int(self._number(prefix + "context_length")),
                tied_embeddings="output.weight" not in self._tensors,
                qkv_bias="blk.0.attn_q.bias" in self._tensors,
                output_bias="blk.0.attn_output.bias" in self._tensors,
                mlp_bias="blk.0.ffn_gate.bias" in self._tensors,
                bos_id=self.field("tokenizer.ggml.bos_token_id"),
                eos_ids=self._eos_ids(),
            ),
            f"checkpoint {self.path}",
        )

    def _eos_ids(self) -> tuple[int, ...]:
        keys = ("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id")
        found = [int(self.field(key)) for key in keys if self.field(key) is not None]
        return tuple(dict.fromkeys(found))

    def _rope_divisors(self) -> tuple[float, ...] | None:
        """Llama 3.1's frequency scaling as GGUF keeps it: what each frequency is divided by."""
        if _ROPE_FACTORS not in self._tensors:
            return None
        return tuple(self._dequantized(_ROPE_FACTORS).flatten().tolist())

    def _dequantized(self, name: str) -> torch.Tensor:
        tensor = self._tensors[name]
        try:
            values = gguf.dequantize(tensor.data, tensor.tensor_type)
        except NotImplementedError as error:
            kind = tensor.tensor_type.name
            raise UserError(f"checkpoint {self.path}: tensor {name} is {kind}, which cannot be dequantized") from error
        return torch.from_numpy(values.astype("float32")).reshape(self._shape(name))

    def tensor(self, name: str) -> torch.Tensor:
        """The tensor of that Hugging Face name, float32."""
        values = self._dequantized(self._stored[name])
        if self.config.family == "llama" and "attn_" in self._stored[name]:
            if name.endswith(("q_proj.weight", "q_proj.bias")):
                return half_split_rows(values, self.config.n_heads)
            if name.endswith(("k_proj.weight", "k_proj.bias")):
                return half_split_rows(values, self.config.n_kv_heads)
        return values.contiguous()

    def files(self) -> list[dict[str, str]]:
        """The file and its hash."""
        return [{"file": self.path.name, "sha256": sha256_of(self.path)}]


def half_split_rows(values: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows of q or k from GGUF's order (the two of a rotary pair beside each other) to the half-split order.

    GGUF files of llama models hold them interleaved; qwen2's do not.
    """
    pairs = values.reshape(heads, values.shape[0] // heads // 2, 2, *values.shape[1:])
    return pairs.transpose(1, 2).reshape(values.shape).contiguous()


def _hugging_face_name(name: str, where: str) -> str:
    """The Hugging Face name of a GGUF tensor."""
    if name in _NAMES:
        return _NAMES[name]
    parts = name.split(".")
    if len(parts) == 4 and parts[0] == "blk" and parts[2] in _LAYER_NAMES and parts[3] in ("weight", "bias"):
        return f"model.layers.{parts[1]}.{_LAYER_NAMES[parts[2]]}.{parts[3]}"
    raise UserError(f"checkpoint {where}: tensor {name} belongs to no architecture known here")
