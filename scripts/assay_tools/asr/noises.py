"""Noises to train with: 200 windows of 4 s from a seed, none of them the recording that tests use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assay_tools.asr.signal import SAMPLE_RATE_HZ, WINDOW_SAMPLES

COUNT = 200
SEED = 4099
BABBLE_VOICES = 5


def _shaped(random: np.random.Generator) -> np.ndarray:
    """Gaussian noise with power like 1 / f^a, a from 0 (white) to 2 (brown), of which a band may be all that is left."""
    spectrum = np.fft.rfft(random.standard_normal(WINDOW_SAMPLES))
    frequency = np.maximum(np.fft.rfftfreq(WINDOW_SAMPLES, 1.0 / SAMPLE_RATE_HZ), 20.0)
    spectrum *= frequency ** (-random.uniform(0.0, 2.0) / 2.0)
    if random.random() < 0.3:
        low = random.uniform(50.0, 2000.0)
        spectrum *= np.where((frequency > low) & (frequency < low * random.uniform(2.0, 8.0)), 1.0, 0.05)
    return np.fft.irfft(spectrum, WINDOW_SAMPLES)


def _hum(random: np.random.Generator) -> np.ndarray:
    """Harmonics of a low tone, as of a motor or a fan, over some shaped noise."""
    time = np.arange(WINDOW_SAMPLES) / SAMPLE_RATE_HZ
    base = random.uniform(45.0, 240.0)
    tones = sum(
        random.uniform(0.2, 1.0) / number * np.sin(2 * np.pi * (base * number * time + random.random()))
        for number in range(1, 13)
    )
    noise = _shaped(random)
    return tones / np.std(tones) + random.uniform(0.2, 1.0) * noise / np.std(noise)


def _babble(random: np.random.Generator, speech: Sequence[np.ndarray]) -> np.ndarray:
    """Voices over each other, each repeated and starting somewhere."""
    total = np.zeros(WINDOW_SAMPLES)
    for _ in range(BABBLE_VOICES):
        voice = speech[int(random.integers(len(speech)))].astype(np.float64)
        total += np.roll(np.resize(voice, WINDOW_SAMPLES), int(random.integers(WINDOW_SAMPLES)))
    return total


def _swelling(random: np.random.Generator, noise: np.ndarray) -> np.ndarray:
    """The noise with a level that comes and goes a few times a second."""
    time = np.arange(WINDOW_SAMPLES) / SAMPLE_RATE_HZ
    depth, rate = random.uniform(0.3, 0.9), random.uniform(0.3, 4.0)
    return noise * (1.0 + depth * np.sin(2 * np.pi * (rate * time + random.random())))


def training_noises(speech: Sequence[np.ndarray]) -> list[np.ndarray]:
    """COUNT noises, float32 [64000] with mean square 1; `speech` are utterances to make babble of."""
    random = np.random.default_rng(SEED)
    found = []
    for index in range(COUNT):
        kind = index % 10
        noise = _hum(random) if kind == 8 else _babble(random, speech) if kind == 9 else _shaped(random)
        if kind in (5, 6, 7):
            noise = _swelling(random, noise)
        found.append((noise / np.sqrt(np.mean(noise**2))).astype(np.float32))
    return found
