"""Training batches: stored mel powers of clean speech and of noise, mixed, tilted and shifted; no transform in the loop.

A batch is a function of the seed and its number alone, so that a resumed run sees what an unbroken one sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from assay_tools.asr.features import HOP_SAMPLES, MEL_BINS, MEL_FRAMES, extractor, log_mel_of_power, mel_power
from assay_tools.asr.noises import training_noises
from assay_tools.asr.settings import Settings
from assay_tools.asr.signal import FRAMES, SAMPLES_PER_FRAME
from assay_tools.asr.synthesis import Utterance

MEL_PER_FRAME = SAMPLES_PER_FRAME // HOP_SAMPLES
BUCKETS = 20  # batches whose utterances are sorted by length together
FULL_SHARE, PADDED_SHARE = 0.10, 0.15  # of batches: windows filled with sound; short ones padded to the whole window
EMPTY_SHARE = 0.02  # of utterances: noise without speech, nothing to be written


@dataclass(frozen=True)
class Difficulty:
    """How much is done to the speech in a stage of the training."""

    noise_share: float  # of utterances that hear noise
    snr_db: tuple[float, float]
    loudness_db: tuple[float, float]
    tilt_db: float  # at most so much from the lowest to the middle mel band
    shifted: bool  # silence around the speech, windows filled with sound, windows without speech
    warp: float  # the mel axis is stretched or shrunk by at most this, as by a longer or a shorter vocal tract


GENTLE = Difficulty(0.3, (15.0, 30.0), (-3.0, 3.0), 0.0, shifted=False, warp=0.0)
USUAL = Difficulty(0.8, (-2.0, 30.0), (-15.0, 10.0), 6.0, shifted=True, warp=0.1)
NOISY = replace(USUAL, noise_share=0.85, snr_db=(-4.0, 15.0))


@dataclass(frozen=True)
class Batch:
    """mel [B, 80, 4 T]; targets are all ids one after the other; frames and target counts int64 [B]."""

    mel: torch.Tensor
    frames: torch.Tensor
    targets: torch.Tensor
    target_counts: torch.Tensor


@dataclass(frozen=True)
class _Sound:
    """Mel powers [frames, 80] of an utterance or a noise, its mean square, and the word ids."""

    power: np.ndarray
    mean_square: float
    ids: tuple[int, ...] = ()


def _sound(samples: np.ndarray, ids: Sequence[int] = ()) -> _Sound:
    return _Sound(mel_power(samples), float(np.mean(samples.astype(np.float64) ** 2)), tuple(ids))


class Batches:
    """All training sounds, and the batch of any step."""

    def __init__(self, utterances: Sequence[Utterance], vocabulary: Sequence[str], settings: Settings):
        ids = {word: index for index, word in enumerate(vocabulary)}
        floats = [entry.samples.astype(np.float32) / np.float32(32768.0) for entry in utterances]
        self._speech = [
            _sound(samples, [ids[word] for word in entry.text.split()])
            for samples, entry in zip(floats, utterances, strict=True)
        ]
        self._noises = [_sound(noise) for noise in training_noises(floats[:200])]
        self._settings, self._seed, self._size = settings, settings.seed, settings.batch
        # An average over k Fourier bins makes the term of a mel band smaller by sqrt(k).
        bins = np.maximum(1.0, (extractor().mel_filters > 0.0).sum(axis=0) / 2.0)
        self._phase_scale = (1.0 / np.sqrt(bins)).astype(np.float32)
        self.steps_in_epoch = len(utterances) // self._size
        self._epoch, self._order = -1, np.empty((0, 0), dtype=np.int64)

    def _load(self, epoch: int) -> None:
        random = np.random.default_rng([self._seed, 1, epoch])
        order = random.permutation(len(self._speech))[: self.steps_in_epoch * self._size]
        lengths = np.array([len(sound.power) for sound in self._speech])
        rows = []
        for start in range(0, len(order), BUCKETS * self._size):
            bucket = order[start : start + BUCKETS * self._size]
            rows.append(bucket[np.argsort(lengths[bucket], kind="stable")].reshape(-1, self._size))
        self._order = random.permutation(np.concatenate(rows))
        self._epoch = epoch

    def _difficulty(self, step: int) -> Difficulty:
        settings = self._settings
        if step < settings.gentle_steps:
            return GENTLE
        return USUAL if step < settings.noisy_from else NOISY

    def batch(self, step: int) -> Batch:
        """The batch of a step."""
        epoch, within = divmod(step, self.steps_in_epoch)
        if epoch != self._epoch:
            self._load(epoch)
        random = np.random.default_rng([self._seed, 2, step])
        difficulty = self._difficulty(step)
        kind = random.random()
        full = difficulty.shifted and kind < FULL_SHARE
        items = [self._item(random, int(index), difficulty, full) for index in self._order[within]]
        longest = max(len(power) for power, _ in items)
        window = MEL_FRAMES if kind < FULL_SHARE + PADDED_SHARE else min(MEL_FRAMES, -(-longest // MEL_PER_FRAME) * MEL_PER_FRAME)
        powers = np.zeros((len(items), window, MEL_BINS), dtype=np.float32)
        for row, (power, _) in enumerate(items):
            powers[row, : len(power)] = power
        frames = [min(FRAMES, -(-len(power) // MEL_PER_FRAME)) for power, _ in items]
        return Batch(
            torch.from_numpy(log_mel_of_power(powers).transpose(0, 2, 1).copy()),
            torch.tensor(frames),
            torch.tensor([word for _, ids in items for word in ids], dtype=torch.int64),
            torch.tensor([len(ids) for _, ids in items]),
        )

    def _item(
        self, random: np.random.Generator, index: int, difficulty: Difficulty, full: bool
    ) -> tuple[np.ndarray, tuple[int, ...]]:
        """Mel powers as they are heard, and the ids to be written."""
        sound = self._speech[index]
        power, ids, mean_square = sound.power, sound.ids, sound.mean_square
        if full:
            power, ids = self._filled_window(random, sound)
        elif difficulty.shifted:
            power = _with_silence(random, power)
        if difficulty.shifted and random.random() < EMPTY_SHARE:
            power, ids = np.zeros_like(power), ()
        if difficulty.warp > 0.0:
            power = _warped(power, random.uniform(1.0 - difficulty.warp, 1.0 + difficulty.warp))
        if random.random() < difficulty.noise_share:
            noise = self._noises[int(random.integers(len(self._noises)))]
            snr_db = random.uniform(*difficulty.snr_db)
            heard = np.roll(noise.power, int(random.integers(MEL_FRAMES)), axis=0)[: len(power)]
            added = heard * np.float32(mean_square / (noise.mean_square * 10.0 ** (snr_db / 10.0)))
            power = self._sum(random, power, added)
        loudness_db = random.uniform(*difficulty.loudness_db)
        tilt_db = 0.0 if difficulty.tilt_db == 0.0 else random.uniform(-difficulty.tilt_db, difficulty.tilt_db)
        decibels = loudness_db + tilt_db * np.linspace(-1.0, 1.0, MEL_BINS)
        return power * (10.0 ** (decibels / 10.0)).astype(np.float32), ids

    def _sum(self, random: np.random.Generator, power: np.ndarray, added: np.ndarray) -> np.ndarray:
        """|S + N|^2 = |S|^2 + |N|^2 + 2 |S| |N| cos(phase), the phase drawn anew for each frame and band."""
        phase = random.random(power.shape, dtype=np.float32) * np.float32(2.0 * np.pi)
        return power + added + 2.0 * np.sqrt(power * added) * np.cos(phase) * self._phase_scale

    def _filled_window(self, random: np.random.Generator, sound: _Sound) -> tuple[np.ndarray, tuple[int, ...]]:
        """Four seconds with the utterance somewhere in them and a second one after it if there is room."""
        other = self._speech[int(random.integers(len(self._speech)))]
        parts = [sound, other] if len(sound.power) + len(other.power) <= MEL_FRAMES else [sound]
        window = np.zeros((MEL_FRAMES, MEL_BINS), dtype=np.float32)
        room, at = MEL_FRAMES - sum(len(part.power) for part in parts), 0
        for part in parts:
            gap = int(random.integers(room + 1))
            at, room = at + gap, room - gap
            window[at : at + len(part.power)] = part.power
            at += len(part.power)
        return window, tuple(word for part in parts for word in part.ids)


def _warped(power: np.ndarray, factor: float) -> np.ndarray:
    """Mel powers [frames, 80] whose band b is that of b * factor, between bands on a line."""
    position = np.minimum(np.arange(MEL_BINS) * factor, MEL_BINS - 1)
    low = np.minimum(position.astype(np.int64), MEL_BINS - 2)
    share = (position - low).astype(np.float32)
    return power[:, low] * (1.0 - share) + power[:, low + 1] * share


def _with_silence(random: np.random.Generator, power: np.ndarray) -> np.ndarray:
    """Up to 0.3 s of silence before and after, as far as the window has room."""
    room = MEL_FRAMES - len(power)
    before = int(random.integers(min(room, 30) + 1))
    after = int(random.integers(min(room - before, 30) + 1))
    return np.pad(power, ((before, after), (0, 0)))
