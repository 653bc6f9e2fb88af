"""Lowering without the work that changes nothing gives what the stock pipeline gives."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import Any

from support import Pte, build_model, lower, save_checkpoint, tokens_of

from assay_tools.export.llm import fast_lowering


class FastLowering(unittest.TestCase):
    """Two layers, quantized, both ways."""

    def outputs(self, pte: Pte) -> list[Any]:
        """Of a prefill and decode steps."""
        tokens = tokens_of(3)
        return [pte.run(tokens[:, :30], 0), *(pte.run(tokens[:, i : i + 1], i) for i in range(30, 40))]

    def test_gives_the_same_outputs_as_the_stock_pipeline(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            save_checkpoint(Path(name), "llama")
            model = build_model(Path(name), "llama", "int4", embedding="int8", logits="last")
            stock, fast = lower(model, fast=False), lower(model, fast=True)
            pairs = zip(self.outputs(stock), self.outputs(fast), strict=True)
            self.assertEqual(max(float((a - b).abs().max()) for a, b in pairs), 0.0)
            self.assertEqual(stock.path.read_bytes(), fast.path.read_bytes())

    def test_leaves_every_replaced_function_as_it_was(self) -> None:
        import importlib

        def current() -> list[Any]:
            found = []
            for module, path, _ in fast_lowering._REPLACEMENTS:
                owner = importlib.import_module(module)
                for part in path.split("."):
                    owner = getattr(owner, part)
                found.append(owner)
            return found

        before = current()
        with fast_lowering.fast_lowering(self.fail):
            during = current()
        self.assertEqual(before, current())
        self.assertTrue(all(a is not b for a, b in zip(before, during, strict=True)))

    def test_goes_on_without_a_function_that_is_gone(self) -> None:
        gone = ("torch.fx.graph", "Graph.a_function_of_an_older_release", lambda original: original)
        notes: list[str] = []
        known = fast_lowering._REPLACEMENTS
        fast_lowering._REPLACEMENTS = (gone, *known)
        try:
            with fast_lowering.fast_lowering(notes.append):
                pass
        finally:
            fast_lowering._REPLACEMENTS = known
        self.assertEqual(len(notes), 1)
        self.assertIn("a_function_of_an_older_release", notes[0])


if __name__ == "__main__":
    unittest.main()
