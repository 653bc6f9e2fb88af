"""The recogniser's window of samples, and noise mixed in by formula (docs/guide/asr-model.md). Samples are 16 kHz."""

from __future__ import annotations

import numpy as np

SAMPLE_RATE_HZ = 16000
WINDOW_SAMPLES = 64000
SAMPLES_PER_FRAME = 640  # of the encoder: two convolutions of stride 2 over frames of 160 samples
FRAMES = WINDOW_SAMPLES // SAMPLES_PER_FRAME
NOISE_STRIDE = 7919  # a prime: utterance i hears the noise from sample i * 7919 (mod what fits) on


def valid_frames(samples: int) -> int:
    """Encoder frames that an utterance of so many samples fills: ceil(n / 640), at most 100."""
    return min(FRAMES, -(-samples // SAMPLES_PER_FRAME))


def mix_noise(samples: np.ndarray, noise: np.ndarray, index: int, snr_db: float) -> np.ndarray:
    """Utterance `index` in noise at a signal-to-noise ratio over the whole utterance; float32, not clipped."""
    if len(noise) < len(samples):
        raise ValueError(f"the noise has {len(noise)} samples, the utterance {len(samples)}")
    start = (index * NOISE_STRIDE) % (len(noise) - len(samples) + 1)
    signal, part = samples.astype(np.float64), noise[start : start + len(samples)].astype(np.float64)
    gain = np.sqrt(np.mean(signal**2) / (np.mean(part**2) * 10.0 ** (snr_db / 10.0)))
    return (signal + part * gain).astype(np.float32)
