"""N-gram models on corpora small enough to be worked out by hand."""

import math
import unittest

from assay_tools.datasets.ngram import DISCOUNTS, KneserNey

BEGIN, A, B = 0, 1, 2
# Bigrams: BEGIN A, A B, B A, A A (1 each). Predicted tokens: A, B, A, A.
CORPUS = [[BEGIN, A, B, A, A]]


class KneserNeyTest(unittest.TestCase):
    def test_a_bigram_probability_is_the_one_worked_out_by_hand(self) -> None:
        model = KneserNey(CORPUS, 2, vocabulary=4, discount=0.5)
        # Lower order: A is seen after BEGIN, B and A (3 contexts), B after A (1); total 4, two distinct tokens.
        lower_a = (3 - 0.5) / 4 + 0.5 * 2 / 4 * 0.25
        lower_b = (1 - 0.5) / 4 + 0.5 * 2 / 4 * 0.25
        # After A came B once and A once: total 2, two distinct tokens.
        self.assertAlmostEqual(model.probability([A], A), (1 - 0.5) / 2 + 0.5 * 2 / 2 * lower_a)
        self.assertAlmostEqual(model.probability([A], B), (1 - 0.5) / 2 + 0.5 * 2 / 2 * lower_b)

    def test_the_perplexity_is_the_one_worked_out_by_hand(self) -> None:
        model = KneserNey(CORPUS, 1, vocabulary=4, discount=0.5)
        # A three times of four, B once; two distinct tokens.
        p_a, p_b = 2.5 / 4 + 0.25 * 0.25, 0.5 / 4 + 0.25 * 0.25
        self.assertAlmostEqual(model.perplexity([[BEGIN, A, B]]), math.exp(-(math.log(p_a) + math.log(p_b)) / 2))

    def test_a_context_never_seen_falls_back_to_the_lower_order(self) -> None:
        model = KneserNey(CORPUS, 2, vocabulary=4, discount=0.5)
        self.assertAlmostEqual(model.probability([3], A), (3 - 0.5) / 4 + 0.25 * 0.25)

    def test_probabilities_sum_to_one_in_every_context(self) -> None:
        model = KneserNey([[0, 1, 2, 3, 1, 2, 2, 1, 3], [0, 2, 2, 3, 1]], 3, vocabulary=5)
        for context in ([], [0], [1, 2], [2, 2], [4, 4], [0, 1], [3]):
            self.assertAlmostEqual(sum(model.probability(context, token) for token in range(5)), 1.0)

    def test_tuning_takes_the_discount_of_the_lowest_perplexity(self) -> None:
        model = KneserNey(CORPUS * 3, 2, vocabulary=4)
        held_out = [[BEGIN, A, A, B]]
        chosen = model.tune(held_out)
        best = model.perplexity(held_out)
        for model.discount in DISCOUNTS:
            self.assertLessEqual(best, model.perplexity(held_out))
        self.assertIn(chosen, DISCOUNTS)


if __name__ == "__main__":
    unittest.main()
