"""Frames, noise and greedy decoding of the tiny recogniser."""

from __future__ import annotations

import unittest

import numpy as np

from assay_tools.asr.signal import mix_noise, valid_frames
from assay_tools.asr.transcripts import greedy


def speechlike(seed: int, samples: int) -> np.ndarray:
    """Noise with a level that changes, float32."""
    random = np.random.default_rng(seed)
    return (random.standard_normal(samples) * (0.02 + 0.1 * np.sin(np.arange(samples) / 900.0) ** 2)).astype(np.float32)


class Signal(unittest.TestCase):
    """Samples before the network, and words after it."""

    def test_noise_is_mixed_in_at_the_ratio_asked_for(self) -> None:
        samples, noise = speechlike(1, 20000), speechlike(2, 60000)
        added = mix_noise(samples, noise, 7, 10.0).astype(np.float64) - samples
        ratio = np.mean(samples.astype(np.float64) ** 2) / np.mean(added**2)
        self.assertAlmostEqual(10.0 * np.log10(ratio), 10.0, places=4)
        start = 7 * 7919 % (60000 - 20000 + 1)
        self.assertGreater(np.corrcoef(added, noise[start : start + 20000])[0, 1], 0.9999)

    def test_noise_shorter_than_the_utterance_is_refused(self) -> None:
        with self.assertRaises(ValueError):
            mix_noise(speechlike(1, 20000), speechlike(2, 19999), 0, 10.0)

    def test_a_begun_frame_is_valid(self) -> None:
        self.assertEqual([valid_frames(samples) for samples in (1, 640, 641, 64000, 70000)], [1, 1, 2, 100, 100])

    def test_greedy_decoding_collapses_repeats_and_drops_blanks(self) -> None:
        logits = np.eye(4)[[0, 2, 2, 0, 2, 3, 3, 0]]
        self.assertEqual(greedy(logits), [2, 2, 3])
        self.assertEqual(greedy(np.zeros((3, 4))), [])

if __name__ == "__main__":
    unittest.main()
