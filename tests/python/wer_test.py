"""Error counts of transcripts against those that jiwer made."""

from __future__ import annotations

import json
import unittest
from pathlib import Path

from assay_tools.asr.wer import EditCounts, character_edits, count_edits, error_rate, normalise, word_edits

VECTORS = json.loads((Path(__file__).resolve().parents[1] / "data/asr/wer_pairs.json").read_text(encoding="utf-8"))


class Counts(unittest.TestCase):
    """Against stored pairs."""

    def test_texts_are_normalised_as_stored(self) -> None:
        for pair in VECTORS["pairs"]:
            for side in ("reference", "hypothesis"):
                self.assertEqual(normalise(pair[side]), pair[f"normalised_{side}"])

    def test_counts_are_those_of_jiwer(self) -> None:
        for pair in VECTORS["pairs"]:
            for kind, count in (("words", word_edits), ("characters", character_edits)):
                found, wanted = count(pair["reference"], pair["hypothesis"]), pair[kind]
                self.assertEqual((found.reference_length, found.errors), (wanted["length"], wanted["errors"]), pair)
                if wanted["unique"]:
                    expected = tuple(wanted[name] for name in ("substitutions", "deletions", "insertions"))
                    self.assertEqual((found.substitutions, found.deletions, found.insertions), expected, pair)

    def test_the_rate_of_all_pairs_is_that_of_jiwer(self) -> None:
        for kind, count in (("wer", word_edits), ("cer", character_edits)):
            counts = [count(pair["reference"], pair["hypothesis"]) for pair in VECTORS["pairs"]]
            self.assertAlmostEqual(error_rate(counts), VECTORS["corpus"][kind], places=12)

    def test_of_several_shortest_ways_the_one_with_most_substitutions_counts(self) -> None:
        self.assertEqual(count_edits(["a", "b"], ["b", "a"]), EditCounts(2, 2, 0, 0))

    def test_a_rate_without_reference_words_is_refused(self) -> None:
        with self.assertRaises(ValueError):
            error_rate([word_edits("...", "noise")])


if __name__ == "__main__":
    unittest.main()
