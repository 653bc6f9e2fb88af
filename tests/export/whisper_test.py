"""Whisper encoders and the log-mel front end, held against transformers."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from safetensors.torch import load_file, save_file

from assay_tools.common.audio import write_wav
from assay_tools.common.errors import UserError
from assay_tools.common.places import REPOSITORY
from assay_tools.common.pte_runner import load_method
from assay_tools.common.quiet import without_runtime_remarks
from assay_tools.export.whisper import mel
from assay_tools.export.whisper.checkpoint import open_whisper, seeded_whisper
from assay_tools.export.whisper.encoder import from_transformers
from assay_tools.export.whisper.export import WhisperOptions, export_mel, export_whisper, probe_audio, probe_mels
from assay_tools.references import whisper_golden as golden

TINY: dict[str, Any] = {
    "num_mel_bins": 80, "max_source_positions": 100, "d_model": 64, "encoder_layers": 2, "encoder_attention_heads": 4,
    "encoder_ffn_dim": 128, "decoder_layers": 1, "decoder_attention_heads": 4, "decoder_ffn_dim": 128, "vocab_size": 160,
    "max_target_positions": 32, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 1,
    "suppress_tokens": None, "begin_suppress_tokens": None,
}
CLIPS = ("human-reading", "speech-clean-1", "speech-noise-0db", "noise-pink", "silence-digital", "tones")


def save_whisper(folder: Path, **changes: Any) -> None:
    """A seeded checkpoint as a Hugging Face folder."""
    torch.manual_seed(1)
    model = transformers.WhisperForConditionalGeneration(transformers.WhisperConfig(**{**TINY, **changes}))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn_like(parameter)
            # Larger than the usual start, so that attention is far from uniform and biases and norms matter.
            parameter.copy_(1.0 + 0.2 * noise if "norm.weight" in name else 0.15 * noise)
    with without_runtime_remarks():
        model.eval().save_pretrained(folder)


def export(**options: Any) -> dict[str, Any]:
    """export_whisper without its messages."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return export_whisper(WhisperOptions(**options))


class WithCheckpoint(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        save_whisper(self.folder)


class Encoders(WithCheckpoint):
    def encodings(self, pte: Path, inputs: torch.Tensor) -> torch.Tensor:
        with without_runtime_remarks():
            return load_method(pte).execute((inputs,))[0]

    @torch.no_grad()
    def test_every_variant_agrees_with_transformers_as_well_as_its_label_promises(self) -> None:
        reference = open_whisper(self.folder, None, 0).encoder
        probe = probe_mels(200, 80)[1]
        expected = reference(probe).last_hidden_state
        sizes = []
        for quantization, kernel, least_sqnr_db in (("fp32", "F32", 100), ("int8", "QC8W", 30), ("int4", "QB4W", 12)):
            with self.subTest(quantization):
                output = self.folder / f"{quantization}.pte"
                provenance = export(output=output, quantization=quantization, checkpoint=self.folder)
                got = self.encodings(output, probe)
                self.assertEqual(list(got.shape), [1, 100, 64])
                error = (got - expected).double()
                sqnr_db = 10 * torch.log10(expected.double().square().sum() / error.square().sum())
                self.assertGreater(float(sqnr_db), least_sqnr_db)
                if quantization == "fp32":
                    self.assertLess(float(error.abs().max()), 1e-3)
                self.assertTrue(all(kernel in name for name in provenance["kernels"]["Fully Connected"]))
                self.assertEqual(json.loads(output.with_suffix(".provenance.json").read_text()), provenance)
                sizes.append(output.stat().st_size)
        self.assertEqual(sizes, sorted(sizes, reverse=True))

    @torch.no_grad()
    def test_the_module_computes_what_transformers_computes(self) -> None:
        reference = open_whisper(self.folder, None, 0).encoder
        probe = probe_mels(200, 80)[0]
        self.assertLess(float((from_transformers(reference)(probe) - reference(probe).last_hidden_state).abs().max()), 1e-4)

    def test_seeded_weights_depend_on_the_seed_alone(self) -> None:
        def digest(seed: int) -> str:
            return seeded_whisper("own", TINY, seed).sha256

        self.assertEqual(digest(3), digest(3))
        self.assertNotEqual(digest(3), digest(4))


class Refusals(WithCheckpoint):
    def refuse(self, message: str, **options: Any) -> None:
        """Exporting must fail with a message that has `message` in it, and leave no file."""
        wanted = {"output": self.folder / "x.pte", "quantization": "fp32", "checkpoint": self.folder, **options}
        with self.assertRaises(UserError) as caught:
            export(**wanted)
        self.assertIn(message, str(caught.exception))
        self.assertFalse((self.folder / "x.pte").exists())

    def change_config(self, **changes: Any) -> None:
        path = self.folder / "config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))

    def test_an_unknown_quantization_is_named(self) -> None:
        self.refuse("unknown quantization 'int2' for whisper; known: fp32, int8, int4", quantization="int2")

    def test_an_unknown_geometry_is_named(self) -> None:
        self.refuse("--seeded huge: not a known geometry of whisper; known: tiny", checkpoint=None, seeded="huge")

    def test_a_checkpoint_and_a_seed_together_are_refused(self) -> None:
        self.refuse("give either --checkpoint", seeded="tiny")

    def test_another_architecture_is_named(self) -> None:
        self.change_config(model_type="llama")
        self.refuse("model_type is 'llama', not 'whisper'")

    def test_another_activation_is_named(self) -> None:
        self.change_config(activation_function="relu")
        self.refuse("activation_function 'relu' is not computed here")

    def test_a_missing_tensor_is_named(self) -> None:
        path = self.folder / "model.safetensors"
        tensors = load_file(path)
        del tensors["model.encoder.layers.1.fc1.weight"]
        save_file(tensors, path, metadata={"format": "pt"})
        self.refuse("tensor encoder.layers.1.fc1.weight is missing")

    def test_weights_that_are_no_safetensors_are_named(self) -> None:
        (self.folder / "model.safetensors").write_bytes(b"not weights")
        self.refuse("transformers does not load it")

    def test_a_folder_without_weights_is_named(self) -> None:
        (self.folder / "model.safetensors").unlink()
        self.refuse("needs a folder with config.json and *.safetensors")


class FrontEnd(unittest.TestCase):
    @torch.no_grad()
    def test_the_module_agrees_with_the_feature_extractor(self) -> None:
        for samples in (64000, 480000):
            module = mel.LogMel(samples).eval()
            for clip in CLIPS:
                with self.subTest(f"{clip}, {samples} samples"):
                    audio = probe_audio(clip, samples)
                    got = module(torch.from_numpy(audio).unsqueeze(0))[0].numpy()
                    self.assertEqual(got.shape, (80, samples // 160))
                    self.assertLess(np.abs(got - mel.reference_mel(audio, samples)).max(), 1e-4)

    def check_file(self, pte: Path, samples: int) -> None:
        with without_runtime_remarks():
            method = load_method(pte)
            for clip in CLIPS:
                audio = probe_audio(clip, samples)
                got = method.execute((torch.from_numpy(audio).unsqueeze(0),))[0][0].numpy()
                self.assertLess(np.abs(got - mel.reference_mel(audio, samples)).max(), 1e-4, clip)

    def test_the_exported_file_agrees_with_the_feature_extractor(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            pte = Path(folder) / "mel.pte"
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                export_mel(pte, 32000, "fp32")
            self.check_file(pte, 32000)

    def test_the_committed_file_agrees_with_the_feature_extractor(self) -> None:
        self.check_file(REPOSITORY / "datasets/models/mel/mel-4s.pte", 64000)

    def test_a_length_that_is_no_whole_number_of_hops_is_refused(self) -> None:
        with self.assertRaisesRegex(UserError, "must be a multiple of 160"):
            mel.LogMel(64001)

    def test_a_quantized_front_end_is_refused(self) -> None:
        with self.assertRaisesRegex(UserError, "in fp32 only"):
            export_mel(Path("never.pte"), 64000, "int8")


class Goldens(WithCheckpoint):
    def test_a_golden_holds_the_frames_of_the_recording_and_none_of_the_padding(self) -> None:
        checkpoint = open_whisper(self.folder, None, 0)
        window = 32000
        audio = probe_audio("human-reading", window + 1000)
        wav, output = self.folder / "clip.wav", self.folder / "clip.safetensors"
        write_wav(wav, audio)
        golden.write_golden(checkpoint, wav, output, "none")
        tensors = load_file(output)
        self.assertEqual(tensors["frames"].tolist(), [100 + 4])
        self.assertEqual(list(tensors["encodings"].shape), [104, 64])
        padded = np.zeros(window, np.float32)
        padded[:1000] = audio[window:]
        with torch.no_grad():
            second = checkpoint.encoder(torch.from_numpy(mel.reference_mel(padded, window))[None]).last_hidden_state
        self.assertLess(float((tensors["encodings"][100:] - second[0, :4]).abs().max()), 1e-3)


if __name__ == "__main__":
    unittest.main()
