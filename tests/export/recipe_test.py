"""The quantizations: arithmetic of the recipes, and files that run what their labels say."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import torch
from support import build_model, lower, save_checkpoint, tokens_of

from assay_tools.export.llm.embedding import make_embedding
from assay_tools.export.llm.offset_linear import OffsetLinear
from assay_tools.export.llm.quantizer import least_squares_grid, least_squares_scales, quantize_weight
from assay_tools.export.llm.recipes import ASYMMETRIC, int4


def seeded(*shape: int) -> torch.Tensor:
    """Normal values."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(7))


class Grids(unittest.TestCase):
    """Choosing 4-bit values."""

    def test_weights_of_an_asymmetric_grid_are_found_again(self) -> None:
        steps = torch.randint(0, 16, (8, 2, 32), generator=torch.Generator().manual_seed(1)).float()
        steps[:, :, 0], steps[:, :, 1] = 0.0, 15.0
        scale, minimum = 0.01 + seeded(8, 2, 1).abs() * 0.01, -0.1 + seeded(8, 2, 1) * 0.05
        weight = (steps * scale + minimum).view(8, 64)
        values, scales, offsets = least_squares_grid(weight, 32)
        found = values.view(8, 2, 32) * scales[:, :, None] + offsets[:, :, None]
        # Scales are kept in bfloat16: a relative error of 2^-9, over at most 15 steps from the middle of a group.
        self.assertLess(float(((found - weight.view(8, 2, 32)).abs() / scale).max()), 15 / 512 + 0.005)

    def test_least_squares_scales_are_no_worse_than_the_covering_ones(self) -> None:
        weight = seeded(16, 128) ** 3
        values, scales = least_squares_scales(weight, 32)
        plain = quantize_weight(weight, int4()).dequantize()
        best = (values.view(16, 4, 32) * scales[:, :, None]).view(16, 128)
        self.assertLess(float((best - weight).square().sum()), float((plain - weight).square().sum()))

    def test_offsets_make_up_a_linear_layer(self) -> None:
        weight, bias, x = seeded(24, 96) + 2.0, seeded(24), seeded(3, 96)
        layer = OffsetLinear(weight, bias, ASYMMETRIC)
        expected = torch.nn.functional.linear(x, weight, bias)
        symmetric = torch.nn.functional.linear(x, quantize_weight(weight, int4()).dequantize(), bias)
        error = float((layer(x) - expected).square().mean())
        self.assertLess(error, 0.5 * float((symmetric - expected).square().mean()))

    def test_embeddings_come_back_within_their_steps(self) -> None:
        weight, tokens = seeded(50, 64), torch.tensor([[3, 0, 49]])
        for kind, tolerance in (("fp32", 0.0), ("int8", 0.02), ("int4", 0.26)):
            difference = make_embedding(kind, weight)(tokens) - weight[tokens]
            self.assertLessEqual(float(difference.abs().max()), tolerance, kind)


class Files(unittest.TestCase):
    """Exported files of a tiny model against their eager models."""

    def check(self, quantization: str, embedding: str) -> dict[str, int]:
        """Export, compare logits, and return how often each kind of linear kernel ran."""
        with tempfile.TemporaryDirectory() as name:
            save_checkpoint(Path(name), "llama", tie_word_embeddings=True)
            model = build_model(Path(name), "llama", quantization, embedding=embedding)
            pte = lower(model)
            tokens = tokens_of(4)
            with torch.no_grad():
                eager = model(tokens, torch.tensor([0]))
            error = (pte.run(tokens, 0) - eager).square().mean() / eager.square().mean()
            self.assertLess(float(error), 0.01)
            return pte.kernels(model, quantization)["linear_kernels"]

    def test_int8_runs_on_8_bit_kernels(self) -> None:
        kernels = self.check("int8", "int8")
        self.assertEqual(sum(count for name, count in kernels.items() if "QC8W" in name), 15)

    def test_int4_with_offsets_runs_on_4_bit_kernels_and_small_8_bit_ones(self) -> None:
        kernels = self.check("int4-asym-head8", "int4")
        self.assertEqual(sum(count for name, count in kernels.items() if "QB4W" in name), 14)
        self.assertEqual(sum(count for name, count in kernels.items() if "QC8W" in name), 15)


if __name__ == "__main__":
    unittest.main()
