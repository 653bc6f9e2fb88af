"""What each .pte of a language model scores against goldens, in ExecuTorch's Python runtime and its own llama:: kernels.

A second opinion on the figures of assay, whose runtime, kernels and scoring are C++: nothing here is shared with them.
"""

from __future__ import annotations

from pathlib import Path

import executorch.extension.llm.custom_ops.custom_ops
import executorch.kernels.quantized  # noqa: F401  registers the embedding kernels
import numpy as np
import torch

from assay_tools.common.pte_runner import load_method
from assay_tools.references.llm_reference import TransformersReference
from assay_tools.references.llm_score import read_golden, score


def logits_of_pte(pte: Path, tokens: np.ndarray) -> np.ndarray:
    """float32 [n, V]: the tokens are fed one by one, as in decoding, each at its position of the KV cache."""
    method = load_method(pte)
    rows = []
    for position, token in enumerate(tokens):
        inputs = (torch.tensor([[int(token)]]), torch.tensor([position]))
        rows.append(method.execute(inputs)[0].reshape(-1).numpy().copy())
    return np.stack(rows)


def markdown(goldens: list[Path], model: Path, variants: dict[str, Path]) -> str:
    """A table for each variant, a line for each golden."""
    reference = TransformersReference(model)
    lines = []
    for name, pte in variants.items():
        lines += [
            f"### {name}", "",
            "| case | mean KLD, exact | lower bound | upper bound | largest KLD | top-1 | perplexity | ratio | common prefix |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        for path in goldens:
            golden = read_golden(path)
            tokens = golden.tensors["tokens"]
            found = score(golden, reference.logits(tokens.tolist()), logits_of_pte(pte, tokens))
            prefix = "-" if found.common_prefix is None else f"{found.common_prefix} of {len(golden.tensors['positions'])}"
            lines.append(
                f"| {golden.name} | {found.kld:.3g} | {found.kld_lower:.3g} | {found.kld_upper:.3g} | {found.kld_max:.3g} | "
                f"{found.top1:.3f} | {found.perplexity:.2f} | {found.perplexity_ratio:.4f} | {prefix} |"
            )
        lines.append("")
    return "\n".join(lines)
