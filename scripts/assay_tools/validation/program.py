"""The assay program: where it is, and its answers as JSON."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from assay_tools.common.errors import UserError
from assay_tools.common.places import REPOSITORY

_USAGE = 2  # from here on an exit code means that nothing was judged


class AssayError(Exception):
    """What assay said when it could not do what was asked; the message is its own."""


def find_assay(given: Path | None) -> Path:
    """--assay, $ASSAY, the newest build in this repository, or the one on PATH."""
    if named := given or os.environ.get("ASSAY"):
        path = Path(named)
        if not path.is_file():
            raise UserError(f"{'--assay' if given else 'ASSAY'} {path}: no such program")
        return path.resolve()
    builds = [path for path in REPOSITORY.glob("build/*/harness/cli/assay") if _is_native(path)]
    if builds:
        return max(builds, key=lambda path: path.stat().st_mtime)
    if found := shutil.which("assay"):
        return Path(found)
    raise UserError(
        "the assay program is not built; build it with `cmake --preset release && cmake --build --preset release "
        "--target assay`, or name it with --assay"
    )


def _is_native(path: Path) -> bool:
    """Whether the program is for this machine: build/ may hold a cross build, too."""
    with path.open("rb") as program, Path("/proc/self/exe").open("rb") as python:
        return program.read(20)[18:20] == python.read(20)[18:20]  # e_machine of the ELF header


def ask(assay: Path, *arguments: object, timeout_s: float = 3600) -> Any:
    """The JSON that assay prints. A failed cell is an answer; raises AssayError when there is none."""
    command = [str(assay), *map(str, arguments), "--format", "json"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
    except subprocess.TimeoutExpired as error:
        raise AssayError(f"no answer in {timeout_s:.0f} s") from error
    except OSError as error:
        raise UserError(f"{assay}: cannot be started: {error.strerror}") from error
    if result.returncode < 0 or result.returncode >= _USAGE or not result.stdout.strip():
        lines = [line.removeprefix("assay: ") for line in result.stderr.splitlines() if line.strip()]
        raise AssayError(lines[-1] if lines else f"assay ended with exit code {result.returncode} and said nothing")
    return json.loads(result.stdout)
