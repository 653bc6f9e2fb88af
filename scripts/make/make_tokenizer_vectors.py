#!/usr/bin/env python3
"""Writes small vocabularies of each format to tests/data/tokenizer, and to tests/data/tokenizer_vectors what the
reference libraries make of strings with them.

    scripts/python_env export scripts/make/make_tokenizer_vectors.py

strings.txt has a string a line, in hexadecimal. Line n of a .vectors file has what belongs to its line n, with tabs
between: the ids; what they decode to, in hexadecimal, or "=" for the string itself; and both again with special tokens
in the text read as such, if that differs. Seeds are fixed, but another version of a library may train another
vocabulary. scripts/dev/compare_tokenizers.py compares many more strings.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assay_tools.common.packages import require_packages
from assay_tools.common.places import REPOSITORY

require_packages("sentencepiece", "tokenizers", "tiktoken")

from assay_tools.export.tokenizers import corpus, files, reference

SEED = 20261121
VOCAB_SIZE = 700
# Tested with the vectors of the .model with the same vocabulary.
WITHOUT_VECTORS = {"llama2.bin", "llama3.json"}


def columns(ref: reference.Reference, text: bytes, parse_special: bool) -> list[str]:
    ids = list(ref.encode(text, parse_special))
    decoded = ref.decode(ids).encode()
    return [" ".join(map(str, ids)), "=" if decoded == text else decoded.hex()]


def vector_line(ref: reference.Reference, text: bytes) -> str:
    plain = columns(ref, text, False)
    parsed = columns(ref, text, True) if ref.parses_special else plain
    return "\t".join(plain if parsed == plain else plain + parsed) + "\n"


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    data = REPOSITORY / "tests/data"
    tokenizers, vectors = data / "tokenizer", data / "tokenizer_vectors"
    for folder in (tokenizers, vectors):
        folder.mkdir(parents=True, exist_ok=True)
    texts = corpus.make_corpus(2000, SEED, longest=70)
    (vectors / "strings.txt").write_text("".join(text.hex() + "\n" for text in texts), encoding="ascii")
    for name, content in files.train_all(SEED, VOCAB_SIZE).items():
        (tokenizers / name).write_bytes(content)
        if name not in WITHOUT_VECTORS:
            ref = reference.open_reference(content)
            lines = "".join(vector_line(ref, text) for text in texts)
            (vectors / f"{name}.vectors").write_text(lines, encoding="ascii")


if __name__ == "__main__":
    main()
