"""One thing that the full tier is made of, and running the scripts that make it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay_tools.common.errors import UserError
from assay_tools.common.places import REPOSITORY


@dataclass(frozen=True)
class Step:
    """One thing to make. It is up to date when `made_from` and the files are as they were after its last run."""

    name: str
    outputs: tuple[str, ...]
    made_from: dict[str, Any]
    run: Callable[[], None]


def run_script(name: str, options: Sequence[str | Path], output: Path) -> None:
    """scripts/NAME in a process of its own, so that its memory is given back and its peak is its own."""
    command = [sys.executable, str(REPOSITORY / "scripts" / name), *map(str, options)]
    if subprocess.run(command, check=False, cwd=REPOSITORY).returncode != 0:
        raise UserError(f"{output.name} could not be made; what was made before it is kept, start again to go on")
