#!/usr/bin/env python3
"""Makes golden files for Whisper encoders with transformers in float32; --help says how."""

from assay_tools.common.errors import exit_with
from assay_tools.common.packages import require_packages


def main() -> None:
    require_packages("torch", "transformers", "numpy", "safetensors")
    from assay_tools.references.whisper_golden_command import main as command

    command()


if __name__ == "__main__":
    exit_with(main)
