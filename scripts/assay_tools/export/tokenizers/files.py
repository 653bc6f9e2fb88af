"""Small vocabularies in every format that assay reads, trained on the corpus's own sentences."""

from __future__ import annotations

import base64
import io
import json
import struct
from collections.abc import Sequence
from typing import Any

import sentencepiece
import tokenizers
from tokenizers import models, normalizers, pre_tokenizers, trainers

# As published with Qwen2 and with Llama 3.
QWEN2_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA3_PATTERN = QWEN2_PATTERN.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
# meta-llama/llama-models, models/llama3/tokenizer.py
LLAMA3_NAMES = [
    "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>", "<|reserved_special_token_1|>",
    "<|finetune_right_pad_id|>", "<|step_id|>", "<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>", "<|eot_id|>",
    "<|python_tag|>", "<|image|>",
]
LLAMA3_SPECIALS = LLAMA3_NAMES + [f"<|reserved_special_token_{2 + i}|>" for i in range(256 - len(LLAMA3_NAMES))]


def byte_alphabet() -> dict[int, str]:
    """GPT-2's printable character of each byte, by byte."""
    kept = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    shifted = iter(range(0x100, 0x200))
    return {byte: chr(byte if byte in kept else next(shifted)) for byte in range(256)}


def to_bytes(key: str) -> bytes:
    """The bytes of a token that is written in the byte alphabet."""
    bytes_of = {character: byte for byte, character in byte_alphabet().items()}
    return bytes(bytes_of[character] for character in key)


def sentencepiece_model(lines: Sequence[str], vocab_size: int, **options: Any) -> bytes:
    """A .model as bytes."""
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=out, vocab_size=vocab_size, num_threads=1, minloglevel=2,
        hard_vocab_limit=False, **options,
    )
    return out.getvalue()


def llama_like_sentencepiece(lines: Sequence[str], vocab_size: int) -> bytes:
    """With the options of Llama 2's vocabulary."""
    return sentencepiece_model(
        lines, vocab_size, model_type="bpe", byte_fallback=True, normalization_rule_name="identity",
        remove_extra_whitespaces=False, split_digits=True, allow_whitespace_only_pieces=True, character_coverage=0.98,
    )


def to_llama2c(model: bytes, executorch_layout: bool = False) -> bytes:
    """A SentencePiece model in llama2.c's layout, or in ExecuTorch's."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    tokens = []
    for i in range(processor.get_piece_size()):
        text = {processor.bos_id(): "\n<s>\n", processor.eos_id(): "\n</s>\n"}.get(i, processor.id_to_piece(i))
        tokens.append((processor.get_score(i), text.replace("\u2581", " ").encode()))
    longest = max(len(text) for _, text in tokens)
    header = struct.pack("<i", longest)
    if executorch_layout:
        header = struct.pack("<iiii", len(tokens), processor.bos_id(), processor.eos_id(), longest)
    return header + b"".join(struct.pack("<fi", score, len(text)) + text for score, text in tokens)


def train_bpe(
    lines: Sequence[str], vocab_size: int, pre_tokenizer: pre_tokenizers.PreTokenizer, specials: Sequence[str] = (),
    normalizer: normalizers.Normalizer | None = None, all_bytes: bool = True,
) -> tokenizers.Tokenizer:
    """A byte-level BPE tokenizer of the `tokenizers` library."""
    tokenizer = tokenizers.Tokenizer(models.BPE())
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet() if all_bytes else []
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size, special_tokens=list(specials), initial_alphabet=sorted(alphabet), show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    return tokenizer


def split_then_bytes(pattern: str) -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(tokenizers.Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])


def qwen2_like(lines: Sequence[str], vocab_size: int) -> str:
    tokenizer = train_bpe(lines, vocab_size, split_then_bytes(QWEN2_PATTERN), normalizer=normalizers.NFC())
    tokenizer.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    # Not special: found in any text.
    tokenizer.add_tokens([tokenizers.AddedToken(text, normalized=False) for text in ("<tool_call>", "</tool_call>")])
    return tokenizer.to_str()


def smollm2_like(lines: Sequence[str], vocab_size: int) -> str:
    """Like SmolLM2's, the vocabulary lacks some bytes."""
    pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    ])
    specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    return train_bpe(lines, vocab_size, pre_tokenizer, specials, all_bytes=False).to_str()


def prefixed_like(lines: Sequence[str], vocab_size: int) -> str:
    """A space before each text, merges as strings, an unknown token and a normalized added token."""
    pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=True)
    tokenizer = train_bpe(lines, vocab_size, pre_tokenizer, ["<unk>"], normalizers.NFC(), all_bytes=False)
    tokenizer.add_tokens([tokenizers.AddedToken("<|user|>", normalized=True), "\u00e9\u00e9"])
    document = json.loads(tokenizer.to_str())
    document["model"]["unk_token"] = "<unk>"
    document["model"]["merges"] = [" ".join(pair) for pair in document["model"]["merges"]]
    return json.dumps(document, ensure_ascii=False)


def llama3_like(lines: Sequence[str], vocab_size: int) -> tuple[str, str]:
    """The ranks as tiktoken's file, and the same vocabulary as a tokenizer.json."""
    tokenizer = train_bpe(lines, vocab_size, split_then_bytes(LLAMA3_PATTERN))
    vocab = tokenizer.get_vocab()
    ranked = [to_bytes(key) for key in sorted(vocab, key=vocab.__getitem__)]
    ranks = "".join(f"{base64.b64encode(token).decode()} {rank}\n" for rank, token in enumerate(ranked))
    tokenizer.add_special_tokens(LLAMA3_SPECIALS)
    bos = LLAMA3_SPECIALS[0]
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single=f"{bos} $A", pair=f"{bos} $A {bos}:1 $B:1", special_tokens=[(bos, len(ranked))],
    )
    document = json.loads(tokenizer.to_str())
    document["model"]["ignore_merges"] = True
    return ranks, json.dumps(document, ensure_ascii=False)


def train_all(seed: int, vocab_size: int, line_count: int = 4000) -> dict[str, bytes]:
    """File name -> bytes."""
    from assay_tools.export.tokenizers.corpus import training_lines

    lines = training_lines(seed, line_count)
    model = llama_like_sentencepiece(lines, vocab_size)
    ranks, llama3_json = llama3_like(lines, vocab_size)
    return {
        "llama2.model": model,
        "llama2.bin": to_llama2c(model),
        "llama3.model": ranks.encode(),
        "llama3.json": llama3_json.encode(),
        "qwen2.json": qwen2_like(lines, vocab_size).encode(),
        "smollm2.json": smollm2_like(lines, vocab_size).encode(),
        "prefixed.json": prefixed_like(lines, vocab_size).encode(),
    }
