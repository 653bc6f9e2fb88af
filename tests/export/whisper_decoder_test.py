"""Whisper decoders: the files against transformers, and greedy transcripts against its generate()."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors.torch import load_file, save_file
from whisper_test import save_whisper

from assay_tools.common.errors import UserError
from assay_tools.common.pte_runner import load_method
from assay_tools.common.quiet import without_runtime_remarks
from assay_tools.export.whisper.checkpoint import open_whisper
from assay_tools.export.whisper.decoder_export import export_decoder, probe_tokens
from assay_tools.export.whisper.export import WhisperOptions, probe_mels

VOCABULARY = 271  # odd, as those of the published models


def export_quietly(**options: Any) -> dict[str, Any]:
    """export_decoder without its messages."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return export_decoder(WhisperOptions(**options))


class WithCheckpoint(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        save_whisper(self.folder, vocab_size=VOCABULARY, decoder_layers=2)


class Decoders(WithCheckpoint):
    @torch.no_grad()
    def test_every_variant_agrees_with_transformers_as_well_as_its_label_promises(self) -> None:
        reference = transformers.WhisperForConditionalGeneration.from_pretrained(self.folder).eval()
        encodings = reference.model.encoder(probe_mels(200, 80)[1]).last_hidden_state
        sizes = []
        for quantization, kernel, least_sqnr_db in (("fp32", "F32", 100), ("int8", "QC8W", 30), ("int4", "QB4W", 12)):
            with self.subTest(quantization):
                output = self.folder / f"{quantization}.pte"
                provenance = export_quietly(output=output, quantization=quantization, checkpoint=self.folder)
                signal = noise = 0.0
                with without_runtime_remarks():
                    cross = [one.clone() for one in load_method(output, "cross").execute((encodings,))]
                    step = load_method(output)
                    for tokens in probe_tokens(VOCABULARY, 32):
                        expected = reference(encoder_outputs=(encodings,), decoder_input_ids=tokens).logits[:, -1].double()
                        got = step.execute((tokens, *cross))[0]
                        self.assertEqual(list(got.shape), [1, VOCABULARY])
                        signal += float(expected.square().sum())
                        noise += float((got - expected).square().sum())
                self.assertGreater(10 * torch.log10(torch.tensor(signal / noise)), least_sqnr_db)
                self.assertTrue(all(kernel in name for name in provenance["kernels"]["Fully Connected"]))
                self.assertEqual(provenance["checkpoint"]["encoder_sha256"], open_whisper(self.folder, None, 0).sha256)
                sizes.append(output.stat().st_size)
        self.assertEqual(sizes, sorted(sizes, reverse=True))


class Refusals(WithCheckpoint):
    def refuse(self, message: str) -> None:
        """Exporting must fail with a message that has `message` in it, and leave no file."""
        with self.assertRaises(UserError) as caught:
            export_quietly(output=self.folder / "x.pte", quantization="fp32", checkpoint=self.folder)
        self.assertIn(message, str(caught.exception))
        self.assertFalse((self.folder / "x.pte").exists())

    def test_a_head_of_its_own_is_refused(self) -> None:
        path = self.folder / "config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "tie_word_embeddings": False}))
        self.refuse("tie_word_embeddings is false")

    def test_a_missing_tensor_of_the_decoder_is_named(self) -> None:
        path = self.folder / "model.safetensors"
        tensors = load_file(path)
        del tensors["model.decoder.layers.1.fc1.weight"]
        save_file(tensors, path, metadata={"format": "pt"})
        self.refuse("tensor decoder.layers.1.fc1.weight is missing")


if __name__ == "__main__":
    unittest.main()
