"""How the tiny recogniser is made: grammar, splits, features, batches, and a run that was stopped."""

from __future__ import annotations

import json
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import numpy as np
import scripts_path  # noqa: F401
import torch

from assay_tools.asr import grammar, voices
from assay_tools.asr.batches import Batches
from assay_tools.asr.export_model import MODEL_FOLDER
from assay_tools.asr.features import log_mel, log_mel_of_power, mel_power, mix_noise, valid_frames
from assay_tools.asr.model import Shape, TinyAsr
from assay_tools.asr.scoring import greedy
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


class Splits(unittest.TestCase):
    """What is held out."""

    def test_the_committed_vocabulary_is_that_of_the_grammar(self) -> None:
        stored = json.loads((MODEL_FOLDER / "vocab.json").read_text(encoding="utf-8"))
        self.assertEqual(stored, {"blank": 0, "words": grammar.words()})
        self.assertLessEqual(len(stored["words"]), 96)

    def test_every_word_can_be_spelled_with_the_vocabulary(self) -> None:
        known = set(grammar.words())
        random = np.random.default_rng(99)
        for _ in range(20000):
            self.assertLessEqual(set(grammar.draw_sentence(random).split()), known)

    def test_sentences_of_the_splits_do_not_meet(self) -> None:
        random = np.random.default_rng(5)
        drawn = {split: set(grammar.draw_sentences(split, 500, random)) for split in grammar.SPLITS}
        self.assertFalse(drawn["test"] & drawn["training"] | drawn["test"] & drawn["development"])

    def test_no_variant_speaks_in_two_splits(self) -> None:
        everyone = [variant for variants in voices.VARIANTS.values() for variant in variants]
        self.assertEqual(len(everyone), len(set(everyone)))


class Features(unittest.TestCase):
    """The front end and the noise."""

    def test_stored_powers_give_the_mel_of_transformers(self) -> None:
        samples = speechlike(1, 24000)
        power = np.zeros((400, 80), dtype=np.float32)
        stored = mel_power(samples)
        power[: len(stored)] = stored
        difference = np.abs(log_mel_of_power(power).T - log_mel(samples))[:, : len(stored)]
        self.assertLess(float(difference.max()), 1e-5)

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
