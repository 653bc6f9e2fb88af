"""Runs .pte files with the ExecuTorch Python runtime, and lists the kernels a run really used."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
from executorch.runtime import Method, Runtime

from assay_tools.common.errors import UserError


def load_method(pte: Path, method: str = "forward") -> Method:
    """A loaded method of a .pte file."""
    try:
        return Runtime.get().load_program(pte).load_method(method)
    except (RuntimeError, KeyError) as error:
        raise UserError(f"{pte}: the ExecuTorch runtime does not load method {method}: {error}") from error


def kernel_names(pte: Path, inputs: Sequence[torch.Tensor], method: str = "forward") -> list[str]:
    """Names of the kernels of one run, XNNPACK's included, for example `Fully Connected (NC, QS8, QC8W) GEMM #1`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from executorch.devtools import Inspector

        program = Runtime.get().load_program(pte, enable_etdump=True)
        program.load_method(method).execute(inputs)
        with tempfile.TemporaryDirectory() as folder:
            etdump = Path(folder) / "run.etdp"
            program.write_etdump_result_to_file(str(etdump), str(Path(folder) / "debug.bin"))
            inspector = Inspector(etdump_path=str(etdump))
    return [event.name for block in inspector.event_blocks for event in block.events]
