"""Scores of a model against a golden, where the answer is known."""

import math
import unittest

import numpy as np

from assay_tools.references.llm_golden import golden_tensors, scored_positions
from assay_tools.references.llm_score import Golden, score

TOKENS = [1, 4, 2, 3, 0]


class ScoreTest(unittest.TestCase):
    def setUp(self) -> None:
        self.logits = np.random.default_rng(1).normal(size=(5, 6)).astype(np.float32)
        self.logits[np.arange(4), TOKENS[1:]] += 8  # the next token is the most probable one everywhere
        positions = scored_positions(5)
        self.golden = Golden("case", "greedy", golden_tensors(TOKENS, positions, self.logits[positions], 3, None))

    def test_the_reference_itself_has_no_divergence(self) -> None:
        found = score(self.golden, self.logits, self.logits)
        self.assertAlmostEqual(found.kld, 0.0)
        self.assertAlmostEqual(found.kld_lower, 0.0, places=6)
        self.assertEqual((found.top1, found.common_prefix), (1.0, 4))
        self.assertAlmostEqual(found.perplexity_ratio, 1.0, places=6)

    def test_the_common_prefix_ends_where_another_token_is_the_best(self) -> None:
        other = self.logits.copy()
        other[2, 5] += 20
        found = score(self.golden, self.logits, other)
        self.assertEqual((found.top1, found.common_prefix), (0.75, 2))

    def test_a_model_that_knows_nothing_has_the_perplexity_of_the_vocabulary(self) -> None:
        found = score(self.golden, self.logits, np.zeros((5, 6), dtype=np.float32))
        self.assertAlmostEqual(found.perplexity, 6.0)
        own = math.exp(-self.golden.tensors["target_logprobs"].mean())
        self.assertAlmostEqual(found.perplexity_ratio, 6.0 / own, places=4)


if __name__ == "__main__":
    unittest.main()
