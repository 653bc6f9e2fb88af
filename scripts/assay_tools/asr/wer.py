"""Word and character error counts of transcripts, and the normalisation before them. Plain Python: no package is needed.

The same rules are written in C++ in the program; tests/data/asr/wer_pairs.json, made with jiwer, holds both to them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

APOSTROPHES = ("'", "\u2019")
DOTTED_I = "\u0130"  # the one code point whose Python lower case is longer than itself; its simple lower case is i


@dataclass(frozen=True)
class EditCounts:
    """A shortest way from a reference to a hypothesis; of several, the one with the most substitutions."""

    reference_length: int
    substitutions: int
    deletions: int
    insertions: int

    @property
    def errors(self) -> int:
        """Their sum, the Levenshtein distance."""
        return self.substitutions + self.deletions + self.insertions


def _is_word_part(character: str) -> bool:
    """Letters, marks and digits (general categories L, M, N)."""
    return unicodedata.category(character)[0] in "LMN"


def _lower(character: str) -> str:
    return "i" if character == DOTTED_I else character.lower()


def normalise(text: str) -> str:
    """What is compared, in this order:

    1. Unicode NFKC; 2. each code point to its simple lower case (no rule of context or language); 3. an apostrophe
    (U+0027, U+2019) between two letters, marks or digits becomes U+0027; every other punctuation (general category P) is
    dropped, nothing put in its place; 4. runs of white space become one space, none at the ends.
    """
    lowered = [_lower(character) for character in unicodedata.normalize("NFKC", text)]
    kept = []
    for index, character in enumerate(lowered):
        if character in APOSTROPHES:
            inside = 0 < index < len(lowered) - 1 and _is_word_part(lowered[index - 1]) and _is_word_part(lowered[index + 1])
            kept.append("'" if inside else "")
        elif not unicodedata.category(character).startswith("P"):
            kept.append(character)
    return " ".join("".join(kept).split())


def count_edits(reference: Sequence[str], hypothesis: Sequence[str]) -> EditCounts:
    """Fewest substitutions, deletions and insertions that turn `reference` into `hypothesis`."""
    # (errors, insertions + deletions): the smaller tuple has fewer errors, then more substitutions.
    row = [(column, column) for column in range(len(hypothesis) + 1)]
    for index, wanted in enumerate(reference, start=1):
        above, row = row, [(index, index)]
        for column, got in enumerate(hypothesis, start=1):
            errors, gaps = above[column - 1]
            diagonal = (errors + (wanted != got), gaps)
            deletion = (above[column][0] + 1, above[column][1] + 1)
            insertion = (row[column - 1][0] + 1, row[column - 1][1] + 1)
            row.append(min(diagonal, deletion, insertion))
    errors, gaps = row[-1]
    surplus = len(hypothesis) - len(reference)  # insertions less deletions
    return EditCounts(len(reference), errors - gaps, (gaps - surplus) // 2, (gaps + surplus) // 2)


def word_edits(reference: str, hypothesis: str) -> EditCounts:
    """Of words, after `normalise`."""
    return count_edits(normalise(reference).split(), normalise(hypothesis).split())


def character_edits(reference: str, hypothesis: str) -> EditCounts:
    """Of code points, spaces counted, after `normalise`."""
    return count_edits(normalise(reference), normalise(hypothesis))


def error_rate(counts: Sequence[EditCounts]) -> float:
    """All errors by all reference words (or characters): long utterances count for more, as in jiwer."""
    length = sum(count.reference_length for count in counts)
    if length == 0:
        raise ValueError("an error rate needs a reference with at least one word")
    return sum(count.errors for count in counts) / length
