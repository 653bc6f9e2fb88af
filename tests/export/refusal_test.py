"""Checkpoints that cannot be exported are refused before the long work, with a message that names what is wrong."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from support import save_checkpoint

from assay_tools.common.errors import UserError
from assay_tools.export.llm.export import export_language_model
from assay_tools.export.llm.request import LlmOptions


class Checkpoints(unittest.TestCase):
    """Folders and files that are not what they should be."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        save_checkpoint(self.folder, "llama")
        self.weights = self.folder / "model.safetensors"

    def refuse(self, message: str, family: str = "llama", path: Path | None = None, **options: Any) -> None:
        """Exporting must fail with a message that has `message` in it."""
        with self.assertRaises(UserError) as caught:
            export_language_model(
                LlmOptions(family, self.folder / "x.pte", "int4", checkpoint=path or self.folder, **options)
            )
        self.assertIn(message, str(caught.exception))

    def change(self, **tensors: Any) -> None:
        """Write the weights again; a value of None leaves that tensor out."""
        values = {**load_file(self.weights), **{name.replace("__", "."): value for name, value in tensors.items()}}
        save_file({name: value for name, value in values.items() if value is not None}, self.weights)

    def test_a_missing_tensor_is_named_with_its_shape(self) -> None:
        self.change(model__layers__1__mlp__up_proj__weight=None)
        self.refuse("tensor model.layers.1.mlp.up_proj.weight is missing; its shape should be [96, 64]")

    def test_a_wrong_shape_is_named_with_both_shapes(self) -> None:
        self.change(model__norm__weight=load_file(self.weights)["model.norm.weight"][:32].clone())
        self.refuse("tensor model.norm.weight has shape [32]; the config says [64]")

    def test_a_tensor_of_another_architecture_is_named(self) -> None:
        self.change(model__layers__0__self_attn__q_norm__weight=load_file(self.weights)["model.norm.weight"].clone())
        self.refuse("tensor model.layers.0.self_attn.q_norm.weight belongs to no llama model")

    def test_weights_of_another_family_are_refused(self) -> None:
        self.refuse("model_type is 'llama', but --model is qwen2", family="qwen2")

    def test_a_broken_safetensors_file_is_named(self) -> None:
        self.weights.write_bytes(b"not weights")
        self.refuse("is not a readable safetensors file")

    def test_a_folder_without_weights_is_named(self) -> None:
        self.weights.unlink()
        self.refuse("has neither model.safetensors nor model.safetensors.index.json")

    def test_a_missing_shard_is_named(self) -> None:
        self.weights.unlink()
        index = {"weight_map": {"lm_head.weight": "model-00001-of-00002.safetensors"}}
        (self.folder / "model.safetensors.index.json").write_text(json.dumps(index))
        self.refuse("names model-00001-of-00002.safetensors, which is not there")

    def test_a_config_that_is_no_json_is_named(self) -> None:
        (self.folder / "config.json").write_text("{")
        self.refuse("config.json: is not JSON")

    def test_a_path_that_is_not_there_is_named(self) -> None:
        self.refuse("no such file or folder", path=self.folder / "nothing")

    def test_a_file_that_is_no_gguf_is_named(self) -> None:
        self.refuse("is not a readable GGUF file", path=self.weights)

    def test_more_positions_than_the_model_was_made_for_are_refused(self) -> None:
        self.refuse("must be 8 .. 64 for this model", max_seq_len=128)

    def test_a_checkpoint_and_a_seed_together_are_refused(self) -> None:
        self.refuse("give either --checkpoint", seeded="smollm2-135m")

    def test_a_geometry_of_another_family_is_refused(self) -> None:
        options = LlmOptions("qwen2", Path("never.pte"), "int4", seeded="smollm2-135m")
        with self.assertRaisesRegex(UserError, "not a known geometry of qwen2; known: qwen2-0.5b"):
            export_language_model(options)


if __name__ == "__main__":
    unittest.main()
