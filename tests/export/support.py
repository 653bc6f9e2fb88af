"""Tiny checkpoints made with `transformers`, and .pte files of them, for the tests beside this file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import torch
import transformers

from assay_tools.common.progress import Progress
from assay_tools.common.pte_runner import load_method
from assay_tools.common.quiet import without_runtime_remarks
from assay_tools.export.llm.build import build
from assay_tools.export.llm.checkpoint import open_checkpoint
from assay_tools.export.llm.config import all_linears
from assay_tools.export.llm.lowering import lower_language_model
from assay_tools.export.llm.model import LanguageModel
from assay_tools.export.llm.recipes import find_llm_recipe
from assay_tools.export.llm.verify import check_graph

TINY: dict[str, Any] = {
    "vocab_size": 160, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 64, "rms_norm_eps": 1e-5,
}
LLAMA3_SCALING: dict[str, Any] = {
    "rope_type": "llama3", "rope_theta": 1000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
    "original_max_position_embeddings": 16,
}
POSITIONS = 40
transformers.utils.logging.disable_progress_bar()


class QuietProgress(Progress):
    """Says nothing."""

    def stage(self, text: str) -> None:
        """Nothing."""

    def finish(self, text: str) -> None:
        """Nothing."""


def save_checkpoint(folder: Path, family: str, **changes: Any) -> torch.nn.Module:
    """A seeded checkpoint of `family` as a Hugging Face folder; returns the model of `transformers` itself."""
    torch.manual_seed(1)
    values = {**TINY, **changes}
    if family == "llama":
        model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**values))
    else:
        model = transformers.Qwen2ForCausalLM(transformers.Qwen2Config(**values))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            # Larger than the usual start, so that attention is far from uniform and biases and norms matter.
            noise = torch.randn_like(parameter)
            parameter.copy_(1.0 + 0.2 * noise if "norm" in name else 0.15 * noise)
    with without_runtime_remarks():
        model.eval().save_pretrained(folder)
    return model


def build_model(path: Path, family: str, quantization: str, **options: Any) -> LanguageModel:
    """Our module with the checkpoint's weights."""
    checkpoint = open_checkpoint(path, family)
    schemes = find_llm_recipe(quantization).schemes(checkpoint.config)
    chosen = {"embedding": "fp32", "max_seq_len": 64, "sdpa": "custom", "logits": "all", **options}
    return build(checkpoint, schemes, progress=QuietProgress(), **chosen)


def tokens_of(seed: int, count: int = POSITIONS) -> torch.Tensor:
    """Random token ids [1, count]."""
    return torch.randint(TINY["vocab_size"], (1, count), generator=torch.Generator().manual_seed(seed))


class Pte:
    """A lowered model that can be run."""

    def __init__(self, program: bytes) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name) / "model.pte"
        self.path.write_bytes(program)
        with without_runtime_remarks():
            self._method = load_method(self.path)

    def run(self, tokens: torch.Tensor, position: int) -> torch.Tensor:
        """Logits of a call, copied out of the runtime's memory."""
        with without_runtime_remarks():
            return self._method.execute((tokens.contiguous(), torch.tensor([position])))[0].clone()

    def step_by_step(self, tokens: torch.Tensor) -> torch.Tensor:
        """Logits [n, V] of feeding one token at a time, from position 0."""
        steps = [self.run(tokens[:, i : i + 1], i).view(-1) for i in range(tokens.size(1))]
        return torch.stack(steps)

    def kernels(self, model: LanguageModel, quantization: str, sdpa: str = "custom") -> dict[str, Any]:
        """Kernels and delegates of one run, after the checks that every export goes through."""
        schemes = find_llm_recipe(quantization).schemes(model.config)
        assert set(schemes) == {linear.name for linear in all_linears(model.config)}
        with without_runtime_remarks():
            return check_graph(self.path, model.config, schemes, sdpa)


def lower(model: LanguageModel, sdpa: str = "custom", *, fast: bool = True) -> Pte:
    """The .pte of a model."""
    with without_runtime_remarks():
        return Pte(lower_language_model(model, sdpa, QuietProgress(), fast=fast))
