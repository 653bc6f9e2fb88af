#!/usr/bin/env python3
"""Compares assay's tokenizers with the reference libraries on many strings: ids and decoded text.

    cmake --build --preset dev --target tokenize_strings
    scripts/python_env export scripts/dev/compare_tokenizers.py [--count 20000] [--seed 1] [--tokenizer FILE ...]

Without --tokenizer it trains small vocabularies of each format and compares those. Exit code 1 if anything
differs; the first differences are printed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assay_tools.common.packages import require_packages
from assay_tools.common.places import REPOSITORY

require_packages("sentencepiece", "tokenizers", "tiktoken")

from assay_tools.export.tokenizers import corpus, files, reference

SHOWN = 5


def run_assay(program: Path, path: Path, texts: Sequence[bytes], parse_special: bool) -> list[tuple[list[int], bytes]]:
    """(ids, decoded) of each text, from the C++ program."""
    command = [str(program), str(path), *(["--parse-special"] if parse_special else [])]
    lines = "".join(text.hex() + "\n" for text in texts)
    done = subprocess.run(command, input=lines, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{path.name}: {done.stderr.strip()}")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return [([int(i) for i in ids.split()], bytes.fromhex(decoded)) for ids, decoded in rows]


def never_a_tie(ids: Sequence[int], other_ids: Sequence[int]) -> bool:
    return False


def compare(
    name: str, ours: Sequence[tuple[list[int], bytes]], texts: Sequence[bytes], expected_ids: Sequence[list[int]],
    expected_text: Sequence[bytes | None], is_tie: Callable[[Sequence[int], Sequence[int]], bool] = never_a_tie,
) -> int:
    """Prints what differs; returns the number of strings that do. `is_tie` accepts two lists of ids as equally good."""
    bad = ties = 0
    for text, (ids, decoded), want_ids, want_text in zip(texts, ours, expected_ids, expected_text, strict=True):
        same_text = want_text is None or decoded == want_text
        if same_text and ids == want_ids:
            continue
        if same_text and is_tie(ids, want_ids):
            ties += 1
            continue
        bad += 1
        if bad <= SHOWN:
            print(f"  {text!r}\n    assay     {ids} {decoded!r}\n    reference {want_ids} {want_text!r}")
    print(f"{name}: {len(texts) - bad:,} of {len(texts):,} strings agree" + (f", {ties:,} of them but for ties" if ties else ""))
    return bad


def check_reference(program: Path, path: Path, texts: Sequence[bytes]) -> int:
    ref = reference.open_reference(path.read_bytes())
    bad = 0
    for parse_special in (False, True) if ref.parses_special else (False,):
        ids = [list(ref.encode(text, parse_special)) for text in texts]
        decoded = [ref.decode(one).encode() for one in ids]
        ours = run_assay(program, path, texts, parse_special)
        label = " with special tokens read" if parse_special else ""
        bad += compare(f"{path.name}{label}", ours, texts, ids, decoded, ref.is_tie)
    return bad


def decoded_or_none(text: bytes) -> str | None:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return None


def check_llama2c(program: Path, folder: Path, texts: Sequence[bytes]) -> int:
    """Against SentencePiece on the same vocabulary, and against ExecuTorch's reader of such files. What cannot be
    compared: broken UTF-8, which the layout's two programs read differently; U+2581, SentencePiece's own mark of
    a space, which the layout writes as a space; with ExecuTorch's reader, empty texts and NUL characters."""
    path = folder / "llama2.bin"
    model = (folder / "llama2.model").read_bytes()
    valid = [text for text in texts if decoded_or_none(text) is not None]
    unmarked = [text for text in valid if "\u2581" not in text.decode()]
    original = reference.SentencePieceReference(model)
    ids = [list(original.encode(text, False)) for text in unmarked]
    decoded = [original.decode(one).encode() for one in ids]
    bad = compare("llama2.bin and SentencePiece", run_assay(program, path, unmarked, False), unmarked, ids, decoded)
    other = reference.Llama2cReference(files.to_llama2c(model, executorch_layout=True), folder)
    no_nul = [text for text in valid if text and b"\0" not in text]
    ids = [list(other.encode(text, False)) for text in no_nul]
    for layout in (path, folder / "executorch-layout.bin"):
        ours = run_assay(program, layout, no_nul, False)
        bad += compare(f"{layout.name} and ExecuTorch's reader", ours, no_nul, ids, [None] * len(ids))
    return bad


def check_trained(program: Path, folder: Path, texts: Sequence[bytes], seed: int) -> int:
    content = files.train_all(seed, vocab_size=1200)
    lines = corpus.training_lines(seed, 4000)
    content["unigram-nfkc.model"] = files.sentencepiece_model(lines, 800, model_type="unigram")
    content["unigram-bytes.model"] = files.sentencepiece_model(
        lines, 800, model_type="unigram", byte_fallback=True, character_coverage=0.98, user_defined_symbols=["<|user|>"],
    )
    bad = 0
    for name, data in content.items():
        path = folder / name
        path.write_bytes(data)
        if path.suffix != ".bin":
            bad += check_reference(program, path, texts)
    return bad + check_llama2c(program, folder, texts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20000, help="strings (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the strings (default: %(default)s)")
    parser.add_argument("--tokenizer", type=Path, nargs="*", help="compare these files instead")
    default = REPOSITORY / "build/dev/tests/unit/tokenizer/tokenize_strings"
    parser.add_argument("--program", type=Path, default=default, help="the built tokenize_strings")
    args = parser.parse_args()
    texts = corpus.make_corpus(args.count, args.seed)
    if args.tokenizer:
        bad = sum(check_reference(args.program, path, texts) for path in args.tokenizer)
    else:
        with tempfile.TemporaryDirectory() as folder:
            bad = check_trained(args.program, Path(folder), texts, args.seed)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
