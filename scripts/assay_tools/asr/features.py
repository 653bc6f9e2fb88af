"""The front end: Whisper's log-mel of a 4 s window, as transformers computes it.

Samples are float32, int16 / 32768, 16 kHz. `log_mel` is the reference; training builds the same values from stored mel
powers (which leave out the spill of the last samples into the frame after them), so that no Fourier transform is in its loop.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import torch
from transformers import WhisperFeatureExtractor

from assay_tools.asr.signal import SAMPLE_RATE_HZ, WINDOW_SAMPLES

MEL_BINS = 80
MEL_FRAMES = 400
HOP_SAMPLES = 160
POWER_FLOOR = 1e-10
DYNAMIC_RANGE = 8.0  # decades below the loudest cell, where Whisper's log-mel is clamped


@functools.cache
def extractor() -> WhisperFeatureExtractor:
    """transformers' own, for windows of 4 s."""
    seconds = WINDOW_SAMPLES // SAMPLE_RATE_HZ
    return WhisperFeatureExtractor(feature_size=MEL_BINS, sampling_rate=SAMPLE_RATE_HZ, chunk_length=seconds)


def log_mel(samples: np.ndarray) -> np.ndarray:
    """float32 [80, 400] of at most 64,000 samples, padded with zeros before the transform."""
    if len(samples) > WINDOW_SAMPLES:
        raise ValueError(f"{len(samples)} samples do not fit into a window of {WINDOW_SAMPLES}")
    return extractor()(samples, sampling_rate=SAMPLE_RATE_HZ)["input_features"][0].astype(np.float32)


@functools.cache
def _window_and_filters() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.hann_window(extractor().n_fft), torch.from_numpy(extractor().mel_filters).float()


def mel_power(samples: np.ndarray) -> np.ndarray:
    """float32 [ceil(n / 160), 80] mel powers, before the logarithm; the end padded with zeros as `log_mel` does."""
    window, filters = _window_and_filters()
    frames = -(-len(samples) // HOP_SAMPLES)
    padded = np.zeros((frames + 3) * HOP_SAMPLES, dtype=np.float32)
    padded[: len(samples)] = samples
    spectrum = torch.stft(torch.from_numpy(padded), extractor().n_fft, HOP_SAMPLES, window=window, return_complex=True)
    return (spectrum.abs().square().T[:frames] @ filters).numpy()


def log_mel_of_power(power: np.ndarray) -> np.ndarray:
    """Whisper's logarithm, clamp and scale of mel powers [..., frames, 80]; the clamp is of each window [frames, 80]."""
    log = np.log10(np.maximum(power, POWER_FLOOR))
    log = np.maximum(log, log.max(axis=(-2, -1), keepdims=True) - DYNAMIC_RANGE)
    return ((log + 4.0) / 4.0).astype(np.float32)


def read_test_noise(path: Path) -> np.ndarray:
    """A WAV file as float32 samples."""
    from assay_tools.common.audio import read_wav

    return read_wav(path)
