"""The speech part of the full tier: its steps and its suite."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from assay_tools.common.errors import UserError
from assay_tools.common.safetensors_file import write_safetensors
from assay_tools.export import full_tier_asr as tier


def record(variant: str, sha256: str = "c" * 64, **changes: Any) -> dict[str, Any]:
    """What an export writes beside its file, as far as the suite needs it."""
    return {
        "checkpoint": {"name": "distil-small", "about": "SEEDED RANDOM WEIGHTS", "sha256": sha256},
        "seeded_weights": True,
        "architecture": {"mel_bins": 80, "mel_frames": 3000, "d_model": 768},
        "pte": {"file": f"whisper-{variant}.pte", "sha256": "a" * 64},
        "recipe": variant,
        **changes,
    }


class FullTierAsr(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        # Steps name the versions of packages that are not needed to list them.
        versions = mock.patch.object(tier, "version_of", lambda package: f"{package} 1.0")
        versions.start()
        self.addCleanup(versions.stop)

    def put_variant(self, variant: str, **changes: Any) -> None:
        pte = tier.model_file(self.folder, variant)
        pte.write_bytes(b"pte")
        pte.with_suffix(".provenance.json").write_text(json.dumps(record(variant, **changes)))

    def put_golden(self, clip: str, sha256: str = "c" * 64) -> None:
        tensors = {"frames": np.array([1], np.int32)}
        write_safetensors(tier.golden_file(self.folder, clip), tensors, {"model_sha256": sha256})

    def test_the_suite_has_what_is_there_and_its_own_recordings(self) -> None:
        self.put_variant("fp32")
        self.put_variant("int4")
        self.put_golden("human-reading")
        self.assertEqual(tier.write_asr_suite(self.folder), "2 variants, 1 goldens: assay run asr --tier full")
        suite = json.loads((self.folder / "asr.json").read_text())
        self.assertEqual([variant["name"] for variant in suite["model"]["variants"]], ["fp32", "int4"])
        self.assertEqual([case["name"] for case in suite["cases"]], ["human-reading"])
        self.assertEqual(suite["model"]["weights"], "seeded")
        self.assertEqual(suite["model"]["outputs"][0]["shape"], [1, 1500, 768])
        self.assertEqual(suite["reference"]["model_sha256"], "c" * 64)
        for variant in suite["model"]["variants"]:
            self.assertTrue((self.folder / variant["pte"]).is_file())
        for case in suite["cases"]:
            self.assertTrue((self.folder / case["wav"]).is_file())
            self.assertTrue((self.folder / case["golden"]).is_file())

    def test_files_of_different_weights_make_no_suite(self) -> None:
        self.put_variant("fp32")
        self.put_golden("human-reading", "d" * 64)
        self.assertIn("different weights", tier.write_asr_suite(self.folder))
        self.assertFalse((self.folder / "asr.json").exists())

    def test_without_a_golden_there_is_no_suite(self) -> None:
        self.put_variant("fp32")
        self.assertIn("no asr suite yet", tier.write_asr_suite(self.folder))

    def test_every_variant_the_front_end_and_every_golden_is_a_step(self) -> None:
        names = [step.name for step in tier.asr_steps(self.folder, None)]
        self.assertEqual(names[:4], ["asr-fp32", "asr-int8", "asr-int4", "asr-mel"])
        self.assertEqual(names[4:], [f"asr-{clip}" for clip in tier.CLIPS])

    def test_other_weights_make_every_step_but_the_front_end_again(self) -> None:
        for name in ("config.json", "model.safetensors"):
            (self.folder / name).write_text(name)
        seeded = {step.name: step.made_from for step in tier.asr_steps(self.folder, None)}
        own = {step.name: step.made_from for step in tier.asr_steps(self.folder, self.folder)}
        self.assertEqual([name for name in seeded if own[name] == seeded[name]], ["asr-mel"])

    def test_a_checkpoint_of_ones_own_has_a_decoder_in_every_variant(self) -> None:
        for name in ("config.json", "model.safetensors"):
            (self.folder / name).write_text(name)
        names = {step.name for step in tier.asr_steps(self.folder, self.folder)}
        names -= {step.name for step in tier.asr_steps(self.folder, None)}
        self.assertEqual(names, {"asr-decoder-fp32", "asr-decoder-int8", "asr-decoder-int4"})

    def test_a_folder_without_weights_is_refused(self) -> None:
        with self.assertRaisesRegex(UserError, "needs a folder with config.json"):
            tier.asr_steps(self.folder, self.folder)


if __name__ == "__main__":
    unittest.main()
