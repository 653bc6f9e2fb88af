"""Checks a finished language model file: it runs, agrees with the eager module, and is delegated as intended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import executorch.kernels.quantized  # noqa: F401  gives the Python runtime the embedding kernels
import torch

from assay_tools.common.errors import UserError
from assay_tools.common.pte_runner import kernel_names, load_method
from assay_tools.export.llm.config import ModelConfig
from assay_tools.export.llm.model import LanguageModel
from assay_tools.export.llm.recipes import FP32_KERNEL, LinearScheme
from assay_tools.export.verify import QUANTIZED_MIN_SQNR_DB

_DECODE_STEPS = 4
_FP32_MAX_ERROR = 1e-4  # of the largest logit: rounding differs between kernels, a wrong graph differs by far more
_ATTENTION = "llama::custom_sdpa.out"
_DELEGATE = "DELEGATE_CALL"


def probe_calls(config: ModelConfig, max_seq_len: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """A prefill, some decode steps after it, and a token at the very last position."""
    prefill = min(24, max_seq_len - _DECODE_STEPS)
    generator = torch.Generator().manual_seed(0)
    tokens = torch.randint(config.vocab_size, (1, prefill + _DECODE_STEPS), generator=generator)
    calls = [(tokens[:, :prefill].contiguous(), torch.tensor([0]))]
    for position in range(prefill, prefill + _DECODE_STEPS):
        calls.append((tokens[:, position : position + 1].contiguous(), torch.tensor([position])))
    calls.append((tokens[:, :1].contiguous(), torch.tensor([max_seq_len - 1])))
    return calls


def check_against_eager(pte: Path, model: LanguageModel, exact: bool) -> dict[str, float]:
    """Run the probe calls in the runtime and in PyTorch, each with its own cache. `exact`: nothing is quantized."""
    method = load_method(pte)
    signal = noise = largest = peak = 0.0
    calls = probe_calls(model.config, model.max_seq_len)
    with torch.no_grad():
        for inputs in calls:
            got, expected = method.execute(inputs)[0], model(*inputs)
            if got.shape != expected.shape:
                raise UserError(f"{pte.name}: logits have shape {list(got.shape)}, expected {list(expected.shape)}")
            if not torch.isfinite(got).all():
                raise UserError(f"{pte.name}: a logit is not finite")
            error = (got - expected).double()
            signal += float(expected.double().square().sum())
            noise += float(error.square().sum())
            largest = max(largest, float(error.abs().max()))
            peak = max(peak, float(expected.abs().max()))
    sqnr_db = 10.0 * float(torch.log10(torch.tensor(signal / noise))) if noise else float("inf")
    if exact and largest > _FP32_MAX_ERROR * max(peak, 1.0):
        raise UserError(f"{pte.name}: fp32 logits differ from eager by {largest:.3g} (largest logit {peak:.3g})")
    if sqnr_db < QUANTIZED_MIN_SQNR_DB:
        raise UserError(f"{pte.name}: logits have only {sqnr_db:.1f} dB SQNR to eager (< {QUANTIZED_MIN_SQNR_DB})")
    return {"calls": len(calls), "max_abs_error": largest, "sqnr_db": round(sqnr_db, 2)}


def check_graph(
    pte: Path, config: ModelConfig, schemes: Mapping[str, LinearScheme], sdpa: str
) -> dict[str, Any]:
    """The kernels of one run: linears as promised, and with `custom` one delegate between consecutive attentions."""
    names = kernel_names(pte, (torch.zeros(1, 2, dtype=torch.int64), torch.zeros(1, dtype=torch.int64)))
    kernels = [name for name in names if name.startswith("Fully Connected")]
    wanted = Counter(pattern for scheme in schemes.values() for pattern in scheme.kernels)
    wanted[FP32_KERNEL] += 2 * config.n_layers * 2 + 1  # RMSNorm's means and RoPE's rotations are fp32 linears
    counts: Counter[str] = Counter()
    for name in kernels:
        if not any(re.search(pattern, name) for pattern in wanted):
            raise UserError(f"{pte.name} runs {name!r}, which none of its layers should")
        counts[re.sub(r" #\d+$", "", name)] += 1
    for pattern, number in wanted.items():
        found = sum(bool(re.search(pattern, name)) for name in kernels)
        if found != number:
            raise UserError(f"{pte.name}: {found} linears ran on kernels {pattern!r}, {number} were promised")
    delegates = names.count(_DELEGATE)
    if sdpa == "custom":
        calls = "".join({_ATTENTION: "A", _DELEGATE: "D"}.get(name, "") for name in names)
        expected = "D" + "AD" * config.n_layers
        if calls != expected:
            raise UserError(
                f"{pte.name}: delegates (D) and attentions (A) ran in the order {calls}, expected {expected}; "
                "something between two attentions does not run on XNNPACK"
            )
    return {"linear_kernels": dict(counts), "delegates": delegates}
