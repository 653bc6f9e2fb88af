"""Executes a model that no suite knows: on zeros and on noise, asking only that every output is finite."""

from __future__ import annotations

import array
import math
import random
import struct
from pathlib import Path
from typing import Any

from assay_tools.validation.worker import Tensor, Worker, WorkerError, element_bytes, element_count, start_worker

_SEED = 1
_MEL_BINS = 80
_MEL_HOP = 160
_MEL_OF_SILENCE = -1.5  # (log10(1e-10) + 4) / 4
_FLOATS = {"float16": "e", "float32": "f", "float64": "d"}


def execute(assay: Path, pte: Path) -> str:
    """What happened, in words. Errors: WorkerError, saying what is wrong with the model."""
    with start_worker(assay) as worker:
        inputs = worker.load(pte)["inputs"]
        outputs = _finite_outputs(worker, inputs, [_zeros(spec) for spec in inputs], "zeros")
        known = _check_silence(inputs, outputs)
        _finite_outputs(worker, inputs, [_noise(spec) for spec in inputs], "noise")
    plural = "s are" if len(outputs) > 1 else " is"
    return f"no suite knows it: runs on zeros and on noise, {len(outputs)} output{plural} finite{known}"


def _finite_outputs(worker: Worker, specs: list[dict[str, Any]], values: list[bytes], what: str) -> list[Tensor]:
    worker.give(specs, values)
    outputs = worker.outputs()
    for index, output in enumerate(outputs):
        bad = sum(not math.isfinite(value) for value in floats(output))
        if bad:
            raise WorkerError(f"{bad} values of output {index} are NaN or infinite on {what}")
    return outputs


def floats(tensor: Tensor) -> list[float]:
    """The values of a floating-point tensor; of another type none, which are always finite."""
    if tensor.dtype == "bfloat16":
        halves = array.array("H", tensor.data)
        return [struct.unpack("<f", struct.pack("<I", half << 16))[0] for half in halves]
    if tensor.dtype not in _FLOATS:
        return []
    count = len(tensor.data) // element_bytes(tensor.dtype)
    return list(struct.unpack(f"<{count}{_FLOATS[tensor.dtype]}", tensor.data))


def _zeros(spec: dict[str, Any]) -> bytes:
    return bytes(element_bytes(spec["dtype"]) * element_count(spec["shape"]))


def _noise(spec: dict[str, Any]) -> bytes:
    """-1 .. 1 where floats are wanted. Whole numbers stay 0: tokens and positions have limits that nobody told us."""
    if spec["dtype"] not in _FLOATS:
        return _zeros(spec)
    numbers = random.Random(_SEED)
    count = element_count(spec["shape"])
    return struct.pack(f"<{count}{_FLOATS[spec['dtype']]}", *(numbers.uniform(-1, 1) for _ in range(count)))


def _check_silence(inputs: list[dict[str, Any]], outputs: list[Tensor]) -> str:
    """A model that turns audio into a Whisper log-mel has a known answer to digital silence."""
    if len(inputs) != 1 or len(outputs) != 1 or len(inputs[0]["shape"]) != 2:
        return ""
    samples = inputs[0]["shape"][1]
    if inputs[0]["dtype"] != "float32" or outputs[0].shape[-2:] != [_MEL_BINS, samples // _MEL_HOP]:
        return ""
    error = max(abs(value - _MEL_OF_SILENCE) for value in floats(outputs[0]))
    if error > 1e-4:
        raise WorkerError(f"a log-mel of digital silence is {_MEL_OF_SILENCE} everywhere; this one is off by {error:.3g}")
    return f", the log-mel of silence is right to {error:.1g}"
