"""What a model can be lowered for besides XNNPACK, and what must be seen in the file afterwards."""

from __future__ import annotations

from pathlib import Path

import torch
from executorch.exir import to_edge_transform_and_lower

from assay_tools.common.errors import UserError


def lower_portable(exported: torch.export.ExportedProgram) -> bytes:
    """No partitioner: every operator is a kernel of the runtime."""
    import executorch.kernels.quantized  # noqa: F401  registers the out variants of quantized_decomposed operators

    return to_edge_transform_and_lower(exported, partitioner=[]).to_executorch().buffer


def lower_openvino(exported: torch.export.ExportedProgram) -> bytes:
    """OpenVINO's delegate for the CPU. Needs the packages of scripts/requirements-openvino.txt."""
    try:
        from executorch.backends.openvino.partitioner import OpenvinoPartitioner
    except ImportError as error:
        raise UserError(
            f"--backend openvino: {error}; start it with: scripts/export_openvino scripts/export_to_executorch.py ..."
        ) from error
    from executorch.exir.backend.backend_details import CompileSpec

    partitioner = OpenvinoPartitioner([CompileSpec("device", b"CPU")])
    return to_edge_transform_and_lower(exported, partitioner=[partitioner]).to_executorch().buffer


def check_delegates(pte: Path, backend: str) -> list[str]:
    """The delegates that the file names; they must be those of `backend`, and no others."""
    from executorch.exir._serialize._program import deserialize_pte_binary

    program = deserialize_pte_binary(pte.read_bytes()).program
    found = sorted({delegate.id for plan in program.execution_plan for delegate in plan.delegates})
    expected = {"portable": [], "openvino": ["OpenvinoBackend"]}[backend]
    if found != expected:
        raise UserError(f"{pte.name} was lowered for {backend}, but uses the delegates {found} instead of {expected}")
    return found
