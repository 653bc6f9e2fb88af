"""Keeps the ExecuTorch runtime's remarks about itself out of a command's messages."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator

# Said on every call of a custom operator, or once about files that only some ARM machines have.
_REMARKS = ("No temp allocator provided", "cpuinfo_utils.cpp", "Output Buffer not found", "warnings.warn(")


@contextlib.contextmanager
def without_runtime_remarks() -> Iterator[None]:
    """Holds back what is written to stderr, native code included; afterwards passes on all but the known remarks."""
    sys.stderr.flush()
    real = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(real, 2)
            os.close(real)
            held.seek(0)
            for line in held.read().decode(errors="replace").splitlines():
                if not any(remark in line for remark in _REMARKS):
                    print(line, file=sys.stderr)
