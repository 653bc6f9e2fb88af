#!/usr/bin/env python3
"""Trains the tiny speech recogniser of datasets/models/tiny-asr, the recogniser of the quick tier.

  scripts/python_env export scripts/make/train_tiny_asr.py

has espeak-ng speak 9,800 commands of a closed grammar (two processes, three minutes), trains a Whisper-like encoder of a
million parameters with a CTC head over words on one core in about 20 minutes, and writes config.json, vocab.json,
model.safetensors (float16) and training.json. The test sentences and the test voices are in no other split; the test split is
read once, at the end. A run that was stopped goes on where its last saved state is: start it again.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assay_tools.common.errors import UserError, exit_with
from assay_tools.common.packages import require_packages, version_of
from assay_tools.common.places import REPOSITORY

require_packages("torch", "transformers", "scipy", "numpy")

import torch

from assay_tools.asr import grammar, synthesis, training, voices
from assay_tools.asr.batches import Batches
from assay_tools.asr.features import read_test_noise
from assay_tools.asr.model import Shape, TinyAsr
from assay_tools.asr.scoring import CONDITIONS, condition_mels, transcribe
from assay_tools.asr.settings import Settings
from assay_tools.asr.synthesis import Utterance
from assay_tools.asr.transcripts import word_error_rate
from assay_tools.common.json_file import write_json
from assay_tools.common.places import cache_folder
from assay_tools.common.provenance import command_line, python_version, sha256_of
from assay_tools.common.safetensors_file import write_safetensors
from assay_tools.common.speech import espeak_version

OUTPUT = REPOSITORY / "datasets/models/tiny-asr"
NOISE = REPOSITORY / "datasets/vad/noise-pink.wav"
LIMITS = {"clean": 0.03, "10db": 0.06, "0db": 0.15}  # word error rate on the test split; a model above is not written


class Judge:
    """Word error rates of a set of utterances in every condition; features are made once."""

    def __init__(self, utterances: list[Utterance], vocabulary: list[str]) -> None:
        noise = read_test_noise(NOISE)
        self._utterances, self._vocabulary = utterances, vocabulary
        self._mels = {name: condition_mels(utterances, noise, snr_db) for name, snr_db in CONDITIONS.items()}

    def rates(self, model: TinyAsr) -> dict[str, float]:
        """Condition -> word error rate."""
        references = [entry.text for entry in self._utterances]
        model.eval()
        rates = {
            name: round(word_error_rate(references, transcribe(model, mels, self._utterances, self._vocabulary)), 5)
            for name, mels in self._mels.items()
        }
        model.train()
        return rates


def sets_in_words(parts: dict[str, list[Utterance]]) -> dict[str, object]:
    """What each part is, for training.json."""
    return {
        name: {
            "utterances": len(utterances),
            "sentences": len({entry.text for entry in utterances}),
            "words": sum(len(entry.text.split()) for entry in utterances),
            "seconds": round(sum(len(entry.samples) for entry in utterances) / 16000, 1),
            "variants": list(voices.VARIANTS[synthesis.PARTS[name].split]),
            "accents": list(synthesis.PARTS[name].accents),
        }
        for name, utterances in parts.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder to write (default: datasets/models/tiny-asr)")
    parser.add_argument("--steps", type=int, help="fewer steps than the committed model had, to try the script")
    parser.add_argument(
        "--accept-missed-limits", action="store_true",
        help="write the model even if it makes too many errors; training.json says so",
    )
    arguments = parser.parse_args()
    settings = Settings()
    if arguments.steps is not None:
        if arguments.steps < 1:
            raise UserError(f"--steps {arguments.steps}: give at least 1")
        settings = replace(settings, steps=arguments.steps)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)

    folder = cache_folder() / "tiny-asr"
    parts = {name: synthesis.load_part(name, folder) for name in synthesis.PARTS}
    vocabulary = grammar.words()
    shape = Shape(len(vocabulary))
    print(f"{len(parts['training'])} training utterances, {len(vocabulary)} outputs", flush=True)
    batches = Batches(parts["training"], vocabulary, settings)
    development = Judge(parts["development"], vocabulary)

    def watch(model: TinyAsr, step: int) -> None:
        print(f"step {step}: development WER {development.rates(model)}", flush=True)

    started = time.monotonic()
    model = training.train(batches, settings, shape, folder / "training-state.pt", watch)
    minutes = (time.monotonic() - started) / 60
    weights = training.rounded_to_half(model)
    rates = {"development": development.rates(model)}
    rates |= {name: Judge(parts[name], vocabulary).rates(model) for name in ("test", "accents")}
    parameters = sum(weight.size for weight in weights.values())
    print(f"tiny-asr, {parameters:,} parameters: WER {rates}, {minutes:.1f} minutes in this run", flush=True)
    missed = {name: rates["test"][name] for name, limit in LIMITS.items() if rates["test"][name] > limit}
    if missed and not arguments.accept_missed_limits:
        raise UserError(
            f"the test split's word error rates {missed} are above {LIMITS}; the model was not written "
            "(--accept-missed-limits writes it)"
        )

    arguments.output.mkdir(parents=True, exist_ok=True)
    write_safetensors(arguments.output / "model.safetensors", weights, {"format": "pt"})
    write_json(arguments.output / "config.json", {"model_type": "tiny-asr", "dtype": "float16"} | asdict(shape))
    write_json(arguments.output / "vocab.json", {"blank": 0, "words": vocabulary})
    record = {
        "model": "tiny-asr",
        "parameters": sum(weight.size for weight in weights.values()),
        "source": f"commands of a closed grammar, spoken by espeak-ng {espeak_version()}",
        "licence": f"weights Apache-2.0 as this repository; trained on {synthesis.LICENCE}",
        "command": command_line(),
        "settings": asdict(settings),
        "speech_seed": synthesis.SEED,
        "sets": sets_in_words(parts),
        "test_noise": {"wav": NOISE.relative_to(REPOSITORY).as_posix(), "sha256": sha256_of(NOISE)},
        "word_error_rate": rates,
        "limits": LIMITS,
        "missed_limits": sorted(missed),
        "versions": {name: version_of(name) for name in ("torch", "transformers", "scipy", "numpy")}
        | {"python": python_version(), "espeak-ng": espeak_version()},
        "sha256": {name: sha256_of(arguments.output / name) for name in ("config.json", "vocab.json", "model.safetensors")},
    }
    write_json(arguments.output / "training.json", record)


if __name__ == "__main__":
    exit_with(main)
