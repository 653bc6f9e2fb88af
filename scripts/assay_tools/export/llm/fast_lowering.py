"""Lowers large graphs in less time, by leaving out work of the stock pipeline that changes nothing.

`fast_lowering()` is a context manager that replaces functions of torch, torchao and executorch while it is active. Each
replacement below says what it saves and why the result is the same. None is needed: where an upstream release has moved
a function, that replacement is left out with a note, and lowering is slower. tests/export compares the outputs of both.
"""

from __future__ import annotations

import contextlib
import copy
import importlib
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.utils import _pytree as pytree

from assay_tools.export.llm.quantization_shapes import quantization_shapes

_STAMP = "assay_computed_from"  # key in a node's meta: operator and operands that its value was computed from
_DECOMPOSED = "_assay_decomposed"  # attribute of a program that run_decompositions returned


@contextlib.contextmanager
def fast_lowering(note: Callable[[str], None]) -> Iterator[None]:
    """Every replacement that this version of the packages has a place for; `note` hears of the others."""
    with contextlib.ExitStack() as stack:
        for module, path, make in _REPLACEMENTS:
            try:
                owner: Any = importlib.import_module(module)
                *parents, name = path.split(".")
                for parent in parents:
                    owner = getattr(owner, parent)
                original = owner.__dict__[name]
            except (ImportError, AttributeError, KeyError):
                note(f"note: {module}.{path} is not there any more; lowering works without, and takes longer")
                continue
            setattr(owner, name, make(original))
            stack.callback(setattr, owner, name, original)
        stack.enter_context(quantization_shapes(note))
        yield


def _same(now: list[Any], then: list[Any]) -> bool:
    """Whether two lists of operands are the same objects, or equal plain values."""
    if len(now) != len(then):
        return False
    for a, b in zip(now, then, strict=True):
        if a is b:
            continue
        plain = isinstance(a, (int, float, bool, str, torch.dtype, torch.layout, torch.device, torch.memory_format))
        if not plain or type(a) is not type(b) or a != b:
            return False
    return True


def _reuse_values(original: Callable[..., Any]) -> Callable[..., Any]:
    """A pass replays every node on fake tensors; a node whose operator and operands have not changed keeps its value.

    Saves most of the time of some 30 passes for the whole graph and 17 for each partition. The value is used again
    only if it was computed by this very function from the very same objects, which is remembered beside it.
    """

    def fx(self: Any, kind: str, target: Any, args: Any, kwargs: Any, meta: Any) -> Any:
        if kind != "call_function" or not isinstance(target, _OPERATORS):
            return original(self, kind, target, args, kwargs, meta)
        from executorch.exir.pass_base import ProxyValue

        operands, spec = pytree.tree_flatten((args, kwargs))
        data = [operand.data if isinstance(operand, ProxyValue) else operand for operand in operands]
        stamp = meta.data.get(_STAMP)
        known = stamp is not None and stamp[0] is target and stamp[2] == spec and _same(data, stamp[1])
        if not known:
            result = original(self, kind, target, args, kwargs, meta)
            result.node.meta[_STAMP] = (target, data, spec, result.data)
            return result
        proxies = pytree.tree_unflatten(
            [operand.proxy if isinstance(operand, ProxyValue) else operand for operand in operands], spec
        )
        name = None
        if isinstance(target, torch._ops.OpOverload):
            name = self.tracer.graph._target_to_str(target.overloadpacket.__name__)
        proxy = self.tracer.create_proxy(kind, target, *proxies, name=name)
        proxy.node.meta.update(meta.data)
        self.tracer.set_metadata(proxy.node, stamp[3])
        return ProxyValue(stamp[3], proxy)

    return fx


def _operators() -> tuple[type, ...]:
    from executorch.exir.dialects.edge._ops import EdgeOpOverload

    return (torch._ops.OpOverload, EdgeOpOverload)


_OPERATORS = _operators()


def _decompose_once(original: Callable[..., Any]) -> Callable[..., Any]:
    """Decomposing retraces the whole graph, three times in a row; without an operator to decompose it changes nothing.

    Left out only for a program that came out of decomposing itself, which also made it functional.
    """

    def run_decompositions(self: Any, decomp_table: Any = None, *args: Any, **kwargs: Any) -> Any:
        if getattr(self, _DECOMPOSED, False) and decomp_table is not None:
            targets = {node.target for node in self.graph.nodes if node.op == "call_function"}
            targets -= {torch.ops.aten.sym_size.int}  # listed there, and retraced as itself
            if not any(target in decomp_table for target in targets):
                return self
        result = original(self, decomp_table, *args, **kwargs)
        setattr(result, _DECOMPOSED, True)
        return result

    return run_decompositions


def _share_weights(original: Any) -> Any:
    """Before each partition is turned into bytes its program is copied, weights and all, which XNNPACK only reads.

    The graph is still copied; the weights are the same tensors. Without this all of them are in memory twice.
    """

    def copy_program(cls: type, edge_program: Any, compile_specs: Any) -> Any:
        shared = [*edge_program.state_dict.values(), *edge_program.constants.values()]
        return copy.deepcopy(edge_program, {id(value): value for value in shared})

    return classmethod(copy_program)


def _no_text(original: Callable[..., Any]) -> Callable[..., Any]:
    """The text of a whole graph is made for debug messages that are off, once a partition and pass."""
    return lambda self, *args, **kwargs: ""


_PASS = "executorch.exir.pass_base"
_REPLACEMENTS: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    (_PASS, "_ExportPassBase._fx", _reuse_values),
    ("torch.export", "ExportedProgram.run_decompositions", _decompose_once),
    (
        "executorch.exir.backend.backend_details", "BackendDetails.copy_exported_program_for_preprocess", _share_weights,
    ),
    ("torch.fx.graph_module", "GraphModule.print_readable", _no_text),
    ("torch.fx.graph_module", "GraphModule.__str__", _no_text),
)
