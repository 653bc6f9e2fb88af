"""scripts/export_to_executorch.py as a command."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from support import save_checkpoint

REPOSITORY = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command with these arguments."""
    script = str(REPOSITORY / "scripts/export_to_executorch.py")
    return subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, check=False)


class FrontEnd(unittest.TestCase):
    """Files, provenance, exit codes."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def test_silero_vad_still_works(self) -> None:
        output = self.folder / "vad.pte"
        result = run("--model", "silero-vad", "--quantization", "8da4w", "--output_path", str(output))
        self.assertEqual(result.returncode, 0, result.stderr)
        committed = json.loads(
            (REPOSITORY / "datasets/models/silero-vad/silero-vad-8da4w.provenance.json").read_text(encoding="utf-8")
        )
        made = json.loads((self.folder / "vad.provenance.json").read_text(encoding="utf-8"))
        for key in ("recipe", "kernels", "checkpoint"):
            self.assertEqual(made[key], committed[key])
        self.assertEqual(made["pte"]["bytes"], committed["pte"]["bytes"])

    def test_a_language_model_is_written_with_its_provenance(self) -> None:
        save_checkpoint(self.folder / "tiny", "llama")
        output = self.folder / "tiny-int4.pte"
        result = run(
            "--model", "llama", "--checkpoint", str(self.folder / "tiny"), "--quantization", "int4",
            "--embedding", "int8", "--max_seq_len", "64", "--output_path", str(output),
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("peak memory", result.stderr)
        self.assertNotIn("No temp allocator", result.stderr)
        provenance = json.loads((self.folder / "tiny-int4.provenance.json").read_text(encoding="utf-8"))
        self.assertEqual(provenance["linears"], {"8da4w group 32 affine": 15})
        self.assertEqual(provenance["delegates"], 3)
        self.assertFalse(provenance["seeded_weights"])
        self.assertNotIn(str(self.folder), json.dumps(provenance))

    def test_a_wrong_group_size_is_a_message_and_exit_code_2(self) -> None:
        result = run(
            "--model", "llama", "--seeded", "smollm2-135m", "--quantization", "int4", "--group_size", "128",
            "--output_path", str(self.folder / "x.pte"),
        )
        self.assertEqual(result.returncode, 2)
        self.assertIn("error: group size 128 does not divide the 576 inputs", result.stderr)
        self.assertFalse(list(self.folder.iterdir()))

    def test_an_unknown_model_lists_those_there_are(self) -> None:
        result = run("--model", "mamba", "--quantization", "int8", "--output_path", str(self.folder / "x.pte"))
        self.assertEqual(result.returncode, 2)
        self.assertIn("unknown model 'mamba'; known: silero-vad, tiny-asr, whisper, mel, llama, qwen2", result.stderr)

    def test_an_unknown_recipe_lists_those_there_are(self) -> None:
        result = run(
            "--model", "qwen2", "--seeded", "qwen2-0.5b", "--quantization", "int3", "--output_path",
            str(self.folder / "x.pte"),
        )
        self.assertEqual(result.returncode, 2)
        self.assertIn("unknown quantization 'int3' for a language model; known: fp32, int8, int4", result.stderr)


if __name__ == "__main__":
    unittest.main()
