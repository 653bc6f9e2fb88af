"""Hashes, versions and command lines as they are written into provenance records. No machine paths, no clock."""

from __future__ import annotations

import hashlib
import os
import shlex
import sys
from pathlib import Path

from assay_tools.common.places import REPOSITORY


def sha256_of(path: Path) -> str:
    """Lower-case hex SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def portable_path(path: str | Path) -> str:
    """A path as committed files may show it: relative to the repository, else relative to here, else the bare name."""
    absolute = Path(path).resolve()
    if absolute.is_relative_to(REPOSITORY):
        return absolute.relative_to(REPOSITORY).as_posix()
    if absolute.is_relative_to(Path.cwd()):
        return absolute.relative_to(Path.cwd()).as_posix()
    return absolute.name


def command_line() -> str:
    """The command that is running, typed as from the repository root, with machine paths removed."""
    words = [portable_path(word) if os.sep in word else word for word in sys.argv]
    return shlex.join(["scripts/python_env", "export", *words])


def python_version() -> str:
    """For example `3.11.2`."""
    return ".".join(str(part) for part in sys.version_info[:3])
