#!/usr/bin/env python3
"""Makes golden files for VAD suites with ONNX Runtime, and puts them into the suite file; --help says how."""

from assay_tools.common.errors import exit_with
from assay_tools.common.packages import require_packages


def main() -> None:
    require_packages("torch", "onnxruntime", "safetensors", "numpy")
    from assay_tools.references.vad_golden_command import main as command

    command()


if __name__ == "__main__":
    exit_with(main)
