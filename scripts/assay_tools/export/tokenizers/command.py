"""Writes the vocabulary of a GGUF file as a tokenizer.json that assay (and Hugging Face's library) reads.

    scripts/python_env export scripts/export_tokenizer.py --gguf model.gguf --output_path tokenizer.json
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from assay_tools.common.errors import UserError
from assay_tools.export.tokenizers.from_gguf import tokenizer_json


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gguf", type=Path, required=True, help="the model whose vocabulary is wanted")
    parser.add_argument("--output_path", type=Path, required=True, help="the tokenizer.json to write")
    arguments = parser.parse_args()
    if not arguments.gguf.is_file():
        raise UserError(f"--gguf {arguments.gguf}: no such file")
    document = tokenizer_json(arguments.gguf)
    arguments.output_path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
