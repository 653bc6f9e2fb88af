"""Writes safetensors files whose bytes depend on nothing but their content, and reads their metadata.

The safetensors package orders metadata differently from run to run, which would give the same golden a new sha256 each
time. Layout: 8 bytes little-endian header length, JSON header, tensor bytes without gaps.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # so that those who only read metadata need nothing but Python
    import numpy as np

_DTYPES = {"float32": "F32", "float16": "F16", "int64": "I64", "int32": "I32", "int16": "I16"}
_ALIGNMENT = 8  # the header is padded with spaces, so that tensor data starts on a multiple of this


def write_safetensors(path: Path, tensors: Mapping[str, np.ndarray], metadata: Mapping[str, str]) -> None:
    """Write tensors in the given order, metadata in the given order."""
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    offset = 0
    blobs = []
    for name, tensor in tensors.items():
        blob = tensor.tobytes()  # in C order, whatever order it has in memory
        dtype = _DTYPES[tensor.dtype.name]
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        offset += len(blob)
        blobs.append(blob)
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    text += b" " * (-(8 + len(text)) % _ALIGNMENT)
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(blobs))


def read_metadata(path: Path) -> dict[str, str]:
    """`__metadata__` of a safetensors file; empty where it has none."""
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    metadata: dict[str, str] = header.get("__metadata__", {})
    return metadata
