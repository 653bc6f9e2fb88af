"""Puts a checkpoint's weights into the model, quantizing each as it comes, so that few are in memory as floats."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from assay_tools.common.progress import Progress
from assay_tools.export.llm.checkpoint import Checkpoint
from assay_tools.export.llm.config import all_linears, has_bias, tensor_shapes
from assay_tools.export.llm.embedding import make_embedding
from assay_tools.export.llm.model import LanguageModel
from assay_tools.export.llm.offset_linear import OffsetLinear
from assay_tools.export.llm.quantizer import quantize_weight
from assay_tools.export.llm.recipes import FP32, HEAD, LinearScheme

_EMBEDDING = "model.embed_tokens.weight"


def build(
    checkpoint: Checkpoint,
    schemes: Mapping[str, LinearScheme],
    *,
    embedding: str,
    max_seq_len: int,
    sdpa: str,
    logits: str,
    progress: Progress,
) -> LanguageModel:
    """The model, ready to run and to export."""
    config = checkpoint.config
    model = LanguageModel(config, max_seq_len, sdpa, logits).eval()
    names = list(tensor_shapes(config))
    linears = {linear.name for linear in all_linears(config)}
    for index, name in enumerate(names):
        owner, kind = name.rsplit(".", 1)
        if owner in linears and kind == "bias":
            continue  # comes with its weight
        value = checkpoint.tensor(name)
        if name == _EMBEDDING:
            model.model.embed_tokens = make_embedding(embedding, value)
            if config.tied_embeddings:
                put_linear(model, HEAD, value, None, schemes[HEAD])
        elif owner in linears:
            bias = checkpoint.tensor(f"{owner}.bias") if has_bias(config, owner) else None
            put_linear(model, owner, value, bias, schemes[owner])
        else:
            setattr(model.get_submodule(owner), kind, nn.Parameter(value, requires_grad=False))
        progress.step(index + 1, len(names))
    left = [name for name, value in (*model.named_parameters(), *model.named_buffers()) if value.is_meta]
    assert not left, f"no weights were put into {left[0]}"
    return model


def put_linear(
    model: LanguageModel, name: str, weight: torch.Tensor, bias: torch.Tensor | None, scheme: LinearScheme
) -> None:
    """Replace the weight of a linear, quantized by its scheme."""
    if scheme.offsets:
        model.set_submodule(name, OffsetLinear(weight, bias, scheme))
        return
    linear = model.get_submodule(name)
    linear.weight = quantize_weight(weight, scheme)
    if bias is not None:
        linear.bias = nn.Parameter(bias, requires_grad=False)


def build_fp32(checkpoint: Checkpoint, max_seq_len: int, progress: Progress) -> LanguageModel:
    """The reference: nothing quantized, logits of every position."""
    schemes = {linear.name: FP32 for linear in all_linears(checkpoint.config)}
    return build(
        checkpoint, schemes, embedding="fp32", max_seq_len=max_seq_len, sdpa="custom", logits="all", progress=progress
    )


@torch.no_grad()
def all_logits(model: LanguageModel, tokens: torch.Tensor) -> torch.Tensor:
    """Logits [n, V] of every position of `tokens` [n], in windows of the model's length that start afresh."""
    window = model.max_seq_len
    was, model.logits = model.logits, "all"
    try:
        parts = [model(part[None], torch.tensor([0]))[0] for part in tokens.split(window)]
    finally:
        model.logits = was
    return torch.cat(parts)
