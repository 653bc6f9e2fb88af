"""Chapters of the training text and how they are held out."""

import unittest
from typing import ClassVar

from assay_tools.common.errors import UserError
from assay_tools.datasets.tiny_corpus import Chapter, chapters_of, shared_share, split


class ChaptersTest(unittest.TestCase):
    def test_verses_of_a_chapter_are_joined_by_one_space_and_lose_their_numbers(self) -> None:
        found = chapters_of("1Sm3:1 And the child  ministered.\n1Sm3:2 And it came.\nPsa1:1 Blessed is the man.\n")
        self.assertEqual(found, [Chapter("1Sm3", "And the child ministered. And it came."), Chapter("Psa1", "Blessed is the man.")])

    def test_a_line_that_is_no_verse_is_refused_with_its_number(self) -> None:
        with self.assertRaisesRegex(UserError, "line 2"):
            chapters_of("Ge1:1 In the beginning.\nGenesis\n")


class SplitTest(unittest.TestCase):
    CHAPTERS: ClassVar = [Chapter(f"Ge{number}", f"text {number}") for number in range(30)]

    def test_every_chapter_is_in_exactly_one_part(self) -> None:
        parts = split(self.CHAPTERS, held_out=5)
        self.assertEqual((len(parts.training), len(parts.development), len(parts.test)), (20, 5, 5))
        self.assertEqual({*parts.training, *parts.development, *parts.test}, set(self.CHAPTERS))

    def test_the_split_follows_from_the_seed_alone(self) -> None:
        self.assertEqual(split(self.CHAPTERS, 5, seed=1), split(self.CHAPTERS, 5, seed=1))
        self.assertNotEqual(split(self.CHAPTERS, 5, seed=1), split(self.CHAPTERS, 5, seed=2))

    def test_too_few_chapters_are_refused(self) -> None:
        with self.assertRaisesRegex(UserError, "too few"):
            split(self.CHAPTERS, held_out=11)


class SharedShareTest(unittest.TestCase):
    def test_the_share_is_that_of_runs_of_words_found_in_training(self) -> None:
        training = [Chapter("Ge1", "a b c d"), Chapter("Ge2", "x y")]
        # Runs of two: b c (found), c x (only across chapters: not found), x y (found), y q.
        self.assertEqual(shared_share([Chapter("Ge3", "b c x y q")], training, words=2), 0.5)


if __name__ == "__main__":
    unittest.main()
