"""What the tiny recogniser's splits hold out."""

from __future__ import annotations

import json
import unittest

import numpy as np

from assay_tools.asr import grammar, voices
from assay_tools.common.places import REPOSITORY

VOCABULARY = REPOSITORY / "datasets/models/tiny-asr/vocab.json"


class Splits(unittest.TestCase):
    """What is held out."""

    def test_the_committed_vocabulary_is_that_of_the_grammar(self) -> None:
        stored = json.loads(VOCABULARY.read_text(encoding="utf-8"))
        self.assertEqual(stored, {"blank": 0, "words": grammar.words()})
        self.assertLessEqual(len(stored["words"]), 96)

    def test_every_word_can_be_spelled_with_the_vocabulary(self) -> None:
        known = set(grammar.words())
        random = np.random.default_rng(99)
        for _ in range(20000):
            self.assertLessEqual(set(grammar.draw_sentence(random).split()), known)

    def test_sentences_of_the_splits_do_not_meet(self) -> None:
        random = np.random.default_rng(5)
        drawn = {split: set(grammar.draw_sentences(split, 500, random)) for split in grammar.SPLITS}
        self.assertFalse(drawn["test"] & drawn["training"] | drawn["test"] & drawn["development"])

    def test_no_variant_speaks_in_two_splits(self) -> None:
        everyone = [variant for variants in voices.VARIANTS.values() for variant in variants]
        self.assertEqual(len(everyone), len(set(everyone)))

if __name__ == "__main__":
    unittest.main()
