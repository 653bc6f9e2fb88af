"""Which parts of a language model get 8 bits, and what recipes weigh."""

from __future__ import annotations

import unittest

from assay_tools.export.llm.config import LinearShape, all_linears
from assay_tools.export.llm.geometries import GEOMETRIES
from assay_tools.export.llm.mixing import mix
from assay_tools.export.llm.recipes import ASYMMETRIC, HEAD, INT8, find_llm_recipe, int4, total_bytes


class Mixing(unittest.TestCase):
    """8 bits where they help most."""

    def test_stays_within_the_budget_and_takes_the_worst_first(self) -> None:
        config = GEOMETRIES["smollm2-135m"]
        linears = all_linears(config)
        schemes = find_llm_recipe("int4").schemes(config)
        cost = {HEAD: 0.001, **{f"layer {index}": 0.01 for index in range(30)}, "layer 7": 0.5}
        mixed = mix(schemes, linears, cost, 1.15, embedding_bytes=0)
        self.assertEqual(mixed["model.layers.7.mlp.up_proj"], INT8)
        self.assertEqual(mixed[HEAD], schemes[HEAD])
        ratio = total_bytes(mixed, linears) / total_bytes(schemes, linears)
        self.assertTrue(1.12 < ratio <= 1.15, ratio)

    def test_bytes_count_scales_and_offsets(self) -> None:
        linear = LinearShape("x", inputs=64, outputs=10)
        self.assertEqual(int4().weight_bytes(linear), 320 + 40)
        self.assertEqual(ASYMMETRIC.weight_bytes(linear), 320 + 40 + 20 + 40)
        self.assertEqual(INT8.weight_bytes(linear), 640 + 40)

if __name__ == "__main__":
    unittest.main()
