"""The tensors of language-model goldens: what must hold for every golden, and the bound that the format promises."""

import hashlib
import struct
import unittest

import numpy as np

from assay_tools.common.errors import UserError
from assay_tools.references.llm_golden import (
    divergence_bounds,
    golden_tensors,
    input_sha256,
    log_softmax,
    scored_positions,
    sparse_tensors,
)

VOCABULARY = 50


def random_logits(rows: int, seed: int = 3, scale: float = 4.0) -> np.ndarray:
    return (np.random.default_rng(seed).normal(size=(rows, VOCABULARY)) * scale).astype(np.float32)


class SparseTensorsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.logits = random_logits(20)
        self.targets = np.arange(20)
        self.found = sparse_tensors(self.logits, self.targets, top_k=8)
        shifted = np.exp(self.logits.astype(np.float64))
        self.p = shifted / shifted.sum(axis=1, keepdims=True)

    def test_stored_probabilities_and_tail_mass_sum_to_one(self) -> None:
        total = np.exp(self.found["top_logprobs"].astype(np.float64)).sum(axis=1) + self.found["tail_mass"]
        np.testing.assert_allclose(total, 1.0, atol=2e-6)

    def test_stored_tokens_are_the_most_probable_ones_in_descending_order(self) -> None:
        np.testing.assert_array_equal(self.found["top_ids"], np.argsort(-self.p, axis=1)[:, :8])
        self.assertTrue((np.diff(self.found["top_logprobs"], axis=1) <= 0).all())

    def test_log_probabilities_of_targets_are_those_of_the_softmax(self) -> None:
        wanted = np.log(self.p[np.arange(20), self.targets])
        np.testing.assert_allclose(self.found["target_logprobs"], wanted, rtol=1e-6)

    def test_entropy_of_stored_tokens_and_of_the_tail_sum_to_the_whole(self) -> None:
        top = self.found["top_logprobs"].astype(np.float64)
        found = -(np.exp(top) * top).sum(axis=1) + self.found["tail_entropy"]
        np.testing.assert_allclose(found, -(self.p * np.log(self.p)).sum(axis=1), rtol=1e-5)

    def test_logsumexp_gives_the_raw_logits_back(self) -> None:
        raw = self.found["top_logprobs"] + self.found["logsumexp"][:, None]
        np.testing.assert_allclose(raw, np.take_along_axis(self.logits, self.found["top_ids"], axis=1), atol=2e-5)

    def test_equal_logits_are_ordered_by_token_id(self) -> None:
        logits = np.random.default_rng(5).integers(0, 3, size=(4, VOCABULARY)).astype(np.float32)
        found = sparse_tensors(logits, np.zeros(4, dtype=int), top_k=40)["top_ids"]
        for row, ids in zip(logits, found.tolist(), strict=True):
            self.assertEqual(ids, sorted(range(VOCABULARY), key=lambda token: (-row[token], token))[:40])

    def test_a_tail_far_below_the_top_is_not_lost_to_rounding(self) -> None:
        logits = np.full((1, VOCABULARY), -40.0, dtype=np.float32)
        logits[0, 7] = 0.0
        found = sparse_tensors(logits, np.array([7]), top_k=1)
        self.assertAlmostEqual(float(found["tail_mass"][0]) / (49 * np.exp(-40.0)), 1.0, places=5)

    def test_a_top_k_of_the_whole_vocabulary_is_refused(self) -> None:
        with self.assertRaisesRegex(UserError, "--dense"):
            sparse_tensors(self.logits, self.targets, top_k=VOCABULARY)


class DivergenceBoundTest(unittest.TestCase):
    """docs/guide/llm-goldens.md: what a sparse golden leaves open of a divergence lies between two computable numbers."""

    def test_the_divergence_lies_between_the_stated_bounds(self) -> None:
        reference, candidate = random_logits(40, seed=1), random_logits(40, seed=1) + random_logits(40, seed=2, scale=0.5)
        log_p, log_q = log_softmax(reference)[0], log_softmax(candidate)[0]
        exact = (np.exp(log_p) * (log_p - log_q)).sum(axis=1)
        found = sparse_tensors(reference, np.zeros(40, dtype=int), top_k=8)
        lower, upper = divergence_bounds(found, log_q)
        self.assertTrue((lower <= exact + 1e-6).all())
        self.assertTrue((exact <= upper + 1e-6).all())

    def test_a_model_whose_tail_is_in_proportion_reaches_the_lower_bound(self) -> None:
        reference = random_logits(5)
        found = sparse_tensors(reference, np.zeros(5, dtype=int), top_k=8)
        candidate = reference.copy()
        np.put_along_axis(candidate, found["top_ids"], np.take_along_axis(candidate, found["top_ids"], axis=1) + 1, axis=1)
        log_p, log_q = log_softmax(reference)[0], log_softmax(candidate)[0]
        exact = (np.exp(log_p) * (log_p - log_q)).sum(axis=1)
        np.testing.assert_allclose(divergence_bounds(found, log_q)[0], exact, atol=1e-6)


class GoldenTensorsTest(unittest.TestCase):
    def test_position_p_is_scored_with_the_token_after_it(self) -> None:
        logits = random_logits(3)
        found = golden_tensors([5, 6, 7, 8], scored_positions(4), logits, 4, None)
        log_p = log_softmax(logits)[0]
        np.testing.assert_allclose(found["target_logprobs"], [log_p[0, 6], log_p[1, 7], log_p[2, 8]], rtol=1e-6)
        self.assertEqual(found["positions"].tolist(), [0, 1, 2])
        self.assertNotIn("token_ends", found)

    def test_a_dense_golden_stores_the_logits_as_they_are(self) -> None:
        logits = random_logits(3)
        found = golden_tensors([5, 6, 7, 8], scored_positions(4), logits, None, [0, 1, 2, 3])
        np.testing.assert_array_equal(found["logits"], logits)
        self.assertEqual(sorted(found), ["logits", "positions", "token_ends", "tokens"])

    def test_nan_logits_make_no_golden(self) -> None:
        logits = random_logits(3)
        logits[1, 4] = np.nan
        with self.assertRaisesRegex(UserError, "NaN"):
            golden_tensors([5, 6, 7, 8], scored_positions(4), logits, 4, None)

    def test_one_token_alone_has_nothing_to_score(self) -> None:
        with self.assertRaisesRegex(UserError, "nothing to score"):
            scored_positions(1)

    def test_the_hash_of_the_input_is_that_of_little_endian_int32(self) -> None:
        self.assertEqual(input_sha256([1, 258]), hashlib.sha256(struct.pack("<2i", 1, 258)).hexdigest())


if __name__ == "__main__":
    unittest.main()
