"""Training is a function of its settings: the same weights again, also after a stop."""

import math
import tempfile
import unittest
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch

from assay_tools.datasets.tiny_tokenizer import BOS_ID
from assay_tools.datasets.tiny_training import Settings, Windows, new_model, perplexity, rounded_to_half, train

SETTINGS = Settings(steps=4, batch=2, context=8, vocabulary=64, warm_up_steps=2)
DOCUMENTS = [[BOS_ID, *np.random.default_rng(seed).integers(3, 64, size=40).tolist(), 2] for seed in range(6)]


class TrainingTest(unittest.TestCase):
    def setUp(self) -> None:
        torch.set_num_threads(1)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_a_stopped_run_ends_with_the_weights_of_an_unbroken_one(self) -> None:
        whole = train(DOCUMENTS, SETTINGS, self.folder / "whole.pt")
        state_file = self.folder / "stopped.pt"

        class Stopped(Exception):
            pass

        def stop_at_step_2(windows: Windows, step: int, original: Callable[[Windows, int], torch.Tensor] = Windows.batch) -> Any:
            if step == 2:
                raise Stopped
            return original(windows, step)

        with mock.patch.object(Windows, "batch", stop_at_step_2), self.assertRaises(Stopped):
            train(DOCUMENTS, SETTINGS, state_file, save_every=1)
        resumed = train(DOCUMENTS, SETTINGS, state_file)
        for name, weight in whole.named_parameters():
            self.assertTrue(torch.equal(weight, resumed.get_parameter(name)), name)

    def test_a_state_of_other_settings_is_not_continued(self) -> None:
        state_file = self.folder / "state.pt"
        train(DOCUMENTS, replace(SETTINGS, seed=5), state_file)
        fresh = train(DOCUMENTS, SETTINGS, self.folder / "fresh.pt")
        again = train(DOCUMENTS, SETTINGS, state_file)
        self.assertTrue(torch.equal(fresh.model.embed_tokens.weight, again.model.embed_tokens.weight))

    def test_every_window_begins_with_bos_and_predicts_the_token_after(self) -> None:
        rows = Windows(DOCUMENTS, SETTINGS).batch(0)
        self.assertEqual(rows.shape, (2, 9))
        self.assertEqual(rows[:, 0].tolist(), [BOS_ID, BOS_ID])

    def test_a_model_that_knows_nothing_has_the_perplexity_of_the_vocabulary(self) -> None:
        model = new_model(SETTINGS)
        with torch.no_grad():
            for weight in model.parameters():
                weight.zero_()
        self.assertAlmostEqual(perplexity(model, DOCUMENTS, SETTINGS.context), 64.0, places=3)

    def test_the_written_weights_are_those_that_were_scored(self) -> None:
        model = new_model(SETTINGS)
        written = rounded_to_half(model)
        self.assertNotIn("lm_head.weight", written)
        for name, weight in written.items():
            np.testing.assert_array_equal(weight.astype(np.float32), model.get_parameter(name).detach().numpy())
        self.assertTrue(math.isfinite(perplexity(model, DOCUMENTS, SETTINGS.context)))


if __name__ == "__main__":
    unittest.main()
