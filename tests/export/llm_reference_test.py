"""make_llm_golden.py on a tiny seeded checkpoint: what it writes is what transformers computes."""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from safetensors import safe_open

from assay_tools.common.errors import UserError
from assay_tools.datasets.tiny_corpus import Chapter
from assay_tools.datasets.tiny_tokenizer import train_tokenizer
from assay_tools.datasets.tiny_training import Settings, new_model
from assay_tools.references import llm_golden_command
from assay_tools.references.llm_reference import smallest_margin

TEXT = "In the beginning was the word, and the word was with them."
SETTINGS = Settings(vocabulary=320, context=64)


class MadeGolden:
    """A golden file, read with the safetensors package."""

    def __init__(self, path: Path) -> None:
        with safe_open(path, "np") as file:
            self.metadata = file.metadata()
            self.tensors = {name: file.get_tensor(name) for name in file.keys()}


class MakeLlmGoldenTest(unittest.TestCase):
    folder: Path
    checkpoint: Path
    model: torch.nn.Module

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.checkpoint = cls.folder / "seeded"
        cls.model = new_model(SETTINGS).eval()
        cls.model.save_pretrained(cls.checkpoint)
        (cls.checkpoint / "tokenizer.model").write_bytes(train_tokenizer([Chapter("one", TEXT * 20)], 320))
        (cls.folder / "text.txt").write_text(TEXT + "\n", encoding="utf-8")

    def make(self, *arguments: str) -> MadeGolden:
        """The golden that the script makes; in this process, because a new one would import torch each time."""
        output = self.folder / "golden.safetensors"
        output.unlink(missing_ok=True)
        command = ["make_llm_golden.py", "--checkpoint", str(self.checkpoint), "--output", str(output), *arguments]
        with mock.patch.object(sys, "argv", command), contextlib.redirect_stdout(io.StringIO()):
            llm_golden_command.main()
        return MadeGolden(output)

    def log_probabilities(self, tokens: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return self.model(torch.tensor([tokens.tolist()])).logits[0].double().log_softmax(-1).numpy()

    def test_a_text_is_scored_as_transformers_scores_it(self) -> None:
        golden = self.make("--text", str(self.folder / "text.txt"), "--top-k", "16")
        tokens, positions = golden.tensors["tokens"], golden.tensors["positions"]
        self.assertEqual(tokens[0], 1, "BOS")
        self.assertEqual(positions.tolist(), list(range(len(tokens) - 1)))
        log_p = self.log_probabilities(tokens)
        np.testing.assert_allclose(golden.tensors["target_logprobs"], log_p[positions, tokens[positions + 1]], atol=1e-5)
        self.assertEqual(golden.metadata["llm_kind"], "text")
        self.assertEqual(golden.metadata["text"], TEXT)
        self.assertEqual(golden.tensors["token_ends"][-1], len(TEXT))

    def test_greedy_tokens_are_the_most_probable_ones(self) -> None:
        golden = self.make("--prompt", "In the beginning", "--greedy", "12", "--top-k", "16")
        tokens, positions = golden.tensors["tokens"], golden.tensors["positions"]
        self.assertEqual(len(positions), 12)
        self.assertEqual(positions[-1], len(tokens) - 2)
        np.testing.assert_array_equal(tokens[positions + 1], self.log_probabilities(tokens)[positions].argmax(axis=1))
        np.testing.assert_array_equal(tokens[positions + 1], golden.tensors["top_ids"][:, 0])
        self.assertEqual(golden.metadata["llm_kind"], "greedy")

    def test_a_window_feeds_the_tokens_asked_for_after_bos(self) -> None:
        whole = self.make("--text", str(self.folder / "text.txt"), "--dense")
        window = self.make("--text", str(self.folder / "text.txt"), "--start", "4", "--length", "5", "--dense", "--score-from", "2")
        self.assertEqual(window.tensors["tokens"].tolist(), [1, *whole.tensors["tokens"][5:10].tolist()])
        self.assertEqual(window.tensors["positions"].tolist(), [2, 3, 4])
        self.assertEqual(window.tensors["logits"].shape, (3, 320))

    def assert_refused(self, message: str, *arguments: str) -> None:
        with self.assertRaisesRegex(UserError, message):
            self.make(*arguments)
        self.assertFalse((self.folder / "golden.safetensors").exists())

    def test_a_text_longer_than_the_context_is_refused(self) -> None:
        long = self.folder / "long.txt"
        long.write_text(TEXT * 20, encoding="utf-8")
        self.assert_refused("the model's context is 64", "--text", str(long))

    def test_a_window_past_the_end_is_refused(self) -> None:
        self.assert_refused("are not there", "--text", str(self.folder / "text.txt"), "--start", "4", "--length", "500")

    def test_an_empty_text_is_refused(self) -> None:
        empty = self.folder / "empty.txt"
        empty.write_text("\n", encoding="utf-8")
        self.assert_refused("the text has 0 tokens", "--text", str(empty))

    def test_a_tokenizer_of_a_larger_vocabulary_is_refused(self) -> None:
        other = self.folder / "other.model"
        other.write_bytes(train_tokenizer([Chapter("one", TEXT * 20 + "".join(map(chr, range(0x4E00, 0x4F00))))], 600))
        text = self.folder / "other.txt"
        text.write_text(chr(0x4EFF), encoding="utf-8")
        self.assert_refused("belongs to another model", "--text", str(text), "--tokenizer", str(other))

    def test_a_checkpoint_that_is_no_gguf_is_refused(self) -> None:
        self.assert_refused("is no GGUF", "--checkpoint", str(self.folder / "text.txt"), "--text", str(self.folder / "text.txt"),
                            "--tokenizer", str(self.checkpoint / "tokenizer.model"))


class SmallestMarginTest(unittest.TestCase):
    LOGITS = np.array([[1.0, 3.0, 2.5], [0.0, 0.25, 4.0]], dtype=np.float32)

    def test_the_margin_is_that_of_the_closest_choice(self) -> None:
        self.assertAlmostEqual(smallest_margin(self.LOGITS, np.array([1, 2])), 0.5)

    def test_a_choice_that_is_not_the_best_is_an_error(self) -> None:
        with self.assertRaisesRegex(UserError, "below the best"):
            smallest_margin(self.LOGITS, np.array([2, 2]))


if __name__ == "__main__":
    unittest.main()
