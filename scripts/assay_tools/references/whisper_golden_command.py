"""Makes golden files for Whisper encoders with transformers in float32; the format is docs/guide/asr.md.

  scripts/python_env export scripts/make_whisper_golden.py --checkpoint FOLDER --wav speech.wav --output speech.safetensors
  The same for seeded weights:    ... --seeded distil-small --wav speech.wav --output speech.safetensors

Recordings are 16 kHz, mono, 16-bit. One that is longer than the model's window (30 s) is cut into windows one after the other.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from assay_tools.common.errors import UserError
from assay_tools.export.whisper.geometries import GEOMETRIES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, help="Hugging Face folder: config.json and *.safetensors")
    parser.add_argument("--seeded", metavar="GEOMETRY", help=f"random weights instead: {', '.join(GEOMETRIES)}")
    parser.add_argument("--seed", type=int, default=0, help="of --seeded (default 0)")
    parser.add_argument("--wav", type=Path, required=True, help="recording")
    parser.add_argument("--licence", default="that of the model and of the recording", help="licence to note in the golden")
    parser.add_argument("--output", type=Path, required=True, help="golden to write")
    arguments = parser.parse_args()
    if not arguments.output.parent.is_dir():
        raise UserError(f"--output {arguments.output}: its folder does not exist; make it first")
    logging.disable(logging.WARNING)  # torchao's remarks about torch, on import
    from assay_tools.export.whisper.checkpoint import open_whisper
    from assay_tools.references.whisper_golden import write_golden

    checkpoint = open_whisper(arguments.checkpoint, arguments.seeded, arguments.seed)
    print(write_golden(checkpoint, arguments.wav, arguments.output, arguments.licence))
