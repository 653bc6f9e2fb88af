"""4-bit weights with an offset for each group, on kernels that know only scales.

XNNPACK's 4-bit weights are value * scale, symmetric around zero. A grid that need not contain zero fits weights much
better, above all those that had such a grid before (GGUF's Q4_1). With an offset c for each output and group,

    sum over inputs of (value * scale + c) * x  =  4-bit linear of x  +  sum over groups of c * (sum of x in the group)

and the second part is a linear layer with one input for each group: 1/32 of the weights, kept in 8 bits.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from assay_tools.export.llm.quantizer import int4_parameter, least_squares_grid, quantize_weight
from assay_tools.export.llm.recipes import INT8, LinearScheme


class OffsetLinear(nn.Module):
    """x [..., inputs] -> [..., outputs]; `weight` float32 [outputs, inputs]."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor | None, scheme: LinearScheme) -> None:
        super().__init__()
        outputs, inputs = weight.shape
        values, scales, offsets = least_squares_grid(weight, scheme.group_size)
        self.symmetric = nn.Linear(inputs, outputs, bias=bias is not None, device="meta")
        self.symmetric.weight = int4_parameter(values, scales)
        if bias is not None:
            self.symmetric.bias = nn.Parameter(bias, requires_grad=False)
        self.offsets = nn.Linear(offsets.shape[1], outputs, bias=False, device="meta")
        self.offsets.weight = quantize_weight(offsets.contiguous(), INT8)
        membership = torch.eye(offsets.shape[1]).repeat_interleave(scheme.group_size, dim=1)
        self.register_buffer("membership", membership, persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.symmetric(x) + self.offsets(functional.linear(x, self.membership))
