#!/usr/bin/env python3
"""Writes tests/data/asr/mel.safetensors: what transformers' WhisperFeatureExtractor makes of some short clips.

tests/unit/suites compares the C++ front end with it. The clips are chosen so that each of the definition's details
shows: sound at the very edges (mirrored padding), a loud part beside a quiet one (the clamp at 80 dB below the loudest),
digital silence (the clamp at 1e-10), tones (window and mel scale), a length that is no multiple of the hop. The
extractor's torch path is stored, which it takes where torch is installed; its numpy path must be within 5e-5 of it.

    scripts/python_env export scripts/make/make_mel_vectors.py
"""

from __future__ import annotations

import argparse
import json
import sys
import wave
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assay_tools.common.packages import require_packages
from assay_tools.common.places import REPOSITORY

require_packages("numpy", "torch", "transformers")

import numpy as np
import transformers
from transformers import WhisperFeatureExtractor

from assay_tools.common.safetensors_file import write_safetensors

OUTPUT = REPOSITORY / "tests/data/asr/mel.safetensors"
RATE_HZ = 16_000
LARGEST_DIFFERENCE = 5e-5


def read_wav(name: str, start: int, samples: int) -> np.ndarray:
    """int16 samples of a committed clip."""
    with wave.open(str(REPOSITORY / f"datasets/vad/{name}.wav")) as clip:
        clip.setpos(start)
        return np.frombuffer(clip.readframes(samples), dtype="<i2")


def tone(hz: float, samples: int, amplitude: float) -> np.ndarray:
    """A sine in int16 units."""
    return amplitude * np.sin(2 * np.pi * hz * np.arange(samples) / RATE_HZ)


def make_clips() -> dict[str, np.ndarray]:
    """int16 clips by name."""
    impulses = np.zeros(3200)
    impulses[[0, 1, 1605, -1]] = 30000, -20000, 25000, 32767
    clips = {
        "speech": read_wav("human-commands", 24_000, 14_000),
        "speech-then-padding": np.concatenate([read_wav("speech-clean-1", 20_000, 5_000), np.zeros(5_000)]),
        "white-noise": read_wav("noise-white", 0, 4_800),
        "pink-noise-odd-length": read_wav("noise-pink", 7_919, 4_523),
        "silence": np.zeros(1_600),
        "impulses": impulses,
        "low-and-high-tone": tone(93.7, 4_800, 12_000) + tone(5_431.1, 4_800, 6_000),
        "quiet-then-loud": np.concatenate([tone(800, 2_400, 1), tone(2_000, 2_400, 32_000)]),
        "clipped": np.clip(tone(300, 3_200, 90_000), -32_768, 32_767),
        "constant-offset": np.full(1_600, 8_000),
        "shortest": read_wav("human-commands", 30_000, 201),
    }
    return {name: np.round(clip).astype(np.int16) for name, clip in clips.items()}


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    extractor = WhisperFeatureExtractor()
    tensors: dict[str, np.ndarray] = {}
    worst = 0.0
    clips = make_clips()
    for name, clip in clips.items():
        samples = clip.astype(np.float32) / 32768
        mel = extractor(samples, sampling_rate=RATE_HZ, padding="longest", truncation=False,
                        return_tensors="np").input_features[0]
        # The other path is private, but the only independent second opinion.
        other = extractor._np_extract_fbank_features(samples[None], "cpu")[0]
        difference = float(np.abs(mel - other).max())
        if mel.shape != (80, len(clip) // 160) or difference > LARGEST_DIFFERENCE:
            sys.exit(f"{name}: shape {mel.shape}, torch and numpy differ by {difference}")
        worst = max(worst, difference)
        tensors[f"{name}.samples"] = clip
        tensors[f"{name}.mel"] = mel.astype(np.float32)
    metadata = {
        "runtime": f"transformers {transformers.__version__} WhisperFeatureExtractor",
        "clips": json.dumps(list(clips)),
        "largest_difference_torch_numpy": repr(worst),
    }
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    write_safetensors(OUTPUT, tensors, metadata)
    print(f"{OUTPUT}: {len(clips)} clips, {OUTPUT.stat().st_size} bytes; torch and numpy differ by at most {worst}")


if __name__ == "__main__":
    main()
