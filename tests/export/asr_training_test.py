"""How the tiny recogniser is made: features, batches, and a run that was stopped."""

from __future__ import annotations

import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from assay_tools.asr import grammar
from assay_tools.asr.batches import Batches
from assay_tools.asr.features import log_mel, log_mel_of_power, mel_power
from assay_tools.asr.model import Shape, TinyAsr
from assay_tools.asr.settings import Settings
from assay_tools.asr.synthesis import Utterance
from assay_tools.asr.training import train
from assay_tools.asr.voices import Speaker


def speechlike(seed: int, samples: int) -> np.ndarray:
    """Noise with a level that changes, float32."""
    random = np.random.default_rng(seed)
    return (random.standard_normal(samples) * (0.02 + 0.1 * np.sin(np.arange(samples) / 900.0) ** 2)).astype(np.float32)


def utterances(count: int) -> list[Utterance]:
    """Sounds with sentences of the grammar."""
    random = np.random.default_rng(3)
    return [
        Utterance(text, Speaker("en-us+m1", 160, 50, 0), (speechlike(index, 12000 + 311 * index) * 32767).astype(np.int16))
        for index, text in enumerate(grammar.draw_sentences("training", count, random))
    ]


class Features(unittest.TestCase):
    """The front end and the noise."""

    def test_stored_powers_give_the_mel_of_transformers(self) -> None:
        samples = speechlike(1, 24000)
        power = np.zeros((400, 80), dtype=np.float32)
        stored = mel_power(samples)
        power[: len(stored)] = stored
        difference = np.abs(log_mel_of_power(power).T - log_mel(samples))[:, : len(stored)]
        self.assertLess(float(difference.max()), 1e-5)


class Training(unittest.TestCase):
    """Batches and resuming."""

    def setUp(self) -> None:
        self.settings = Settings(seed=1, steps=4, batch=4, warm_up_steps=2, gentle_steps=1, noisy_from=3)
        self.vocabulary = grammar.words()
        self.shape = Shape(len(self.vocabulary))

    def batches(self) -> Batches:
        return Batches(utterances(12), self.vocabulary, self.settings)

    def test_a_batch_follows_from_its_number_alone(self) -> None:
        straight, jumping = self.batches(), self.batches()
        before = [straight.batch(step) for step in range(5)][4]
        after = jumping.batch(4)
        self.assertTrue(torch.equal(before.mel, after.mel))
        self.assertTrue(torch.equal(before.targets, after.targets))

    def test_a_stopped_run_ends_with_the_weights_of_an_unbroken_one(self) -> None:
        torch.use_deterministic_algorithms(True)
        torch.set_num_threads(1)
        with tempfile.TemporaryDirectory() as folder:
            whole = train(self.batches(), self.settings, self.shape, Path(folder) / "a.pt", lambda model, step: None)

            class Stopped(Exception):
                """Raised in the middle."""

            def stop(model: TinyAsr, step: int) -> None:
                raise Stopped

            state = Path(folder) / "b.pt"
            with self.assertRaises(Stopped):
                train(self.batches(), self.settings, self.shape, state, stop, save_every=2, watch_every=3)
            resumed = train(self.batches(), self.settings, self.shape, state, lambda model, step: None)
        for name, weight in whole.state_dict().items():
            self.assertTrue(torch.equal(weight, resumed.state_dict()[name]), name)

    def test_a_state_of_other_settings_is_not_used(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            state = Path(folder) / "a.pt"
            one = replace(self.settings, steps=1)
            first = train(self.batches(), one, self.shape, state, lambda model, step: None)
            other = train(self.batches(), replace(one, seed=2), self.shape, state, lambda model, step: None)
        self.assertFalse(torch.equal(first.head.weight, other.head.weight))


if __name__ == "__main__":
    unittest.main()
