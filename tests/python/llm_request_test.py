"""What no export of a language model can do is refused before any weight is read, with a message that names it."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import Any

from assay_tools.common.errors import UserError
from assay_tools.export.llm.config import all_linears, config_of
from assay_tools.export.llm.geometries import GEOMETRIES
from assay_tools.export.llm.memory import available_bytes, check_memory, expected_peak_bytes
from assay_tools.export.llm.recipes import check_embedding, check_groups, find_llm_recipe
from assay_tools.export.llm.request import LlmOptions, checked_schemes, find_recipe

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
            checked_schemes(options, find_recipe(options), GEOMETRIES["falcon3-7b"])

    def test_more_positions_than_the_model_was_made_for_are_refused(self) -> None:
        options = LlmOptions("llama", Path("never.pte"), "int4", max_seq_len=1 << 20)
        with self.assertRaisesRegex(UserError, "--max_seq_len 1048576: must be 8 .. "):
            checked_schemes(options, find_recipe(options), GEOMETRIES["smollm2-135m"])

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

if __name__ == "__main__":
    unittest.main()
