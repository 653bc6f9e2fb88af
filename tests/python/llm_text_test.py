"""Tokens, the text they spell and where each ends in it, for both reference libraries."""

import tempfile
import unittest
from pathlib import Path

import tokenizers

from assay_tools.common.errors import UserError
from assay_tools.datasets.tiny_corpus import Chapter
from assay_tools.datasets.tiny_tokenizer import train_tokenizer
from assay_tools.references.llm_text import Tokenizer, open_tokenizer, with_text

TRAINING = "In the beginning was the word, and the word was with them. " * 20
TEXTS = ["In the beginning", "naïve 日本語 \U0001f642!", " a leading space", "two  spaces", "line\nbreak"]


def byte_level_tokenizer() -> tokenizers.Tokenizer:
    model = tokenizers.Tokenizer(tokenizers.models.BPE())
    model.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    model.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=300, special_tokens=["<|begin|>"], show_progress=False,
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
    )
    model.train_from_iterator([TRAINING], trainer)
    model.post_processor = tokenizers.processors.TemplateProcessing(single="<|begin|> $A", special_tokens=[("<|begin|>", 0)])
    return model


class TokenizerTest(unittest.TestCase):
    folder: Path
    both: list[Tokenizer]

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        (cls.folder / "tokenizer.model").write_bytes(train_tokenizer([Chapter("one", TRAINING)], 320))
        byte_level_tokenizer().save(str(cls.folder / "tokenizer.json"))
        cls.both = [open_tokenizer(cls.folder / name) for name in ("tokenizer.model", "tokenizer.json")]

    def test_the_text_that_tokens_spell_is_the_text_they_were_made_from(self) -> None:
        for tokenizer in self.both:
            for text in TEXTS:
                found = with_text(tokenizer, [*tokenizer.bos, *tokenizer.encode(text)], at_start=True)
                self.assertEqual(found.text, text)

    def test_every_token_has_an_end_and_the_last_is_the_end_of_the_text(self) -> None:
        for tokenizer in self.both:
            for text in TEXTS:
                found = with_text(tokenizer, [*tokenizer.bos, *tokenizer.encode(text)], at_start=True)
                ends = found.token_ends or []
                self.assertEqual(len(ends), len(found.tokens))
                self.assertEqual(ends, sorted(ends))
                self.assertEqual(ends[0], 0, "BOS adds nothing")
                self.assertEqual(ends[-1], len(text.encode()))

    def test_a_window_inside_of_a_text_keeps_the_space_before_its_first_word(self) -> None:
        for tokenizer in self.both:
            tokens = tokenizer.encode("In the beginning was the word")
            self.assertEqual(with_text(tokenizer, tokens[-1:], at_start=False).text, " word")

    def test_a_window_cut_inside_of_a_character_has_no_text(self) -> None:
        for tokenizer in self.both:
            tokens = tokenizer.encode("\U0001f642")
            found = with_text(tokenizer, tokens[:-1], at_start=True)
            self.assertIsNone(found.text)
            self.assertIsNone(found.token_ends)

    def test_both_begin_with_the_begin_token_of_the_file(self) -> None:
        self.assertEqual([tokenizer.bos for tokenizer in self.both], [[1], [0]])

    def test_a_missing_or_broken_file_is_named(self) -> None:
        with self.assertRaisesRegex(UserError, "no such file"):
            open_tokenizer(self.folder / "other.model")
        broken = self.folder / "broken.json"
        broken.write_text("{", encoding="utf-8")
        with self.assertRaisesRegex(UserError, "broken.json"):
            open_tokenizer(broken)


if __name__ == "__main__":
    unittest.main()
