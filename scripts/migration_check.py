#!/usr/bin/env python3
"""GGUF before, .pte after: quality and speed side by side; --help says how."""

from assay_tools.common.errors import exit_with
from assay_tools.common.packages import require_packages


def main() -> None:
    require_packages("llama_cpp", "gguf", "safetensors", "tokenizers", "numpy", environment="llamacpp")
    from assay_tools.migration.command import main as command

    command()


if __name__ == "__main__":
    exit_with(main)
