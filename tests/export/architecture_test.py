"""Each architecture against `transformers` itself, through an exported .pte."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import Any

import torch
from support import LLAMA3_SCALING, build_model, lower, save_checkpoint, tokens_of

TOLERANCE = 1e-3


class Architecture(unittest.TestCase):
    """fp32 logits of all positions, in one prefill and step by step."""

    def check(self, family: str, sdpa: str = "custom", **changes: Any) -> None:
        """Export a seeded checkpoint and compare."""
        with tempfile.TemporaryDirectory() as name:
            golden_model = save_checkpoint(Path(name), family, **changes)
            model = build_model(Path(name), family, "fp32", sdpa=sdpa)
            pte = lower(model, sdpa)
            tokens = tokens_of(1)
            with torch.no_grad():
                golden = golden_model(tokens).logits[0]
            self.assertGreater(float(golden.std()), 0.5, "the test's logits should vary")
            self.assertLess(float((pte.run(tokens, 0)[0] - golden).abs().max()), TOLERANCE, "prefill")
            self.assertLess(float((pte.step_by_step(tokens) - golden).abs().max()), TOLERANCE, "step by step")
            mixed = [pte.run(tokens[:, :17], 0)[0], pte.run(tokens[:, 17:], 17)[0]]
            self.assertLess(float((torch.cat(mixed) - golden).abs().max()), TOLERANCE, "a second prefill")
            graph = pte.kernels(model, "fp32", sdpa)
            if sdpa == "custom":
                self.assertEqual(graph["delegates"], model.config.n_layers + 1)

    def test_llama_with_grouped_queries_and_own_head(self) -> None:
        self.check("llama", tie_word_embeddings=False)

    def test_llama_with_llama3_rope_scaling_and_tied_head(self) -> None:
        self.check("llama", tie_word_embeddings=True, rope_parameters=LLAMA3_SCALING)

    def test_llama_with_biases_and_a_head_dim_of_its_own(self) -> None:
        self.check("llama", attention_bias=True, mlp_bias=True, head_dim=32)

    def test_qwen2_with_its_biases(self) -> None:
        self.check("qwen2", tie_word_embeddings=True)

    def test_plain_attention_gives_the_same(self) -> None:
        self.check("llama", sdpa="plain")


class LastLogits(unittest.TestCase):
    """`--logits last`."""

    def test_are_those_of_the_last_position_up_to_the_end_of_the_cache(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            golden_model = save_checkpoint(Path(name), "llama")
            pte = lower(build_model(Path(name), "llama", "fp32", logits="last"))
            tokens = tokens_of(2, 64)
            with torch.no_grad():
                golden = golden_model(tokens).logits[0]
            got = pte.run(tokens[:, :63], 0)
            self.assertEqual(list(got.shape), [1, golden.shape[1]])
            self.assertLess(float((got[0] - golden[62]).abs().max()), TOLERANCE)
            self.assertLess(float((pte.run(tokens[:, 63:], 63)[0] - golden[63]).abs().max()), TOLERANCE)
            whole = pte.run(tokens, 0)
            self.assertLess(float((whole[0] - golden[63]).abs().max()), TOLERANCE)


if __name__ == "__main__":
    unittest.main()
