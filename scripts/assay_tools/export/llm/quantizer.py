"""Turns one float weight into the quantized one that a scheme asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torchao.quantization import IntxUnpackedToInt8Tensor

from assay_tools.export.llm.recipes import LinearScheme

_DYNAMIC_INT8 = "int8_asym_per_token"
_LOW, _HIGH = -8, 7  # of a 4-bit weight
_SHRINKS = [1.0 - 0.02 * step for step in range(16)]  # of the range that covers all weights of a group
_ROWS_AT_ONCE = 128


def quantize_weight(weight: torch.Tensor, scheme: LinearScheme) -> nn.Parameter:
    """`weight` [outputs, inputs] float32 under `scheme` (without offsets), to be put into a linear layer."""
    if scheme.bits == 32:
        return nn.Parameter(weight, requires_grad=False)
    if scheme.algorithm == "least squares":
        values, scales = least_squares_scales(weight, scheme.group_size)
        return int4_parameter(values, scales)
    group = scheme.group_size or weight.shape[1]
    quantized = IntxUnpackedToInt8Tensor.from_hp(
        weight,
        (1, group),
        torch.int4 if scheme.bits == 4 else torch.int8,
        activation_quantization=_DYNAMIC_INT8,
        intx_choose_qparams_algorithm=scheme.algorithm,
    )
    if scheme.bits == 4:
        quantized.scale = _as_stored(quantized.scale)
    return nn.Parameter(quantized, requires_grad=False)


def int4_parameter(values: torch.Tensor, scales: torch.Tensor) -> nn.Parameter:
    """A weight of `values` int8 -8 .. 7 [outputs, inputs] times `scales` float32 [outputs, groups]."""
    quantized = IntxUnpackedToInt8Tensor(
        values, scales, torch.zeros(scales.shape, dtype=torch.int8), torch.int4,
        (1, values.shape[1] // scales.shape[1]), torch.float32, _DYNAMIC_INT8,
    )
    return nn.Parameter(quantized, requires_grad=False)


def _by_rows(search: Callable[[torch.Tensor, int], tuple[torch.Tensor, ...]]) -> Callable[..., Any]:
    """`search` on a few rows at a time, whose temporaries then stay in the processor's cache; several times faster."""

    def run(weight: torch.Tensor, group_size: int) -> tuple[torch.Tensor, ...]:
        parts = [search(rows, group_size) for rows in weight.split(_ROWS_AT_ONCE)]
        return tuple(torch.cat(pieces) for pieces in zip(*parts, strict=True))

    run.__doc__ = search.__doc__
    return run


@_by_rows
def least_squares_scales(weight: torch.Tensor, group_size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Values and scales of the grid around zero that is nearest to each group of weights.

    A smaller scale cuts off the largest weights and stands nearer to all others; of a row of scales the one with the
    least sum of squared errors is taken.
    """
    groups = weight.view(weight.shape[0], -1, group_size)
    # The range in which nothing is cut off: negative weights reach to -8 steps, positive ones to 7.
    covering = torch.maximum(groups.amax(2) / _HIGH, groups.amin(2) / _LOW).clamp(min=1e-12)
    best_error = torch.full_like(covering, torch.inf)
    best_scale = covering
    best_values = torch.zeros(groups.shape, dtype=torch.int8)
    for shrink in _SHRINKS:
        scale = _as_stored(covering * shrink)
        values = torch.round(groups / scale[:, :, None]).clamp_(_LOW, _HIGH)
        error = (values * scale[:, :, None] - groups).square_().sum(2)
        better = error < best_error
        best_error = torch.where(better, error, best_error)
        best_scale = torch.where(better, scale, best_scale)
        best_values = torch.where(better[:, :, None], values.to(torch.int8), best_values)
    return best_values.view(weight.shape), best_scale


@_by_rows
def least_squares_grid(weight: torch.Tensor, group_size: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Values, scales and offsets [outputs, groups] of the nearest grid that need not contain zero.

    Weights that came from 4 bits with a minimum for each 32 (GGUF's Q4_1) are found again, to the precision of a scale.
    """
    groups = weight.view(weight.shape[0], -1, group_size)
    low, high = groups.amin(2), groups.amax(2)
    middle, covering = (low + high) / 2, ((high - low) / (_HIGH - _LOW)).clamp(min=1e-12)
    best_error = torch.full_like(covering, torch.inf)
    best_scale, best_offset = covering, middle
    best_values = torch.zeros(groups.shape, dtype=torch.int8)
    for shrink in _SHRINKS:
        scale = _as_stored(covering * shrink)
        centre = middle - scale * (_HIGH + _LOW) / 2
        values = torch.round((groups - centre[:, :, None]) / scale[:, :, None]).clamp_(_LOW, _HIGH)
        rest = groups - values * scale[:, :, None]
        offset = rest.mean(2)
        error = (rest - offset[:, :, None]).square_().sum(2)
        better = error < best_error
        best_error = torch.where(better, error, best_error)
        best_scale = torch.where(better, scale, best_scale)
        best_offset = torch.where(better, offset, best_offset)
        best_values = torch.where(better[:, :, None], values.to(torch.int8), best_values)
    return best_values.view(weight.shape), best_scale, best_offset


def _as_stored(scales: torch.Tensor) -> torch.Tensor:
    """Group scales as XNNPACK keeps them, in bfloat16; so the eager model computes with what will run."""
    return scales.bfloat16().float()
