"""Shapes of torchao's quantization operators, without running their arithmetic on fake tensors.

About half of the time of lowering goes into replaying reshapes, reductions, divisions and roundings on tensors that have
a (partly symbolic) shape and no data. Only the shape of the result matters there, and it is known.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensor

_COMPOSITE = torch._C.DispatchKey.CompositeImplicitAutograd


def _quantize(tensor: torch.Tensor, block: Any, scale: Any, zero_point: Any, dtype: torch.dtype, *_: Any) -> Any:
    return torch.empty_like(tensor, dtype=dtype)


def _dequantize(
    tensor: torch.Tensor, block: Any, scale: Any, zero_point: Any, input_dtype: torch.dtype, low: Any = None,
    high: Any = None, output_dtype: torch.dtype = torch.float32,
) -> Any:
    return torch.empty_like(tensor, dtype=output_dtype)


def _choose_params(
    tensor: torch.Tensor, mapping: str, block: Any, target_dtype: Any, low: Any = None, high: Any = None,
    eps: Any = None, scale_dtype: Any = None, zero_point_dtype: Any = None, keepdim: bool = False,
) -> Any:
    one_scale_a_token = all(type(size) is int and size == 1 for size in block[:-1]) and block[-1] == tensor.shape[-1]
    if not one_scale_a_token:
        return NotImplemented
    shape = [*tensor.shape[:-1], 1] if keepdim else tensor.shape[:-1]
    scale = tensor.new_empty(shape, dtype=scale_dtype or tensor.dtype)
    return scale, tensor.new_empty(shape, dtype=zero_point_dtype or torch.int32)


def _kernel(operator: Any, shape_of: Callable[..., Any]) -> Callable[..., Any]:
    """`shape_of` for fake tensors; the operator itself for real ones and for what `shape_of` does not know."""

    def run(*args: Any, **kwargs: Any) -> Any:
        tensors = [arg for arg in args if isinstance(arg, torch.Tensor)]
        if tensors and all(type(tensor) is FakeTensor for tensor in tensors):
            result = shape_of(*args, **kwargs)
            if result is not NotImplemented:
                return result
        return operator._op_dk(_COMPOSITE, *args, **kwargs)

    return run


@contextlib.contextmanager
def quantization_shapes(note: Callable[[str], None]) -> Iterator[None]:
    """While active, torchao's three operators only work out shapes when their tensors are fake."""
    shapes: dict[str, Callable[..., Any]] = {
        "quantize_affine": _quantize, "dequantize_affine": _dequantize, "choose_qparams_affine": _choose_params,
    }
    changed = []
    try:
        for name, shape_of in shapes.items():
            try:
                operator = getattr(torch.ops.torchao, name).default
                if _COMPOSITE in operator.py_kernels or not hasattr(operator, "_op_dk"):
                    raise AttributeError(name)
                operator.py_impl(_COMPOSITE)(_kernel(operator, shape_of))
            except AttributeError:
                note(f"note: torchao::{name} is not as expected; lowering works, and takes longer")
                continue
            changed.append(operator)
        yield
    finally:
        for operator in changed:
            del operator.py_kernels[_COMPOSITE]
            operator._dispatch_cache.clear()
