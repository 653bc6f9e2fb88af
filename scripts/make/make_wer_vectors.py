#!/usr/bin/env python3
"""Writes tests/data/asr/wer_pairs.json: pairs of reference and hypothesis with what jiwer counts in them.

    scripts/python_env wer scripts/make/make_wer_vectors.py

Both texts of a pair are normalised (assay_tools/asr/wer.py says how; written by hand below for the pairs that are about
it) before jiwer sees them. Several shortest alignments may differ in how many substitutions they have, and jiwer follows
no rule there:
`unique` says that all of them have the same counts. Where it is false only the sum of the three is a fact.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assay_tools.common.errors import exit_with
from assay_tools.common.packages import require_packages, version_of
from assay_tools.common.places import REPOSITORY

require_packages("jiwer", environment="wer")

import random

import jiwer

from assay_tools.asr.wer import normalise
from assay_tools.common.json_file import write_json

SEED = 20261121
PAIRS = 200
WORDS = "turn on off the kitchen light set a timer for ten minutes call anna at home zero one two what's don't".split()

# (reference, hypothesis, normalised reference, normalised hypothesis): the rules one by one, and the edges.
BY_HAND = (
    ("Turn ON the Light.", "turn on the light", "turn on the light", "turn on the light"),
    ("  turn\ton \n the   light ", "turn on\u00a0the\u2003light", "turn on the light", "turn on the light"),
    ("don't stop", "don\u2019t stop", "don't stop", "don't stop"),
    ("'quoted' words' end", "quoted words end", "quoted words end", "quoted words end"),
    ("rock 'n' roll", "rock n roll", "rock n roll", "rock n roll"),
    ("twenty-one", "twenty one", "twentyone", "twenty one"),
    ("e.g. U.S.A.", "eg usa", "eg usa", "eg usa"),
    ("\u00bfqu\u00e9 tal? \u00a1bien!", "que\u0301 tal bien", "qu\u00e9 tal bien", "qu\u00e9 tal bien"),
    ("\uff34\uff35\uff32\uff2e \uff11\uff10", "turn 10", "turn 10", "turn 10"),
    ("of\ufb01ce \u00bd", "office 1\u20442", "office 1\u20442", "office 1\u20442"),
    ("Stra\u00dfe \u00c4RGER", "strasse \u00e4rger", "stra\u00dfe \u00e4rger", "strasse \u00e4rger"),
    ("\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2", "\u03bf\u03b4\u03bf\u03c3", "\u03bf\u03b4\u03bf\u03c2"),
    ("\u0130stanbul", "istanbul", "istanbul", "istanbul"),
    ("5 + 3 = 8 $", "5 3 8", "5 + 3 = 8 $", "5 3 8"),
    ("\u201cyes\u201d \u2014 no\u2026", "yes no", "yes no", "yes no"),
    ("a_b c/d", "ab cd", "ab cd", "ab cd"),
    ("\u5f00\u706f\u3002 \u597d", "\u5f00\u706f \u597d\u7684", "\u5f00\u706f \u597d", "\u5f00\u706f \u597d\u7684"),
    ("... !", "noise", "", "noise"),
    ("stop", "?!", "stop", ""),
    ("", "", "", ""),
    ("one", "", "one", ""),
    ("", "one two", "", "one two"),
)


def garbled(words: list[str], generator: random.Random) -> list[str]:
    """Each word kept, replaced, left out, doubled or followed by another one."""
    rate = generator.choice((0.0, 0.1, 0.3, 0.6))
    found = []
    for word in words:
        kind = generator.choice(("replace", "drop", "insert", "misspell")) if generator.random() < rate else "keep"
        if kind == "replace":
            found.append(generator.choice(WORDS))
        elif kind == "insert":
            found += [word, generator.choice(WORDS)]
        elif kind == "misspell":
            position = generator.randrange(len(word))
            found.append(word[:position] + generator.choice("aeiou") + word[position + 1 :])
        elif kind == "keep":
            found.append(word)
    return found


def dressed(words: list[str], generator: random.Random) -> str:
    """The words with the capitals and the punctuation that a transcript may have."""
    text = generator.choice((" ", " ", "  ")).join(words)
    return generator.choice((text, text.capitalize() + ".", text.upper(), f"\u201c{text}!\u201d"))


def substitution_range(reference: list[str] | str, hypothesis: list[str] | str) -> tuple[int, int]:
    """Fewest and most substitutions among all shortest alignments."""
    # Cells hold (errors, fewest, most).
    row = [(column, 0, 0) for column in range(len(hypothesis) + 1)]
    for index, wanted in enumerate(reference, start=1):
        above, row = row, [(index, 0, 0)]
        for column, got in enumerate(hypothesis, start=1):
            step = int(wanted != got)
            errors, fewest, most = above[column - 1]
            ways = [(errors + step, fewest + step, most + step)]
            ways += [(cell[0] + 1, cell[1], cell[2]) for cell in (above[column], row[column - 1])]
            least = min(way[0] for way in ways)
            best = [way for way in ways if way[0] == least]
            row.append((least, min(way[1] for way in best), max(way[2] for way in best)))
    return row[-1][1], row[-1][2]


def counts(output: jiwer.WordOutput | jiwer.CharacterOutput, length: int, ends: tuple[int, int]) -> dict[str, Any]:
    """jiwer's counts, and their rate where there is a reference to divide by."""
    errors = output.substitutions + output.deletions + output.insertions
    return {
        "length": length,
        "errors": errors,
        "substitutions": output.substitutions,
        "deletions": output.deletions,
        "insertions": output.insertions,
        "unique": ends[0] == ends[1],
        "rate": errors / length if length else None,
    }


def pair(reference: str, hypothesis: str) -> dict[str, Any]:
    """One entry of the file."""
    left, right = normalise(reference), normalise(hypothesis)
    by_word, by_character = jiwer.process_words(left, right), jiwer.process_characters(left, right)
    return {
        "reference": reference,
        "hypothesis": hypothesis,
        "normalised_reference": left,
        "normalised_hypothesis": right,
        "words": counts(by_word, len(left.split()), substitution_range(left.split(), right.split())),
        "characters": counts(by_character, len(left), substitution_range(left, right)),
    }


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    generator = random.Random(SEED)
    pairs = []
    for reference, hypothesis, left, right in BY_HAND:
        found = (normalise(reference), normalise(hypothesis))
        assert found == (left, right), (reference, hypothesis, found)
        pairs.append(pair(reference, hypothesis))
    while len(pairs) < PAIRS:
        words = [generator.choice(WORDS) for _ in range(generator.randint(1, 14))]
        pairs.append(pair(dressed(words, generator), dressed(garbled(words, generator), generator)))
    scored = [(entry["normalised_reference"], entry["normalised_hypothesis"]) for entry in pairs]
    references, hypotheses = [left for left, _ in scored], [right for _, right in scored]
    document = {
        "version": 1,
        "made_by": f"jiwer {version_of('jiwer')}, rapidfuzz {version_of('rapidfuzz')}",
        "command": "scripts/python_env wer scripts/make/make_wer_vectors.py",
        "normalisation": " ".join((normalise.__doc__ or "").split()),
        "corpus": {"wer": jiwer.wer(references, hypotheses), "cer": jiwer.cer(references, hypotheses)},
        "pairs": pairs,
    }
    output = REPOSITORY / "tests/data/asr/wer_pairs.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    write_json(output, document)
    unique = sum(entry["words"]["unique"] for entry in pairs)
    print(f"{output.name}: {len(pairs)} pairs, {unique} with only one way to count words, corpus {document['corpus']}")


if __name__ == "__main__":
    exit_with(main)
