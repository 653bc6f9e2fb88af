"""From the network's outputs to words: greedy CTC, and the word errors of all utterances together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assay_tools.asr.wer import error_rate, word_edits


def greedy(logits: np.ndarray, blank: int = 0) -> list[int]:
    """Ids of [frames, V]: the largest of each frame (the lowest id of equals), repeats collapsed, blanks dropped."""
    best = logits.argmax(axis=1)
    return [int(word) for index, word in enumerate(best) if word != blank and (index == 0 or word != best[index - 1])]


def text_of(ids: Sequence[int], vocabulary: Sequence[str]) -> str:
    """Words with one space between them."""
    return " ".join(vocabulary[word] for word in ids)


def word_error_rate(references: Sequence[str], transcripts: Sequence[str]) -> float:
    """Over all utterances together."""
    return error_rate([word_edits(*pair) for pair in zip(references, transcripts, strict=True)])
