#!/usr/bin/env python3
"""Writes the vocabulary of a GGUF file as a tokenizer.json; --help says how."""

from assay_tools.common.errors import exit_with
from assay_tools.common.packages import require_packages


def main() -> None:
    require_packages("gguf", "sentencepiece", "tokenizers")
    from assay_tools.export.tokenizers.command import main as command

    command()


if __name__ == "__main__":
    exit_with(main)
