"""What cannot be exported is refused before the long work, with a message that names it."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from support import save_checkpoint

from assay_tools.common.errors import UserError
from assay_tools.export.llm.config import all_linears, config_of
from assay_tools.export.llm.embedding import check_embedding
from assay_tools.export.llm.export import LlmOptions, export_language_model
from assay_tools.export.llm.geometries import GEOMETRIES
from assay_tools.export.llm.memory import available_bytes, check_memory, expected_peak_bytes
from assay_tools.export.llm.recipes import check_groups, find_llm_recipe

CONFIG: dict[str, Any] = {
    "model_type": "llama", "vocab_size": 160, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 2,
}


class Configs(unittest.TestCase):
    """config.json."""

    def refuse(self, message: str, **changes: Any) -> None:
        """Reading CONFIG with `changes` must fail with a message that has `message` in it."""
        with self.assertRaises(UserError) as caught:
            config_of({**CONFIG, **changes}, "llama", "config.json")
        self.assertIn(message, str(caught.exception))

    def test_another_architecture_is_named(self) -> None:
        self.refuse("model_type is 'mamba'", model_type="mamba")

    def test_an_unknown_feature_is_named_with_its_value(self) -> None:
        self.refuse("feature 'attn_logit_softcapping' (value 50.0)", attn_logit_softcapping=50.0)

    def test_another_activation_is_named(self) -> None:
        self.refuse("hidden_act is 'gelu'", hidden_act="gelu")

    def test_another_rope_scaling_is_named(self) -> None:
        self.refuse("RoPE scaling 'yarn'", rope_scaling={"rope_type": "yarn", "factor": 4.0})

    def test_llama3_scaling_without_a_number_names_the_number(self) -> None:
        scaling = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0}
        self.refuse("'high_freq_factor'", rope_scaling=scaling, max_position_embeddings=64)

    def test_sliding_windows_are_refused(self) -> None:
        self.refuse("use_sliding_window", use_sliding_window=True)

    def test_layers_that_do_not_see_everything_are_refused(self) -> None:
        self.refuse("sliding_attention", layer_types=["full_attention", "sliding_attention"])

    def test_heads_that_cannot_share_evenly_are_refused(self) -> None:
        self.refuse("4 query heads cannot share 3", num_key_value_heads=3)

    def test_a_size_that_is_no_number_is_named(self) -> None:
        self.refuse("hidden_size is None", hidden_size=None)


class Groups(unittest.TestCase):
    """--group_size and --embedding."""

    def refuse(self, geometry: str, size: int) -> str:
        """The message about that group size."""
        config = GEOMETRIES[geometry]
        recipe = find_llm_recipe("int4").with_group_size(size)
        with self.assertRaises(UserError) as caught:
            check_groups(recipe.schemes(config), all_linears(config))
        return str(caught.exception)

    def test_a_size_that_does_not_divide_names_the_layer_and_what_works(self) -> None:
        message = self.refuse("smollm2-135m", 128)
        self.assertIn("does not divide the 576 inputs of model.layers.0.self_attn.q_proj", message)
        self.assertIn("sizes that work for every layer: 32, 64, 96, 192", message)

    def test_a_size_that_is_no_multiple_of_32_is_refused(self) -> None:
        self.assertIn("is no multiple of 32", self.refuse("smollm2-135m", 48))
        self.assertIn("is no multiple of 32", self.refuse("smollm2-135m", 0))

    def test_a_size_for_a_recipe_without_groups_is_refused(self) -> None:
        with self.assertRaisesRegex(UserError, "int8 has no groups"):
            find_llm_recipe("int8").with_group_size(32)

    def test_a_wrong_size_is_refused_before_weights_are_made(self) -> None:
        options = LlmOptions("llama", Path("never.pte"), "int4", seeded="falcon3-7b", group_size=100)
        with self.assertRaisesRegex(UserError, "group size 100"):
            export_language_model(options)

    def test_an_embedding_whose_rows_are_no_multiple_of_32_is_refused_in_4_bits(self) -> None:
        with self.assertRaisesRegex(UserError, "rows of 80"):
            check_embedding("int4", 80)


class Memory(unittest.TestCase):
    """What this machine cannot hold."""

    def expected(self, geometry: str, recipe: str) -> float:
        config = GEOMETRIES[geometry]
        return expected_peak_bytes(find_llm_recipe(recipe).schemes(config), all_linears(config))

    def test_the_estimate_is_near_the_peaks_that_were_measured(self) -> None:
        self.assertAlmostEqual(self.expected("smollm2-135m", "int4") / 1e9, 2.1, delta=0.2)
        self.assertAlmostEqual(self.expected("smollm2-135m", "fp32") / 1e9, 3.7, delta=0.2)
        self.assertAlmostEqual(self.expected("llama-3.2-1b", "int4") / 1e9, 6.9, delta=0.3)

    def test_a_model_that_does_not_fit_is_refused_with_what_it_needs(self) -> None:
        with self.assertRaisesRegex(UserError, "needs about 3[0-9] GB of memory and 24 GB are free"):
            check_memory(self.expected("falcon3-7b", "int4"), 24e9)

    def test_a_model_that_fits_is_not(self) -> None:
        check_memory(self.expected("llama-3.2-1b", "int4"), 24e9)

    def test_free_memory_is_what_the_kernel_can_give_and_swap(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            meminfo = Path(folder) / "meminfo"
            meminfo.write_text("MemTotal: 9 kB\nMemAvailable: 2000 kB\nSwapFree: 1000 kB\n", encoding="ascii")
            self.assertEqual(available_bytes(meminfo), 3000 * 1024)


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
