"""Makes golden/asr: what the float32 PyTorch network of tiny-asr makes of the committed test utterances.

  The goldens of the quick tier:                       scripts/python_env export scripts/make_asr_golden.py
  What the .pte files score against them (Markdown):   scripts/python_env export scripts/make_asr_golden.py --measure

Mels come from transformers' WhisperFeatureExtractor, noise is mixed in by the formula of docs/guide/asr-model.md, and no .pte has
a part in a golden.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from assay_tools.asr.export_model import LICENCE, MODEL_FOLDER, TEST_NOISE, load_model, load_vocabulary
from assay_tools.asr.features import read_test_noise
from assay_tools.asr.golden import golden_tensors, metadata
from assay_tools.asr.held_out import FOLDER, read_test_set
from assay_tools.asr.scoring import CONDITIONS
from assay_tools.asr.transcripts import text_of, word_error_rate
from assay_tools.common.packages import require_packages, version_of
from assay_tools.common.places import REPOSITORY
from assay_tools.common.provenance import command_line, sha256_of
from assay_tools.common.safetensors_file import write_safetensors

GOLDENS = REPOSITORY / "golden/asr"


def make_goldens(output: Path) -> None:
    """test-clean, test-10db and test-0db."""
    torch.set_num_threads(1)
    model, vocabulary, utterances = load_model(MODEL_FOLDER), load_vocabulary(), read_test_set()
    noise = read_test_noise(TEST_NOISE)
    output.mkdir(parents=True, exist_ok=True)
    for condition, snr_db in CONDITIONS.items():
        tensors, ids = golden_tensors(model, utterances, noise, snr_db)
        noise_file = None if snr_db is None else (TEST_NOISE.relative_to(REPOSITORY), sha256_of(TEST_NOISE))
        about = metadata(
            sha256_of(MODEL_FOLDER / "model.safetensors"), sha256_of(FOLDER / "test.flac"), noise_file, snr_db,
            f"torch {version_of('torch')}, transformers {version_of('transformers')}", command_line(), LICENCE,
        )
        path = output / f"test-{condition}.safetensors"
        write_safetensors(path, tensors, about)
        rate = word_error_rate([entry.text for entry in utterances], [text_of(words, vocabulary) for words in ids])
        frames = int(tensors["frames"].sum())
        size = path.stat().st_size
        print(f"{path.name}: {len(utterances)} utterances, {frames} frames, WER {100 * rate:.2f} %, {size:,} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=GOLDENS, help="folder to write (default: golden/asr)")
    parser.add_argument(
        "--measure", action="store_true", help="print what the committed .pte files score, on 60 and on all 400 test utterances"
    )
    arguments = parser.parse_args()
    if arguments.measure:
        require_packages("executorch")
        from assay_tools.asr.measure import markdown

        print(markdown())
        return
    make_goldens(arguments.output)
