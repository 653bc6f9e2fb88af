"""What the network writes: greedy CTC over the valid frames, and its word errors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from assay_tools.asr.features import log_mel
from assay_tools.asr.signal import mix_noise, valid_frames
from assay_tools.asr.synthesis import Utterance
from assay_tools.asr.transcripts import greedy, text_of

CONDITIONS: dict[str, float | None] = {"clean": None, "10db": 10.0, "0db": 0.0}  # name -> signal-to-noise ratio in dB


def as_floats(utterance: Utterance) -> np.ndarray:
    """Samples as float32 in [-1, 1)."""
    return utterance.samples.astype(np.float32) / np.float32(32768.0)


def heard(samples: np.ndarray, index: int, noise: np.ndarray, snr_db: float | None) -> np.ndarray:
    """Utterance `index` in a condition."""
    return samples if snr_db is None else mix_noise(samples, noise, index, snr_db)


def condition_mels(utterances: Sequence[Utterance], noise: np.ndarray, snr_db: float | None) -> list[np.ndarray]:
    """The model's inputs [80, 400] of each utterance in a condition."""
    return [log_mel(heard(as_floats(entry), index, noise, snr_db)) for index, entry in enumerate(utterances)]


@torch.no_grad()
def run_eager(
    model: nn.Module, mels: Sequence[np.ndarray], lengths: Sequence[int], batch: int = 20
) -> list[tuple[np.ndarray, np.ndarray]]:
    """(encodings, logits) of the valid frames of each utterance of `lengths` samples."""
    found = []
    for start in range(0, len(mels), batch):
        encodings, logits = model(torch.from_numpy(np.stack(mels[start : start + batch])))
        for row, samples in enumerate(lengths[start : start + batch]):
            frames = valid_frames(samples)
            found.append((encodings[row, :frames].numpy().copy(), logits[row, :frames].numpy().copy()))
    return found


def transcribe(
    model: nn.Module, mels: Sequence[np.ndarray], utterances: Sequence[Utterance], vocabulary: Sequence[str]
) -> list[str]:
    """Greedy transcripts."""
    lengths = [len(entry.samples) for entry in utterances]
    return [text_of(greedy(logits), vocabulary) for _, logits in run_eager(model, mels, lengths)]
