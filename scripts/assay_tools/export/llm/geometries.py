"""Published configurations for `--seeded`: the shapes of real models, for their latency and memory."""

from __future__ import annotations

from assay_tools.common.errors import UserError
from assay_tools.export.llm.config import Llama3Scaling, ModelConfig

GEOMETRIES = {
    # The values of the models' own config.json files (HuggingFaceTB/SmolLM2-135M-Instruct, meta-llama/Llama-3.2-1B,
    # tiiuae/Falcon3-7B-Base, Qwen/Qwen2-0.5B).
    "smollm2-135m": ModelConfig(
        family="llama", vocab_size=49152, hidden_size=576, intermediate_size=1536, n_layers=30, n_heads=9, n_kv_heads=3,
        head_dim=64, norm_eps=1e-5, rope_theta=100000.0, context=8192, tied_embeddings=True, bos_id=1, eos_ids=(2,),
    ),
    "llama-3.2-1b": ModelConfig(
        family="llama", vocab_size=128256, hidden_size=2048, intermediate_size=8192, n_layers=16, n_heads=32,
        n_kv_heads=8, head_dim=64, norm_eps=1e-5, rope_theta=500000.0, context=131072,
        rope_scaling=Llama3Scaling(32.0, 1.0, 4.0, 8192), tied_embeddings=True, bos_id=128000, eos_ids=(128001,),
    ),
    "falcon3-7b": ModelConfig(
        family="llama", vocab_size=131072, hidden_size=3072, intermediate_size=23040, n_layers=28, n_heads=12,
        n_kv_heads=4, head_dim=256, norm_eps=1e-6, rope_theta=1000042.0, context=32768, eos_ids=(11,),
    ),
    "qwen2-0.5b": ModelConfig(
        family="qwen2", vocab_size=151936, hidden_size=896, intermediate_size=4864, n_layers=24, n_heads=14,
        n_kv_heads=2, head_dim=64, norm_eps=1e-6, rope_theta=1000000.0, context=131072, tied_embeddings=True,
        qkv_bias=True, bos_id=151643, eos_ids=(151643,),
    ),
}


def find_geometry(name: str, family: str) -> ModelConfig:
    """The configuration of that name, or a UserError that lists those of the family."""
    known = [key for key, config in GEOMETRIES.items() if config.family == family]
    if name not in known:
        raise UserError(f"--seeded {name}: not a known geometry of {family}; known: {', '.join(known)}")
    return GEOMETRIES[name]
