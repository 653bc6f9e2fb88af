"""Applies a recipe to a PyTorch module and lowers it to an ExecuTorch program, for XNNPACK unless told otherwise."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import (
    XNNPACKQuantizer,
    get_symmetric_quantization_config,
)
from executorch.backends.xnnpack.utils.configs import get_transform_passes
from executorch.exir import to_edge_transform_and_lower
from torch import nn
from torchao.quantization import Int8DynamicActivationIntxWeightConfig, quantize_
from torchao.quantization.granularity import PerAxis, PerGroup
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e

from assay_tools.common.errors import UserError
from assay_tools.export.backends import lower_openvino, lower_portable
from assay_tools.export.recipes import Recipe

Inputs = tuple[torch.Tensor, ...]

def lower(
    module: nn.Module, example: Inputs, calibration: Sequence[Inputs], recipe: Recipe, backend: str = "xnnpack"
) -> bytes:
    """The .pte of `module` under `recipe`, with one method `forward`. `module` itself is not changed."""
    model = with_dynamic_linears(copy.deepcopy(module), recipe)
    exported = torch.export.export(model, example)
    if recipe.static_linears or recipe.static_convolutions:
        exported = _with_static_int8(exported, example, calibration, recipe)
    if backend != "xnnpack":
        return lower_portable(exported) if backend == "portable" else lower_openvino(exported)
    program = to_edge_transform_and_lower(
        exported, partitioner=[XnnpackPartitioner()], transform_passes=get_transform_passes()
    )
    return program.to_executorch().buffer


def with_dynamic_linears(model: nn.Module, recipe: Recipe) -> nn.Module:
    """8da8w or 8da4w on every nn.Linear, in place."""
    if recipe.dynamic_linear_bits is None:
        return model
    for name, child in model.named_modules():
        if isinstance(child, nn.Linear) and recipe.group_size and child.in_features % recipe.group_size:
            raise UserError(
                f"linear {name} has {child.in_features} inputs, not a multiple of the group size {recipe.group_size}"
            )
        if isinstance(child, nn.Linear) and recipe.coarse_linear_bits:
            child.weight.data = _rounded_to_bits(child.weight.data, recipe.coarse_linear_bits, recipe.group_size)
    config = Int8DynamicActivationIntxWeightConfig(
        weight_dtype=torch.int4 if recipe.dynamic_linear_bits == 4 else torch.int8,
        weight_granularity=PerGroup(recipe.group_size) if recipe.group_size else PerAxis(0),
        intx_choose_qparams_algorithm=recipe.qparams_algorithm,
    )
    quantize_(model, config)
    return model


def _rounded_to_bits(weight: torch.Tensor, bits: int, group_size: int | None) -> torch.Tensor:
    """A weight [out, in] rounded to 2^bits - 1 evenly spaced values around 0 in each group, kept as floats."""
    groups = weight.reshape(weight.shape[0], -1, group_size or weight.shape[1])
    steps = 2 ** (bits - 1) - 1
    scale = groups.abs().amax(dim=-1, keepdim=True).clamp(min=1e-12) / steps
    return (torch.round(groups / scale).clamp(-steps, steps) * scale).view_as(weight)


def _with_static_int8(
    exported: torch.export.ExportedProgram, example: Inputs, calibration: Sequence[Inputs], recipe: Recipe
) -> torch.export.ExportedProgram:
    """PT2E static INT8 on the operator types of the recipe, ranges from running `calibration`.

    Operator types and not module types: asking for a module type changes nothing and says nothing.
    """
    if not calibration:
        raise UserError(f"quantization {recipe.name} needs calibration inputs, and this model has none")
    config = get_symmetric_quantization_config(is_per_channel=True)
    quantizer = XNNPACKQuantizer()
    if recipe.static_convolutions:
        quantizer.set_operator_type(torch.ops.aten.conv2d.default, config)
    if recipe.static_linears:
        quantizer.set_operator_type(torch.ops.aten.linear.default, config)
    prepared = prepare_pt2e(exported.module(), quantizer)
    with torch.no_grad():
        for inputs in calibration:
            prepared(*inputs)
    return torch.export.export(convert_pt2e(prepared), example)
