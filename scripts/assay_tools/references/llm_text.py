"""Text to token ids with the reference tokenizer libraries, and where in the text each token ends."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assay_tools.common.errors import UserError

_BYTE_PIECE = re.compile(r"^<0x([0-9A-F]{2})>$")


@dataclass(frozen=True)
class TokenizedText:
    """Tokens as they are fed, the text they stand for and the byte offset in it after each token.

    text and token_ends are None when the tokens are no whole UTF-8 characters (a window cut inside of one).
    """

    tokens: list[int]
    text: str | None
    token_ends: list[int] | None


def _gpt2_bytes() -> dict[str, int]:
    """The characters that byte-level BPE vocabularies use for bytes, as published with GPT-2."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    characters = {chr(byte): byte for byte in printable}
    return characters | {chr(256 + index): byte for index, byte in enumerate(others)}


class SentencePieceTokenizer:
    """A SentencePiece .model in Google's library; BOS is put before every text."""

    def __init__(self, path: Path):
        import sentencepiece

        try:
            self._model = sentencepiece.SentencePieceProcessor(model_file=str(path))
        except (RuntimeError, OSError) as error:
            raise UserError(f"--tokenizer {path}: sentencepiece cannot read it: {error}") from error
        self.size = self._model.vocab_size()
        self.bos = [self._model.bos_id()] if self._model.bos_id() >= 0 else []

    def encode(self, text: str) -> list[int]:
        """Token ids without BOS."""
        return self._model.encode(text)

    def piece_bytes(self, token: int) -> bytes:
        """What one token adds to the text; nothing for control tokens."""
        if self._model.is_control(token):
            return b""
        piece = self._model.id_to_piece(token)
        byte = _BYTE_PIECE.match(piece) if self._model.is_byte(token) else None
        return bytes([int(byte[1], 16)]) if byte else piece.replace("\u2581", " ").encode()


class TokenizersJson:
    """The content of a tokenizer.json in Hugging Face's library; its own post-processor decides whether there is a BOS."""

    def __init__(self, content: str, name: str):
        import tokenizers

        try:
            described = json.loads(content)
            self._model = tokenizers.Tokenizer.from_str(content)
        except Exception as error:  # the library raises plain Exception
            raise UserError(f"--tokenizer {name}: the tokenizers library cannot read it: {error}") from error
        self.size = self._model.get_vocab_size()
        self._special = {token["id"] for token in described.get("added_tokens", []) if token["special"]}
        self._added = {token["id"]: token["content"] for token in described.get("added_tokens", [])}
        self._byte_level = "ByteLevel" in json.dumps([described.get("pre_tokenizer"), described.get("decoder")])
        self._bytes = _gpt2_bytes()
        self.bos = self._leading_special()

    def _leading_special(self) -> list[int]:
        found = []
        for token in self._model.encode("a").ids:
            if token not in self._special:
                break
            found.append(token)
        return found

    def encode(self, text: str) -> list[int]:
        """Token ids without BOS."""
        return self._model.encode(text, add_special_tokens=False).ids

    def piece_bytes(self, token: int) -> bytes:
        """What one token adds to the text; the written form of added tokens, nothing for special ones."""
        if token in self._special:
            return b""
        piece = self._added.get(token) or self._model.id_to_token(token) or ""
        if token in self._added:
            return piece.encode()
        if self._byte_level:
            return bytes(self._bytes[character] for character in piece)
        byte = _BYTE_PIECE.match(piece)
        return bytes([int(byte[1], 16)]) if byte else piece.replace("\u2581", " ").encode()


Tokenizer = SentencePieceTokenizer | TokenizersJson


def _tokenizer_of_gguf(path: Path) -> str:
    """The vocabulary and merges inside a GGUF file as transformers reads them, in the form of a tokenizer.json."""
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(str(path.parent), gguf_file=path.name).backend_tokenizer.to_str()
    except (OSError, ValueError, KeyError, NotImplementedError) as error:
        raise UserError(
            f"--tokenizer {path}: transformers cannot read the tokenizer of this GGUF: {error}; give its tokenizer.json"
        ) from error


def open_tokenizer(path: Path) -> Tokenizer:
    """Picks by content: JSON is a tokenizer.json, GGUF brings its own, everything else is a SentencePiece model."""
    if not path.is_file():
        raise UserError(f"--tokenizer {path}: there is no such file; name a tokenizer.model, a tokenizer.json or a GGUF")
    with path.open("rb") as file:
        head = file.read(64).lstrip()
    if head.startswith(b"GGUF"):
        return TokenizersJson(_tokenizer_of_gguf(path), str(path))
    if head.startswith(b"{"):
        return TokenizersJson(path.read_text(encoding="utf-8"), str(path))
    return SentencePieceTokenizer(path)


def with_text(tokenizer: Tokenizer, tokens: Sequence[int], at_start: bool) -> TokenizedText:
    """Tokens with the text that they spell and the end of each in it.

    The space that SentencePiece puts before the first word is no part of the text; `at_start` says that the tokens
    begin where a text began, so that they have it.
    """
    pieces = [tokenizer.piece_bytes(token) for token in tokens]
    spelled = b"".join(pieces)
    adds_space = tokenizer.piece_bytes(tokenizer.encode("a")[0]).startswith(b" ")
    dropped = 1 if at_start and adds_space and spelled.startswith(b" ") else 0
    try:
        text = spelled[dropped:].decode()
    except UnicodeDecodeError:
        return TokenizedText(list(tokens), None, None)
    ends, at = [], -dropped
    for piece in pieces:
        at += len(piece)
        ends.append(max(0, at))
    return TokenizedText(list(tokens), text, ends)
