#!/usr/bin/env python3
"""Word errors of a Whisper checkpoint's .pte files on recordings of yours; --help says how."""

from assay_tools.common.errors import exit_with
from assay_tools.common.packages import require_packages


def main() -> None:
    require_packages("torch", "executorch", "transformers", "numpy", "safetensors", "tokenizers")
    from assay_tools.references.whisper_measure_command import main as command

    command()


if __name__ == "__main__":
    exit_with(main)
