"""What scripts/export_to_executorch.py refuses before torch is needed."""

from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from assay_tools.common.errors import UserError
from assay_tools.export import command
from assay_tools.export.recipes import RECIPES, refuse_recipe


class Refusals(unittest.TestCase):
    """Of the command line."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def refuse(self, message: str, *arguments: str, output: str = "x.pte") -> None:
        """The command must fail with a message that has `message` in it, and write nothing."""
        words = ["export_to_executorch.py", *arguments, "--output_path", str(self.folder / output)]
        with mock.patch.object(sys, "argv", words), self.assertRaises(UserError) as caught:
            command.main()
        self.assertIn(message, str(caught.exception))
        self.assertFalse(list(self.folder.iterdir()))

    def test_an_option_of_language_models_is_refused_for_others(self) -> None:
        self.refuse(
            "--group_size is for language models (llama, qwen2); --model is silero-vad",
            "--model", "silero-vad", "--quantization", "int4", "--group_size", "64",
        )

    def test_a_backend_is_refused_for_language_models(self) -> None:
        self.refuse(
            "--backend is for silero-vad, tiny-asr; --model is llama",
            "--model", "llama", "--quantization", "int4", "--backend", "portable",
        )

    def test_a_checkpoint_is_refused_for_the_front_end_which_has_no_weights(self) -> None:
        self.refuse("--checkpoint is not for --model mel", "--model", "mel", "--quantization", "fp32", "--checkpoint", "x")

    def test_an_unknown_recipe_lists_those_there_are(self) -> None:
        self.refuse(
            "unknown quantization 'int3' for silero-vad; known: fp32, int8, int4",
            "--model", "silero-vad", "--quantization", "int3",
        )

    def test_an_output_whose_folder_is_missing_is_refused(self) -> None:
        self.refuse("its folder does not exist", "--model", "mel", "--quantization", "fp32", output="no/x.pte")

    def test_a_recipe_without_kernels_is_refused_before_any_work(self) -> None:
        for backend, recipe in (("portable", "8da4w"), ("openvino", "int8")):
            with self.assertRaisesRegex(UserError, f"--backend {backend} with --quantization {recipe}"):
                refuse_recipe(backend, RECIPES[recipe])
        refuse_recipe("portable", RECIPES["int8"])
        refuse_recipe("openvino", RECIPES["fp32"])


if __name__ == "__main__":
    unittest.main()
