"""Word errors of greedy transcripts of a folder of recordings, and of transformers' own as the reference to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import transformers

from assay_tools.asr.wer import EditCounts, character_edits, error_rate, normalise, word_edits
from assay_tools.common.audio import read_audio
from assay_tools.common.errors import UserError
from assay_tools.references.whisper_greedy import GreedyRules, TokenTexts, Transcriber, mels_of


@dataclass(frozen=True)
class Recording:
    """A file, and what is said in it."""

    name: str
    samples: np.ndarray
    text: str


def read_recordings(folder: Path) -> list[Recording]:
    """Every NAME.wav and NAME.flac of the folder, whose words are in NAME.txt beside it (UTF-8)."""
    files = sorted(path for path in folder.glob("*") if path.suffix in (".wav", ".flac"))
    if not files:
        raise UserError(f"--recordings {folder}: has no .wav and no .flac file")
    found = []
    for path in files:
        words = path.with_suffix(".txt")
        if not words.is_file():
            raise UserError(f"{path}: nothing says what is said in it; put the words into {words.name} beside it")
        found.append(Recording(path.stem, read_audio(path), words.read_text(encoding="utf-8").strip()))
    if not any(normalise(one.text) for one in found):
        raise UserError(f"--recordings {folder}: no text has a word, and an error rate needs one")
    return found


def transcribe(
    transcriber: Transcriber, texts: TokenTexts, recordings: Sequence[Recording], config: transformers.WhisperConfig, frames: int
) -> list[str]:
    """The runtime's transcript of each; those of a long recording's windows are joined by a space."""
    return [
        " ".join(texts.text(transcriber.tokens(mel)) for mel in mels_of(one.samples, config, frames)) for one in recordings
    ]


@torch.no_grad()
def transformers_tokens(
    model: transformers.WhisperForConditionalGeneration, mel: torch.Tensor, rules: GreedyRules, language: str | None
) -> list[int]:
    """What transformers' own generate() hears: the tokens after the prompt, before the end."""
    choice = {} if language is None else {"language": language, "task": "transcribe"}
    found = model.generate(
        mel, do_sample=False, num_beams=1, return_timestamps=False, max_length=rules.max_length, **choice
    )[0].tolist()
    if tuple(found[: len(rules.prompt)]) == rules.prompt:  # some releases leave the prompt out
        found = found[len(rules.prompt) :]
    end = next((index for index, token in enumerate(found) if token in rules.end), len(found))
    return found[:end]


@dataclass(frozen=True)
class WordErrors:
    """Transcripts against what was said: counts over all recordings, and their rates."""

    words: tuple[EditCounts, ...]
    characters: tuple[EditCounts, ...]

    @property
    def rates(self) -> dict[str, float | int]:
        """By the names that the asr suite has for them."""
        return {
            "wer": error_rate(self.words),
            "wer_substitutions": sum(one.substitutions for one in self.words),
            "wer_deletions": sum(one.deletions for one in self.words),
            "wer_insertions": sum(one.insertions for one in self.words),
            "cer": error_rate(self.characters),
        }


def word_errors(said: Sequence[str], heard: Sequence[str]) -> WordErrors:
    """Of all recordings, normalised as docs/guide/asr.md says. Precondition: equal sizes, and a word in `said`."""
    pairs = list(zip(said, heard, strict=True))
    return WordErrors(tuple(word_edits(*pair) for pair in pairs), tuple(character_edits(*pair) for pair in pairs))
