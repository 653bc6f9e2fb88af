"""Turns one float weight into the quantized one that a scheme asks for."""

from __future__ import annotations

import torch
from torch import nn
from torchao.quantization import IntxUnpackedToInt8Tensor

from .recipes import LinearScheme

_DYNAMIC_INT8 = "int8_asym_per_token"


def quantize_weight(weight: torch.Tensor, scheme: LinearScheme) -> nn.Parameter:
    """`weight` [outputs, inputs] float32 under `scheme`, to be put into a linear layer."""
    if scheme.bits == 32:
        return nn.Parameter(weight, requires_grad=False)
    group = scheme.group_size or weight.shape[1]
    quantized = IntxUnpackedToInt8Tensor.from_hp(
        weight,
        (1, group),
        torch.int4 if scheme.bits == 4 else torch.int8,
        activation_quantization=_DYNAMIC_INT8,
        intx_choose_qparams_algorithm=scheme.algorithm,
    )
    if scheme.bits == 4:
        # XNNPACK stores group scales as bfloat16; rounded here too, the eager model computes with what will run.
        quantized.scale = quantized.scale.bfloat16().float()
    return nn.Parameter(quantized, requires_grad=False)
