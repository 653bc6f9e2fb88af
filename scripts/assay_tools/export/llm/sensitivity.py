"""Finds the parts of a model that suffer most from 4 bits.

A part is one decoder layer or the output head. Each is quantized alone, everything else stays fp32, and the mean
Kullback-Leibler divergence of the next-token distribution from that of the fp32 model is its sensitivity. The text is
the model's own, sampled with a fixed seed: no data set is needed, and none that judges the result is touched.
"""

from __future__ import annotations

import torch

from assay_tools.common.progress import Progress
from assay_tools.export.llm.build import all_logits, build_fp32, put_linear
from assay_tools.export.llm.checkpoint import Checkpoint
from assay_tools.export.llm.config import all_linears
from assay_tools.export.llm.mixing import parts_of
from assay_tools.export.llm.model import LanguageModel
from assay_tools.export.llm.recipes import FP32, HEAD, LinearScheme

_TOKENS = 192  # of sampled text
_SEED = 0


@torch.no_grad()
def sample_text(model: LanguageModel, count: int, seed: int) -> torch.Tensor:
    """`count` tokens sampled from the model at temperature 1, the start token included. int64 [count]."""
    generator = torch.Generator().manual_seed(seed)
    tokens = [model.config.bos_id or 0]
    for position in range(count - 1):
        logits = model(torch.tensor([[tokens[-1]]]), torch.tensor([position])).view(-1)
        tokens.append(int(torch.multinomial(torch.softmax(logits, 0), 1, generator=generator)))
    return torch.tensor(tokens)


def mean_kld(reference: torch.Tensor, logits: torch.Tensor) -> float:
    """Mean over positions of KL(reference || logits), natural logarithm; `reference` are log-probabilities [n, V]."""
    other = torch.log_softmax(logits.double(), dim=-1)
    return float((reference.exp() * (reference - other)).sum(dim=-1).mean())


def measure(checkpoint: Checkpoint, scheme: LinearScheme, max_seq_len: int, progress: Progress) -> dict[str, float]:
    """Mean KLD that `scheme` costs in each part alone."""
    count = min(_TOKENS, max_seq_len)
    model = build_fp32(checkpoint, count, progress)
    tokens = sample_text(model, count, _SEED)
    reference = torch.log_softmax(all_logits(model, tokens).double(), dim=-1)
    parts = parts_of(all_linears(checkpoint.config))
    found = {}
    for index, (name, linears) in enumerate(parts.items()):
        for linear in linears:
            _put(model, checkpoint, linear.name, scheme)
        found[name] = mean_kld(reference, all_logits(model, tokens))
        for linear in linears:
            _put(model, checkpoint, linear.name, FP32)
        progress.step(index + 1, len(parts))
    return found


def _put(model: LanguageModel, checkpoint: Checkpoint, name: str, scheme: LinearScheme) -> None:
    tied = name == HEAD and checkpoint.config.tied_embeddings
    weight = checkpoint.tensor("model.embed_tokens.weight" if tied else f"{name}.weight")
    put_linear(model, name, weight, getattr(model.get_submodule(name), "bias", None), scheme)
