"""Writes the tokenizer that a GGUF file carries in its metadata as a Hugging Face tokenizer.json.

Only byte-level BPE, and only the kinds of pre-tokenization listed here: a wrong guess there gives other tokens without
any error.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..errors import UserError
from .gguf_checkpoint import GgufFile

_CONTROL, _USER_DEFINED = 3, 4  # GGUF's token types that are matched as a whole, before any splitting


def _byte_level(use_regex: bool) -> dict[str, Any]:
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": use_regex}


def _split(pattern: str) -> dict[str, Any]:
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}


def _sequence(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Sequence", "pretokenizers": list(steps)}


_LETTERS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
_REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_PRE_TOKENIZERS = {
    "gpt-2": _byte_level(use_regex=True),
    "smollm": _sequence({"type": "Digits", "individual_digits": True}, _byte_level(use_regex=True)),
    "qwen2": _sequence(_split(_LETTERS + r"\p{N}" + _REST), _byte_level(use_regex=False)),
    "llama-bpe": _sequence(_split(_LETTERS + r"\p{N}{1,3}" + _REST), _byte_level(use_regex=False)),
}
_NORMALIZERS = {"qwen2": {"type": "NFC"}}


def tokenizer_json(checkpoint: GgufFile) -> dict[str, Any]:
    """The contents of a tokenizer.json, or a UserError where the file carries none that is known here."""
    model, kind = checkpoint.field("tokenizer.ggml.model"), checkpoint.field("tokenizer.ggml.pre")
    if model != "gpt2" or kind not in _PRE_TOKENIZERS:
        raise UserError(
            f"{checkpoint.name}: its tokenizer is {model!r} with pre-tokenization {kind!r}; known are 'gpt2' with "
            f"{', '.join(_PRE_TOKENIZERS)}. Take the tokenizer file of the original model instead"
        )
    tokens: list[str] = checkpoint.field("tokenizer.ggml.tokens")
    types: list[int] = checkpoint.field("tokenizer.ggml.token_type")
    added = [
        {
            "id": index, "content": tokens[index], "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": False, "special": kind_of == _CONTROL,
        }
        for index, kind_of in enumerate(types)
        if kind_of in (_CONTROL, _USER_DEFINED)
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": _NORMALIZERS.get(kind),
        "pre_tokenizer": _PRE_TOKENIZERS[kind],
        "post_processor": None,
        "decoder": _byte_level(use_regex=True),
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": kind == "llama-bpe",
            "vocab": {token: index for index, token in enumerate(tokens)},
            "merges": checkpoint.field("tokenizer.ggml.merges"),
        },
    }


def write_tokenizer(checkpoint: GgufFile, path: Path) -> None:
    """Write the tokenizer.json of a GGUF file."""
    path.write_text(json.dumps(tokenizer_json(checkpoint), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
