"""Checks a finished .pte against its label and against the eager model. A disagreement is an error, never a warning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from assay_tools.common.errors import UserError
from assay_tools.common.pte_runner import kernel_names, load_method
from assay_tools.export.quantize import Inputs
from assay_tools.export.recipes import Recipe

FP32_MAX_ABS_ERROR = 1e-4  # rounding differs between kernels; a wrong graph differs by far more
QUANTIZED_MIN_SQNR_DB = 6.0  # below this the error has half the amplitude of the signal: something is broken


def check_kernels(pte: Path, inputs: Inputs, recipe: Recipe, method: str = "forward") -> dict[str, list[str]]:
    """The linear and convolution kernels of one run, each of which must be the kind that the label promises."""
    names = kernel_names(pte, inputs, method)
    kinds = {"Fully Connected": recipe.linear_kernels, "Convolution": recipe.convolution_kernels}
    found: dict[str, list[str]] = {}
    for kind, expected in kinds.items():
        kernels = [name for name in names if name.startswith(kind)]
        found[kind] = sorted({re.sub(r" #\d+$", "", name) for name in kernels})
        wrong = [name for name in kernels if not re.search(expected, name)]
        if wrong:
            raise UserError(
                f"{pte.name} is labelled {recipe.name}, but runs {wrong[0]!r} where a kernel matching "
                f"'{expected}' was promised"
            )
    if not any(found.values()):
        raise UserError(f"{pte.name}: no linear or convolution ran on XNNPACK")
    return found


def check_size(pte: Path, module: nn.Module, recipe: Recipe) -> None:
    """The file must be about as large as its weights are at the promised widths, and everything else as it is."""
    expected = 0.0
    other = sum(value.numel() * value.element_size() for value in (*module.parameters(), *module.buffers()))
    for child in module.modules():
        if isinstance(child, (nn.Linear, nn.Conv2d)):
            bits = recipe.linear_bits if isinstance(child, nn.Linear) else recipe.convolution_bits
            expected += child.weight.numel() * bits / 8
            other -= child.weight.numel() * child.weight.element_size()
    low, high = 0.95 * expected, 1.25 * expected + other + 65536
    size = pte.stat().st_size
    if not low <= size <= high:
        raise UserError(
            f"{pte.name} is labelled {recipe.name}: {size} bytes, but weights of that kind, with its constants, make "
            f"{low:.0f} to {high:.0f}"
        )


def check_outputs(
    pte: Path, module: nn.Module, probes: Sequence[Inputs], recipe: Recipe, backend: str = "xnnpack", *,
    method: str = "forward", relative: bool = False,
) -> dict[str, float]:
    """Outputs on `probes` must be finite and close to eager. The same inputs go to both, so no error accumulates.

    `relative`: fp32 is held to the largest value there is, where that is above 1; logits of trained models reach 30.
    """
    loaded = load_method(pte, method)
    signal = noise = largest = peak = 0.0
    with torch.no_grad():
        for inputs in probes:
            for got, expected in zip(loaded.execute(inputs), _as_outputs(module(*inputs)), strict=True):
                if not torch.isfinite(got).all():
                    raise UserError(f"{pte.name}: an output is not finite")
                error = (got - expected).double()
                signal += float(expected.double().square().sum())
                noise += float(error.square().sum())
                largest = max(largest, float(error.abs().max()))
                peak = max(peak, float(expected.abs().max()))
    sqnr_db = 10.0 * float(torch.log10(torch.tensor(signal / noise))) if noise else float("inf")
    # OpenVINO computes an fp32 model in bfloat16 on processors that have it, and its delegate has no switch for that.
    limit = FP32_MAX_ABS_ERROR * max(peak, 1.0) if relative else FP32_MAX_ABS_ERROR
    if recipe.name == "fp32" and backend != "openvino" and largest > limit:
        raise UserError(f"{pte.name}: fp32 outputs differ from eager by {largest:.3g} (> {limit:.3g})")
    if sqnr_db < QUANTIZED_MIN_SQNR_DB:
        raise UserError(f"{pte.name}: outputs have only {sqnr_db:.1f} dB SQNR to eager (< {QUANTIZED_MIN_SQNR_DB})")
    return {"probes": len(probes), "max_abs_error": largest, "sqnr_db": round(sqnr_db, 2)}


def _as_outputs(returned: torch.Tensor | tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    """A module with one output returns it bare, a program never does."""
    return (returned,) if isinstance(returned, torch.Tensor) else returned
