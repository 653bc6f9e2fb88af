"""Lowers modules into one file, checks it, and puts it in place with its provenance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import executorch.kernels.quantized  # noqa: F401  gives the Python runtime the embedding kernels
import torch
from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.backends.xnnpack.utils.configs import get_transform_passes
from executorch.exir import EdgeCompileConfig, to_edge_transform_and_lower
from torch import nn

from assay_tools.common.json_file import write_json
from assay_tools.common.packages import version_of
from assay_tools.common.progress import Progress, peak_memory_mb
from assay_tools.common.provenance import command_line, python_version, sha256_of
from assay_tools.common.quiet import without_runtime_remarks
from assay_tools.export.llm.fast_lowering import fast_lowering
from assay_tools.export.quantize import Inputs, with_dynamic_linears
from assay_tools.export.recipes import Recipe
from assay_tools.export.verify import check_kernels, check_outputs, check_size


@dataclass(frozen=True)
class MethodSource:
    """A method of a file to be: the first of `probes` is what it is traced with, all of them check it."""

    name: str
    module: nn.Module
    probes: Sequence[Inputs]
    dynamic_shapes: Any = None  # as of torch.export.export
    relative_error: bool = False  # as of check_outputs


def write_program(
    model: str, module: nn.Module, methods: Sequence[MethodSource], recipe: Recipe, output: Path, about: dict[str, Any],
    progress: Progress,
) -> dict[str, Any]:
    """Lower, check, and only then put the file and its provenance in place. The linears of `module`, which holds the modules
    of all `methods`, become those of the recipe. Returns the provenance."""
    unchecked = output.with_name(output.name + ".unchecked")
    try:
        unchecked.write_bytes(_lower(module, methods, recipe, progress))
        lowered = peak_memory_mb()
        progress.stage("checking the file against the eager model")
        with without_runtime_remarks():
            check_size(unchecked, module, recipe)
            kernels = _kernels(unchecked, methods, recipe)
            fidelity = _fidelity(unchecked, methods, recipe)
        unchecked.replace(output)
    finally:
        unchecked.unlink(missing_ok=True)
    provenance = {
        "version": 1,
        "model": model,
        "quantization": recipe.name,
        "recipe": recipe.text,
        "group_size": recipe.group_size,
        "qparams_algorithm": recipe.qparams_algorithm,
        "tools": {
            "python": python_version(),
            **{name: version_of(name) for name in ("torch", "torchao", "executorch", "transformers")},
        },
        **about,
        "pte": {"file": output.name, "sha256": sha256_of(output), "bytes": output.stat().st_size},
        "check_against_eager": fidelity,
        "kernels": kernels,
        "export": {"seconds": round(progress.seconds, 1), "peak_memory_mb": round(lowered)},
        "command": command_line(),
        "created_by": "scripts/export_to_executorch.py",
    }
    write_json(provenance_file(output), provenance)
    print(f"{output.name}: {output.stat().st_size} bytes, {recipe.text}; {about['checkpoint_check']}")
    print(f"  against eager: max error {fidelity['max_abs_error']:.3g}, SQNR {fidelity['sqnr_db']} dB")
    print(f"  kernels: {'; '.join(name for names in kernels.values() for name in names)}")
    progress.finish("exported")
    return provenance


def provenance_file(pte: Path) -> Path:
    """Where a file's provenance lies."""
    return pte.with_name(pte.name.removesuffix(".pte") + ".provenance.json")


def _lower(module: nn.Module, methods: Sequence[MethodSource], recipe: Recipe, progress: Progress) -> bytes:
    progress.stage(f"quantizing: {recipe.text}")
    with_dynamic_linears(module, recipe)
    progress.stage("tracing")
    with torch.no_grad():
        exported = {
            method.name: torch.export.export(method.module, method.probes[0], dynamic_shapes=method.dynamic_shapes)
            for method in methods
        }
    progress.stage("lowering to XNNPACK")
    with fast_lowering(progress.stage):
        edge = to_edge_transform_and_lower(
            exported,
            partitioner=[XnnpackPartitioner()],
            transform_passes=get_transform_passes(),
            compile_config=EdgeCompileConfig(_check_ir_validity=False),
        )
        progress.stage("writing the program")
        return edge.to_executorch().buffer


def _kernels(pte: Path, methods: Sequence[MethodSource], recipe: Recipe) -> dict[str, list[str]]:
    """Those of all methods together, by kind."""
    found: dict[str, list[str]] = {}
    for method in methods:
        for kind, names in check_kernels(pte, method.probes[0], recipe, method.name).items():
            found[kind] = sorted({*found.get(kind, []), *names})
    return found


def _fidelity(pte: Path, methods: Sequence[MethodSource], recipe: Recipe) -> dict[str, float]:
    """The worst of all methods."""
    found = [
        check_outputs(pte, one.module, one.probes, recipe, method=one.name, relative=one.relative_error) for one in methods
    ]
    return {
        "probes": sum(one["probes"] for one in found),
        "max_abs_error": max(one["max_abs_error"] for one in found),
        "sqnr_db": min(one["sqnr_db"] for one in found),
    }
