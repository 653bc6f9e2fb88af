"""Goldens of the recogniser: what the float32 PyTorch network makes of utterances in a condition."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from torch import nn

from assay_tools.asr.features import log_mel
from assay_tools.asr.held_out import TestUtterance
from assay_tools.asr.scoring import heard, run_eager
from assay_tools.asr.signal import valid_frames
from assay_tools.asr.transcripts import greedy
from assay_tools.common.errors import UserError

Tensors = dict[str, np.ndarray]


def golden_tensors(
    model: nn.Module, utterances: Sequence[TestUtterance], noise: np.ndarray, snr_db: float | None
) -> tuple[Tensors, list[list[int]]]:
    """The tensors of docs/guide/asr-model.md and the greedy ids of each utterance.

    `frames` int32 [U], `encodings` [sum(frames), 128] (float32 clean, float16 in noise), `tokens` int32 [T] and
    `token_counts` int32 [U].
    """
    mels = [log_mel(heard(entry.samples, index, noise, snr_db)) for index, entry in enumerate(utterances)]
    outputs = run_eager(model, mels, [len(entry.samples) for entry in utterances], batch=1)
    encodings = np.concatenate([encodings for encodings, _ in outputs])
    if not np.isfinite(encodings).all():
        raise UserError("the reference model gave NaN or Inf encodings; no golden can be made of them")
    ids = [greedy(logits) for _, logits in outputs]
    tensors = {
        "frames": np.array([valid_frames(len(entry.samples)) for entry in utterances], dtype=np.int32),
        "encodings": encodings.astype(np.float32 if snr_db is None else np.float16),
        "tokens": np.array([word for words in ids for word in words], dtype=np.int32),
        "token_counts": np.array([len(words) for words in ids], dtype=np.int32),
    }
    return tensors, ids


def metadata(
    model_sha256: str, audio_sha256: str, noise: tuple[Path, str] | None, snr_db: float | None, runtime: str, command: str,
    licence: str,
) -> dict[str, str]:
    """The keys that every golden has, and the noise condition; `noise` is (path to show, SHA-256 of the file)."""
    found = {
        "kind": "golden",
        "task": "asr",
        "model": "tiny-asr",
        "model_sha256": model_sha256,
        "model_source": "datasets/models/tiny-asr/model.safetensors",
        "wav_sha256": audio_sha256,
        "runtime": runtime,
        "front_end": "transformers WhisperFeatureExtractor, 80 mel bins, windows of 64000 samples",
        "snr_db": "clean" if snr_db is None else f"{snr_db:g}",
    }
    if noise is not None:
        found |= {"noise": noise[0].as_posix(), "noise_sha256": noise[1]}
    return found | {"command": command, "licence": licence}
