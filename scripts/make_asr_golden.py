#!/usr/bin/env python3
"""Makes golden/asr from the network of tiny-asr, or measures its .pte files; --help says how."""

from assay_tools.common.errors import exit_with
from assay_tools.common.packages import require_packages


def main() -> None:
    require_packages("torch", "transformers", "safetensors", "soundfile", "numpy")
    from assay_tools.asr.golden_command import main as command

    command()


if __name__ == "__main__":
    exit_with(main)
