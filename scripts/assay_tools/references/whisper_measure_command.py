"""Word errors of a Whisper checkpoint's .pte files on recordings of yours, decoded greedily in the ExecuTorch runtime.

  scripts/python_env export scripts/measure_whisper.py --checkpoint FOLDER --encoder whisper-int8.pte \
      --decoder whisper-decoder-int8.pte --recordings RECORDINGS [--language en] [--reference] [--output result.json]

FOLDER is the Hugging Face folder that the files were exported from; its tokenizer.json and generation_config.json are
needed, too.
RECORDINGS has NAME.wav or NAME.flac (16 kHz, mono, 16 bits) and NAME.txt with the words. `--reference` runs transformers' own
generate() on the same recordings (slow) and says how far the transcripts are from its own. docs/guide/asr.md
"""

from __future__ import annotations

import argparse
import logging
import warnings
from pathlib import Path

from assay_tools.common.errors import UserError


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True, help="Hugging Face folder of the model")
    parser.add_argument("--encoder", type=Path, required=True, help=".pte of --model whisper")
    parser.add_argument("--decoder", type=Path, required=True, help=".pte of --model whisper --part decoder")
    parser.add_argument("--recordings", type=Path, required=True, help="folder of recordings and their words")
    parser.add_argument("--language", help="of the recordings, as in 'en'; for models of several languages")
    parser.add_argument("--reference", action="store_true", help="compare with transformers' own transcripts")
    parser.add_argument("--output", type=Path, help="JSON file to write the figures and all texts to")
    arguments = parser.parse_args()
    if arguments.output is not None and not arguments.output.parent.is_dir():
        raise UserError(f"--output {arguments.output}: its folder does not exist; make it first")
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    from assay_tools.common.json_file import write_json
    from assay_tools.references.whisper_measure import measure

    result = measure(
        arguments.checkpoint, arguments.encoder, arguments.decoder, arguments.recordings, arguments.language,
        reference=arguments.reference,
    )
    for one in result["recordings"]:
        print(f"{one['name']}: {one['heard']!r} where {one['said']!r} was said")
    for name, value in result["scores"].items():
        print(f"{name}: {value:.4f}" if isinstance(value, float) else f"{name}: {value}")
    if arguments.output is not None:
        write_json(arguments.output, result)
