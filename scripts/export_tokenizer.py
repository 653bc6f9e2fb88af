#!/usr/bin/env python3
"""Writes the vocabulary of a GGUF file as a tokenizer.json that assay (and Hugging Face's library) reads.

    scripts/python_env export scripts/export_tokenizer.py --gguf model.gguf --output_path tokenizer.json
"""

import argparse
import json
import pathlib

from assay_tools.common.errors import exit_with
from assay_tools.export.tokenizers.from_gguf import tokenizer_json


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gguf", type=pathlib.Path, required=True)
    parser.add_argument("--output_path", type=pathlib.Path, required=True)
    args = parser.parse_args()
    document = tokenizer_json(args.gguf)
    args.output_path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    exit_with(main)
