#!/usr/bin/env python3
"""Exports a model to an ExecuTorch .pte and checks what came out; --help says how."""

from assay_tools.common.errors import exit_with
from assay_tools.common.packages import require_packages


def main() -> None:
    require_packages("torch", "torchao", "executorch", "numpy", "gguf", "safetensors", "transformers")
    from assay_tools.export.command import main as command

    command()


if __name__ == "__main__":
    exit_with(main)
