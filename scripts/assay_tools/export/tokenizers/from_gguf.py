"""The vocabulary inside a GGUF file as a Hugging Face tokenizer.json."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf

from assay_tools.common.errors import UserError
from assay_tools.export.tokenizers.files import LLAMA3_PATTERN, QWEN2_PATTERN

# gguf.TokenType
CONTROL, USER_DEFINED = 3, 4

BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}


def split_then_bytes(pattern: str) -> dict[str, Any]:
    split = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}
    return {"type": "Sequence", "pretokenizers": [split, {**BYTE_LEVEL, "use_regex": False}]}


# GGUF names a family's pre-tokenizer instead of describing it: (pre-tokenizer, normalizer, ignore_merges).
FAMILIES: dict[str, tuple[dict[str, Any], dict[str, str] | None, bool]] = {
    "smollm": ({"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": True}, BYTE_LEVEL]},
               None, False),
    "qwen2": (split_then_bytes(QWEN2_PATTERN), {"type": "NFC"}, False),
    "llama-bpe": (split_then_bytes(LLAMA3_PATTERN), None, True),
    "gpt-2": (BYTE_LEVEL, None, False),
}


def bos_processor(token: str, token_id: int) -> dict[str, Any]:
    text = {"Sequence": {"id": "A", "type_id": 0}}
    bos = {"SpecialToken": {"id": token, "type_id": 0}}
    return {
        "type": "TemplateProcessing", "single": [bos, text], "pair": [bos, text],
        "special_tokens": {token: {"id": token, "ids": [token_id], "tokens": [token]}},
    }


def tokenizer_json(path: Path) -> dict[str, Any]:
    """The document, ready for json.dump. Raises UserError for a vocabulary of another kind."""
    fields = {name: field for name, field in gguf.GGUFReader(path).fields.items() if name.startswith("tokenizer.ggml.")}

    def get(name: str, default: Any = None) -> Any:
        field = fields.get(f"tokenizer.ggml.{name}")
        return default if field is None else field.contents()

    if get("model") != "gpt2":
        raise UserError(f"{path}: the vocabulary is of kind '{get('model')}'; only byte-level BPE ('gpt2') becomes a "
                        "tokenizer.json. For SentencePiece use the model's own tokenizer.model.")
    family = get("pre")
    if family not in FAMILIES:
        raise UserError(f"{path}: the pre-tokenizer '{family}' is not known; known are {', '.join(FAMILIES)}")
    pre_tokenizer, normalizer, ignore_merges = FAMILIES[family]
    tokens, types = get("tokens"), get("token_type")
    added = [
        {"id": i, "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
         "special": kind == CONTROL}
        for i, (token, kind) in enumerate(zip(tokens, types, strict=True)) if kind in (CONTROL, USER_DEFINED)
    ]
    bos = get("bos_token_id")
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": normalizer,
        "pre_tokenizer": pre_tokenizer,
        "post_processor": bos_processor(tokens[bos], bos) if get("add_bos_token", False) else None,
        "decoder": BYTE_LEVEL,
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": ignore_merges,
            "vocab": {token: i for i, token in enumerate(tokens)},
            "merges": [merge.split(" ") for merge in get("merges")],
        },
    }
