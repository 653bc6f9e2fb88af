#!/usr/bin/env python3
"""Writes datasets/asr: 60 held-out utterances of the tiny recogniser's test split as test.flac, and test.json about them.

  scripts/python_env export scripts/make/make_asr_dataset.py

Needs espeak-ng 1.51. Sentences and voices are in no other split (scripts/make/train_tiny_asr.py). Seeds are fixed: the
same versions of espeak-ng, numpy, scipy and libsndfile write the same bytes again.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assay_tools.common.errors import exit_with
from assay_tools.common.packages import require_packages, version_of

require_packages("numpy", "scipy", "soundfile", "transformers")

from assay_tools.asr.held_out import FOLDER, choose, utterance_name, write_test_set
from assay_tools.asr.synthesis import LICENCE, PARTS, SEED, load_part
from assay_tools.common.json_file import write_json
from assay_tools.common.places import cache_folder
from assay_tools.common.provenance import command_line
from assay_tools.common.speech import espeak_version


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=FOLDER, help="folder to write (default: datasets/asr)")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    utterances = choose(load_part("test", cache_folder() / "tiny-asr"))
    size = write_test_set(utterances, arguments.output)
    seconds = sum(len(entry.samples) for entry in utterances) / 16000
    index = {
        "version": 1,
        "seed": SEED,
        "espeak_ng": espeak_version(),
        "soundfile": version_of("soundfile"),
        "command": command_line(),
        "clips": {
            "test": {
                "about": (
                    f"{len(utterances)} of the {PARTS['test'].count} test utterances of tiny-asr, back to back, "
                    f"by espeak-ng {espeak_version()}"
                ),
                "licence": LICENCE,
                "seconds": round(seconds, 3),
            }
        },
        "voices": {utterance_name(index): entry.speaker.voice for index, entry in enumerate(utterances)},
    }
    write_json(arguments.output / "clips.json", index)
    print(f"{len(utterances)} utterances, {seconds:.1f} s, {size:,} bytes")


if __name__ == "__main__":
    exit_with(main)
