"""Goldens of Whisper encoders, by transformers in float32: encodings of a recording's frames. The format is docs/guide/asr.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import transformers

from assay_tools.common.audio import read_wav
from assay_tools.common.packages import version_of
from assay_tools.common.provenance import command_line, sha256_of
from assay_tools.common.safetensors_file import write_safetensors
from assay_tools.export.whisper import mel as front_end
from assay_tools.export.whisper.checkpoint import WhisperCheckpoint
from assay_tools.export.whisper.encoder import FRAMES_PER_POSITION, mel_frames

SAMPLES_PER_FRAME = front_end.HOP * FRAMES_PER_POSITION  # of the encodings


def runtime_name() -> str:
    """What computed the golden, in words."""
    return f"transformers {version_of('transformers')} (torch {version_of('torch')})"


def windows(samples: np.ndarray, size: int) -> Iterator[tuple[np.ndarray, int]]:
    """(window, frames that are its own) of a recording, one after the other without overlap; the last may be short."""
    for start in range(0, len(samples), size):
        part = samples[start : start + size]
        yield part, -(-len(part) // SAMPLES_PER_FRAME)


@torch.no_grad()
def encodings_of(checkpoint: WhisperCheckpoint, samples: np.ndarray) -> np.ndarray:
    """float32 [frames, d] of a recording, padded with zeros to whole windows before the mel."""
    config = checkpoint.encoder.config
    size = mel_frames(config) * front_end.HOP
    extractor = transformers.WhisperFeatureExtractor(
        feature_size=config.num_mel_bins, chunk_length=size // front_end.SAMPLE_RATE_HZ
    )
    rows = []
    for part, frames in windows(samples, size):
        mel = extractor(part, sampling_rate=front_end.SAMPLE_RATE_HZ, return_tensors="pt").input_features
        rows.append(checkpoint.encoder(mel).last_hidden_state[0, :frames].numpy())
    return np.concatenate(rows)


def write_golden(checkpoint: WhisperCheckpoint, wav: Path, output: Path, licence: str) -> str:
    """Write the golden of a WAV file; returns a line about it."""
    encodings = encodings_of(checkpoint, read_wav(wav))
    metadata = {
        "kind": "golden",
        "task": "asr",
        "model": f"whisper {checkpoint.name}",
        "model_sha256": checkpoint.sha256,
        "model_source": checkpoint.about,
        "wav_sha256": sha256_of(wav),
        "samples_per_frame": str(SAMPLES_PER_FRAME),
        "runtime": runtime_name(),
        "command": command_line(),
        "licence": licence,
    }
    tensors = {"frames": np.array([len(encodings)], np.int32), "encodings": encodings.astype(np.float32)}
    write_safetensors(output, tensors, metadata)
    return f"{output.name}: {encodings.shape[0]} frames of {encodings.shape[1]} values, {output.stat().st_size:,} bytes"
