"""Greedy transcripts of a Whisper checkpoint's files in the runtime, against transformers' generate(), and their word errors."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from whisper_test import save_whisper

from assay_tools.common.audio import write_wav
from assay_tools.common.errors import UserError
from assay_tools.common.quiet import without_runtime_remarks
from assay_tools.export.whisper.decoder_export import export_decoder
from assay_tools.export.whisper.export import WhisperOptions, export_whisper, probe_audio
from assay_tools.references.whisper_greedy import TokenTexts, Transcriber, mels_of, read_rules
from assay_tools.references.whisper_measure import measure
from assay_tools.references.whisper_word_rate import transformers_tokens

SPECIAL = (
    "<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|de|>", "<|translate|>", "<|transcribe|>", "<|nospeech|>", "<|notimestamps|>",
)
TIMES = tuple(f"<|{index / 50:.2f}|>" for index in range(7))
END, START, EN, DE, TRANSLATE, TRANSCRIBE, _, NO_TIMES = range(256, 264)  # behind the bytes
VOCABULARY = 256 + len(SPECIAL) + len(TIMES)
ONE_LANGUAGE = {
    "decoder_start_token_id": START, "eos_token_id": END, "pad_token_id": END, "bos_token_id": END, "max_length": 32,
    "no_timestamps_token_id": NO_TIMES, "return_timestamps": False, "is_multilingual": False,
    # Weights that were not trained would say so too often to be a test of words.
    "suppress_tokens": [*range(END, VOCABULARY)],
}
LANGUAGES = {
    "is_multilingual": True, "lang_to_id": {"<|en|>": EN, "<|de|>": DE},
    "task_to_id": {"translate": TRANSLATE, "transcribe": TRANSCRIBE},
}
CLIPS = ("human-reading", "speech-clean-1", "speech-noise-0db", "noise-pink", "silence-digital")
WINDOW = 32000


def write_tokenizer(path: Path) -> None:
    """A byte-level BPE without merges, and Whisper's special tokens behind it; times are ordinary added tokens, as published."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={letter: index for index, letter in enumerate(letters)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    tokenizer.add_tokens([AddedToken(token) for token in TIMES])
    tokenizer.save(str(path))


class WithFiles(unittest.TestCase):
    """A checkpoint with words, and both of its files in fp32; made once."""

    folder: Path
    encoder: Path
    decoder: Path

    @classmethod
    def setUpClass(cls) -> None:
        holder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(holder.cleanup)
        cls.folder = Path(holder.name)
        save_whisper(
            cls.folder, vocab_size=VOCABULARY, decoder_layers=2, pad_token_id=END, bos_token_id=END, eos_token_id=END,
            decoder_start_token_id=START,
        )
        write_tokenizer(cls.folder / "tokenizer.json")
        cls.encoder, cls.decoder = cls.folder / "encoder.pte", cls.folder / "decoder.pte"
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            export_whisper(WhisperOptions(cls.encoder, "fp32", cls.folder))
            export_decoder(WhisperOptions(cls.decoder, "fp32", cls.folder))

    def setUp(self) -> None:
        self.configure()

    def configure(self, **changes: Any) -> None:
        """The checkpoint's settings: of a model with one language, but for `changes`."""
        (self.folder / "generation_config.json").write_text(json.dumps({**ONE_LANGUAGE, **changes}))


class Greedy(WithFiles):
    def both(self, language: str | None = None) -> tuple[list[list[int]], list[list[int]]]:
        """Tokens of the runtime and of transformers, of each clip."""
        with without_runtime_remarks():
            model = transformers.WhisperForConditionalGeneration.from_pretrained(self.folder).eval()
            rules = read_rules(self.folder, 32, language)
            transcriber = Transcriber(self.encoder, self.decoder, rules)
            mels = [mels_of(probe_audio(clip, WINDOW), model.config, 200)[0] for clip in CLIPS]
            own = [transcriber.tokens(mel) for mel in mels]
            return own, [transformers_tokens(model, mel, rules, language) for mel in mels]

    def assert_same(self, language: str | None = None) -> list[list[int]]:
        own, expected = self.both(language)
        self.assertEqual(own, expected)
        return own

    def test_tokens_are_those_of_generate_up_to_the_longest(self) -> None:
        heard = self.assert_same()
        self.assertEqual({len(tokens) for tokens in heard}, {32 - 2})
        self.assertGreater(len({tuple(tokens) for tokens in heard}), 1)  # what is heard matters
        self.assertGreater(max(len(set(tokens)) for tokens in heard), 4)  # and what was said before

    def test_the_end_of_text_ends_it(self) -> None:
        tokens = self.assert_same()[0]
        index = next(index for index in range(2, len(tokens)) if tokens[index] not in tokens[:index])
        self.configure(eos_token_id=tokens[index])
        self.assertEqual(self.assert_same()[0], tokens[:index])

    def test_suppressed_tokens_do_not_come(self) -> None:
        before = self.assert_same()
        unwanted = sorted({token for tokens in before for token in tokens[:3]})
        self.configure(suppress_tokens=[*unwanted, *range(END, VOCABULARY)])
        after = self.assert_same()
        self.assertFalse(set(unwanted) & {token for tokens in after for token in tokens})

    def test_tokens_suppressed_at_the_beginning_do_not_come_first(self) -> None:
        first = self.assert_same()[0][0]
        self.configure(begin_suppress_tokens=[first])
        self.assertNotEqual(self.assert_same()[0][0], first)

    def test_the_language_is_told_to_the_model(self) -> None:
        self.configure(**LANGUAGES)
        self.assertEqual(read_rules(self.folder, 32, "de").prompt, (START, DE, TRANSCRIBE, NO_TIMES))
        self.assertNotEqual(self.assert_same("de"), self.assert_same("en"))


class Words(WithFiles):
    def recordings(self) -> Path:
        """One of a window, and one of two."""
        folder = self.folder / "recordings"
        folder.mkdir(exist_ok=True)
        for name, clip, samples in (("short", "human-reading", WINDOW), ("long", "speech-clean-1", WINDOW + 8000)):
            write_wav(folder / f"{name}.wav", probe_audio(clip, samples))
            (folder / f"{name}.txt").write_text("Turn on the light.\n")
        return folder

    def measure(self, language: str | None = None, **changes: Any) -> dict[str, Any]:
        files = {"encoder": self.encoder, "decoder": self.decoder, "recordings_folder": self.recordings(), **changes}
        return measure(self.folder, language=language, reference=True, **files)

    def refuse(self, message: str, **options: Any) -> None:
        with self.assertRaises(UserError) as caught:
            self.measure(**options)
        self.assertIn(message, str(caught.exception))

    def test_a_folder_is_scored_and_compared_with_transformers(self) -> None:
        result = self.measure()
        self.assertEqual([one["name"] for one in result["recordings"]], ["long", "short"])
        self.assertEqual([one["heard"] for one in result["recordings"]], [one["transformers"] for one in result["recordings"]])
        scores = result["scores"]
        self.assertEqual(scores["transcripts_unchanged"], 1.0)
        self.assertEqual(scores["wer"], scores["wer_transformers"])
        errors = scores["wer_substitutions"] + scores["wer_deletions"] + scores["wer_insertions"]
        self.assertAlmostEqual(scores["wer"], errors / 8)

    def test_special_tokens_and_times_have_no_text(self) -> None:
        texts = TokenTexts(self.folder, read_rules(self.folder, 32, None))
        said = Tokenizer.from_file(str(self.folder / "tokenizer.json")).encode(" Hé, du!").ids
        self.assertEqual(texts.text([START, *said, END, NO_TIMES + 1, VOCABULARY - 1]), "Hé, du!")

    def test_halves_of_another_kind_are_refused(self) -> None:
        self.refuse("is it the right part of the right model?", encoder=self.decoder)

    def test_a_recording_without_words_is_named(self) -> None:
        folder = self.folder / "silent"
        folder.mkdir()
        write_wav(folder / "a.wav", torch.zeros(1600).numpy())
        self.refuse("put the words into a.txt beside it", recordings_folder=folder)

    def test_a_model_of_several_languages_must_be_told_which(self) -> None:
        self.configure(**LANGUAGES)
        self.refuse("give --language, one of de, en")
        self.refuse("does not know it; known: de, en", language="fr")

    def test_a_model_of_one_language_takes_no_choice(self) -> None:
        self.refuse("has one language and takes no choice", language="en")

    def test_a_checkpoint_without_settings_is_refused(self) -> None:
        (self.folder / "generation_config.json").unlink()
        self.refuse("has no generation_config.json")


if __name__ == "__main__":
    unittest.main()
