#!/usr/bin/env python3
"""Writes datasets/llm: passages to score and prompts to continue, from chapters that trained nothing.

  scripts/python_env export scripts/make/make_llm_texts.py

The chapters are among the test chapters of scripts/make/train_tiny_llm.py. texts.json says where each file is from.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assay_tools.common.errors import UserError, exit_with
from assay_tools.common.json_file import write_json
from assay_tools.common.places import REPOSITORY
from assay_tools.common.provenance import command_line
from assay_tools.datasets import tiny_corpus

OUTPUT = REPOSITORY / "datasets/llm"
LONGEST_PASSAGE = 720  # bytes; the tiny model has about 3 bytes a token and room for 256 tokens
PROMPT_WORDS = 12
# Prose, verse and a letter; eight words in a row of these occur in training chapters almost nowhere.
PASSAGES = {"text-1samuel3": "1Sm3", "text-psalm68": "Psa68", "text-2peter3": "2Pet3"}
PROMPTS = {"prompt-ezra4": "Ezra4", "prompt-isaiah31": "Isa31"}


def first_clauses(text: str, longest: int) -> str:
    """The begin of the text up to the end of a sentence or clause, at most `longest` characters."""
    end = max(text.rfind(mark, 0, longest) for mark in (".", "?", "!", ":", ";"))
    if end < 0:
        raise UserError(f"no clause ends within the first {longest} characters of {text[:40]!r}")
    return text[: end + 1]


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    chapters = {chapter.name: chapter.text for chapter in tiny_corpus.load_split().test}
    wanted = {name: (chapter, first_clauses(chapters[chapter], LONGEST_PASSAGE)) for name, chapter in PASSAGES.items()}
    for name, chapter in PROMPTS.items():
        wanted[name] = (chapter, " ".join(chapters[chapter].split()[:PROMPT_WORDS]))
    OUTPUT.mkdir(parents=True, exist_ok=True)
    index = {}
    for name, (chapter, text) in wanted.items():
        (OUTPUT / f"{name}.txt").write_text(text + "\n", encoding="utf-8")
        kind = "first words" if name in PROMPTS else "begin"
        index[name] = {
            "about": f"{kind} of the test chapter {chapter} of the {tiny_corpus.SOURCE}",
            "licence": tiny_corpus.LICENCE,
        }
    write_json(OUTPUT / "texts.json", {"command": command_line(), "texts": index})


if __name__ == "__main__":
    exit_with(main)
