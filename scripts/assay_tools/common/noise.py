"""Noise and tones from a seeded generator. All return float32 samples at 16 kHz."""

from __future__ import annotations

import numpy as np

from assay_tools.common.audio import SAMPLE_RATE_HZ


def white(rng: np.random.Generator, count: int, rms: float) -> np.ndarray:
    """Gaussian white noise of the given RMS."""
    return _at_rms(rng.standard_normal(count), rms)


def pink(rng: np.random.Generator, count: int, rms: float) -> np.ndarray:
    """Noise with power proportional to 1/f above 20 Hz, shaped in the frequency domain."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1.0 / SAMPLE_RATE_HZ)
    spectrum *= np.where(frequency >= 20.0, 1.0 / np.sqrt(np.maximum(frequency, 20.0)), 0.0)
    return _at_rms(np.fft.irfft(spectrum, count), rms)


def tone(frequency_hz: float, count: int, rms: float) -> np.ndarray:
    """A sine with 10 ms ramps at both ends, so that it does not click."""
    time = np.arange(count) / SAMPLE_RATE_HZ
    ramp = np.minimum(1.0, np.minimum(np.arange(count), np.arange(count)[::-1]) / 160.0)
    return (np.sqrt(2.0) * rms * ramp * np.sin(2.0 * np.pi * frequency_hz * time)).astype(np.float32)


def sweep(start_hz: float, end_hz: float, count: int, rms: float) -> np.ndarray:
    """A sine whose frequency rises exponentially from start to end."""
    time = np.arange(count) / SAMPLE_RATE_HZ
    duration = count / SAMPLE_RATE_HZ
    rate = np.log(end_hz / start_hz)
    phase = 2.0 * np.pi * start_hz * duration / rate * (np.exp(time / duration * rate) - 1.0)
    return (np.sqrt(2.0) * rms * np.sin(phase)).astype(np.float32)


def _at_rms(samples: np.ndarray, rms: float) -> np.ndarray:
    return (samples * (rms / np.sqrt(np.mean(np.square(samples))))).astype(np.float32)
