"""What a decoder-only model looks like, and how its Hugging Face config.json says so.

Only what the model code computes is accepted: a feature that is switched on in a config and is not known here is an
error that names it, because ignoring it would export a model that runs and talks nonsense.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assay_tools.common.errors import UserError


@dataclass(frozen=True)
class Llama3Scaling:
    """RoPE scaling of Llama 3.1 and later: low frequencies are divided by `factor`, high ones stay, a ramp between."""

    factor: float
    low_freq_factor: float
    high_freq_factor: float
    original_context: int  # positions the model was first trained with


@dataclass(frozen=True)
class ModelConfig:
    """One decoder of the Llama kind. Sizes are in elements; `head_dim` times `n_heads` need not be `hidden_size`."""

    family: str  # "llama" or "qwen2"
    vocab_size: int
    hidden_size: int
    intermediate_size: int
    n_layers: int
    n_heads: int
    n_kv_heads: int
    head_dim: int
    norm_eps: float
    rope_theta: float
    context: int  # longest sequence the model was made for
    rope_scaling: Llama3Scaling | None = None
    rope_divisors: tuple[float, ...] | None = None  # [head_dim / 2]; GGUF files store the scaling worked out
    tied_embeddings: bool = False
    qkv_bias: bool = False
    output_bias: bool = False  # of the attention's output projection
    mlp_bias: bool = False
    bos_id: int | None = None
    eos_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class LinearShape:
    """One linear layer: its name in a Hugging Face checkpoint without `.weight`, and its width."""

    name: str
    inputs: int
    outputs: int


def layer_linears(config: ModelConfig, layer: int) -> list[LinearShape]:
    """The seven linears of one decoder layer, in order of use."""
    prefix = f"model.layers.{layer}"
    attention = config.n_heads * config.head_dim
    kv = config.n_kv_heads * config.head_dim
    hidden, inner = config.hidden_size, config.intermediate_size
    return [
        LinearShape(f"{prefix}.self_attn.q_proj", hidden, attention),
        LinearShape(f"{prefix}.self_attn.k_proj", hidden, kv),
        LinearShape(f"{prefix}.self_attn.v_proj", hidden, kv),
        LinearShape(f"{prefix}.self_attn.o_proj", attention, hidden),
        LinearShape(f"{prefix}.mlp.gate_proj", hidden, inner),
        LinearShape(f"{prefix}.mlp.up_proj", hidden, inner),
        LinearShape(f"{prefix}.mlp.down_proj", inner, hidden),
    ]


def all_linears(config: ModelConfig) -> list[LinearShape]:
    """Every linear of the model, the output head last."""
    linears = [shape for layer in range(config.n_layers) for shape in layer_linears(config, layer)]
    return [*linears, LinearShape("lm_head", config.hidden_size, config.vocab_size)]


def tensor_shapes(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor that a checkpoint must hold. A tied head is not stored."""
    shapes: dict[str, tuple[int, ...]] = {"model.embed_tokens.weight": (config.vocab_size, config.hidden_size)}
    for layer in range(config.n_layers):
        prefix = f"model.layers.{layer}"
        shapes[f"{prefix}.input_layernorm.weight"] = (config.hidden_size,)
        shapes[f"{prefix}.post_attention_layernorm.weight"] = (config.hidden_size,)
        for linear in layer_linears(config, layer):
            shapes[f"{linear.name}.weight"] = (linear.outputs, linear.inputs)
            if has_bias(config, linear.name):
                shapes[f"{linear.name}.bias"] = (linear.outputs,)
    shapes["model.norm.weight"] = (config.hidden_size,)
    if not config.tied_embeddings:
        shapes["lm_head.weight"] = (config.vocab_size, config.hidden_size)
    return shapes


def has_bias(config: ModelConfig, linear: str) -> bool:
    """Whether the linear of that name adds a bias."""
    kind = linear.rsplit(".", 1)[-1]
    if kind in ("q_proj", "k_proj", "v_proj"):
        return config.qkv_bias
    if kind == "o_proj":
        return config.output_bias
    return config.mlp_bias and kind != "lm_head"


# Keys of config.json that change nothing in what is computed here.
_HARMLESS = {
    "_name_or_path", "architectures", "attention_dropout", "auto_map", "bos_token_id", "dtype", "eos_token_id",
    "initializer_range", "max_position_embeddings", "max_window_layers", "model_type", "pad_token_id",
    "sliding_window", "torch_dtype", "transformers.js_config", "transformers_version", "use_cache",
}
_READ = {
    "attention_bias", "head_dim", "hidden_size", "intermediate_size", "mlp_bias", "num_attention_heads",
    "num_hidden_layers", "num_key_value_heads", "rms_norm_eps", "rope_parameters", "rope_scaling", "rope_theta",
    "tie_word_embeddings", "vocab_size",
}
# Keys that are accepted with one value only: that which changes nothing.
_ONLY = {
    "hidden_act": ("silu", "swish"),
    "pretraining_tp": (1, None),
    "rope_interleaved": (False, None),
    "is_llama_config": (True, None),
    "use_sliding_window": (False, None),
    "partial_rotary_factor": (1.0, None),
}
_DEFAULT_THETA = 10000.0
FAMILIES = ("llama", "qwen2")


def read_config(path: Path, family: str) -> ModelConfig:
    """The config of a Hugging Face folder's config.json, or a UserError that names what is wrong or not supported."""
    if not path.is_file():
        raise UserError(f"checkpoint {path.parent}: has no config.json; give a Hugging Face model folder or a .gguf file")
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: is not JSON: {error}") from error
    if not isinstance(values, dict):
        raise UserError(f"{path}: holds no JSON object")
    return config_of(values, family, str(path))


def config_of(values: dict[str, Any], family: str, where: str) -> ModelConfig:
    """The config that the keys of a config.json mean. `where` begins every error message."""
    found = values.get("model_type")
    if found != family:
        known = ", ".join(FAMILIES)
        raise UserError(f"{where}: model_type is {found!r}, but --model is {family}; known families: {known}")
    _refuse_unknown(values, where)
    n_heads = _count(values, "num_attention_heads", where)
    hidden = _count(values, "hidden_size", where)
    head_dim = values.get("head_dim")
    if head_dim is None:
        if hidden % n_heads:
            raise UserError(f"{where}: hidden_size {hidden} is no multiple of num_attention_heads {n_heads}; give head_dim")
        head_dim = hidden // n_heads
    theta, scaling = _rope(values, where)
    eos = values.get("eos_token_id")
    config = ModelConfig(
        family=family,
        vocab_size=_count(values, "vocab_size", where),
        hidden_size=hidden,
        intermediate_size=_count(values, "intermediate_size", where),
        n_layers=_count(values, "num_hidden_layers", where),
        n_heads=n_heads,
        n_kv_heads=_count(values, "num_key_value_heads", where) if "num_key_value_heads" in values else n_heads,
        head_dim=int(head_dim),
        norm_eps=float(values.get("rms_norm_eps", 1e-6)),
        rope_theta=theta,
        rope_scaling=scaling,
        context=int(values.get("max_position_embeddings", 2048)),
        tied_embeddings=bool(values.get("tie_word_embeddings", False)),
        qkv_bias=bool(values.get("attention_bias", False)),
        output_bias=bool(values.get("attention_bias", False)),
        mlp_bias=bool(values.get("mlp_bias", False)),
        bos_id=values.get("bos_token_id"),
        eos_ids=tuple(eos) if isinstance(eos, list) else () if eos is None else (int(eos),),
    )
    if family == "qwen2":  # its code has these biases whatever the config says
        config = replace(config, qkv_bias=True, output_bias=False, mlp_bias=False)
    return check_config(config, where)


def check_config(config: ModelConfig, where: str) -> ModelConfig:
    """`config`, or a UserError where its numbers contradict each other."""
    if config.n_heads % config.n_kv_heads:
        raise UserError(f"{where}: {config.n_heads} query heads cannot share {config.n_kv_heads} key/value heads evenly")
    if config.head_dim % 2:
        raise UserError(f"{where}: head_dim {config.head_dim} is odd; rotary embeddings turn pairs")
    return config


def _refuse_unknown(values: dict[str, Any], where: str) -> None:
    for key, value in values.items():
        if key in _HARMLESS or key in _READ or value is None or value is False:
            continue
        if key == "layer_types":
            others = sorted(set(value) - {"full_attention"})
            if others:
                raise UserError(f"{where}: layer_types has {others[0]!r}, and only full_attention is supported")
        elif key not in _ONLY:
            raise UserError(f"{where}: feature {key!r} (value {value!r}) is not known to this exporter")
        elif value not in _ONLY[key]:
            raise UserError(f"{where}: {key} is {value!r}; only {_ONLY[key][0]!r} is supported")


def _count(values: dict[str, Any], key: str, where: str) -> int:
    value = values.get(key)
    if not isinstance(value, int) or value <= 0:
        raise UserError(f"{where}: {key} is {value!r}, needed is a positive whole number")
    return value


def _rope(values: dict[str, Any], where: str) -> tuple[float, Llama3Scaling | None]:
    """Base frequency and scaling, from `rope_theta` + `rope_scaling` or from the newer `rope_parameters`."""
    rope = values.get("rope_parameters") or values.get("rope_scaling") or {}
    theta = float(rope.get("rope_theta") or values.get("rope_theta") or _DEFAULT_THETA)
    if rope.get("partial_rotary_factor", 1.0) != 1.0:
        raise UserError(f"{where}: partial_rotary_factor {rope['partial_rotary_factor']} is not supported")
    kind = rope.get("rope_type") or rope.get("type") or "default"
    if kind == "default":
        return theta, None
    if kind != "llama3":
        raise UserError(f"{where}: RoPE scaling {kind!r} is not supported; supported: default, llama3")
    try:
        original = rope.get("original_max_position_embeddings") or values["max_position_embeddings"]
        return theta, Llama3Scaling(
            float(rope["factor"]), float(rope["low_freq_factor"]), float(rope["high_freq_factor"]), int(original)
        )
    except KeyError as error:
        raise UserError(f"{where}: RoPE scaling llama3 lacks {error}") from error
