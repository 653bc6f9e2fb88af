"""The reference libraries behind one interface: ids of a string, text of ids."""

from __future__ import annotations

import base64
import json
import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import sentencepiece
import tiktoken
import tokenizers

from assay_tools.export.tokenizers.files import LLAMA3_PATTERN, LLAMA3_SPECIALS


class Reference(ABC):
    """One library with one vocabulary."""

    parses_special: bool

    @abstractmethod
    def encode(self, text: bytes, parse_special: bool) -> list[int]:
        """The ids of a text."""

    @abstractmethod
    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids."""

    def is_tie(self, ids: Sequence[int], other_ids: Sequence[int]) -> bool:
        """Whether the library may give either."""
        return False


class SentencePieceReference(Reference):
    """Google's own library. It has no way to read special tokens in a text."""

    parses_special = False

    def is_tie(self, ids: Sequence[int], other_ids: Sequence[int]) -> bool:
        """Versions of the library (0.1.99 and 0.2.3, say) choose differently between cuts of equal score, which
        unigram vocabularies have. In a BPE vocabulary the order of merging decides."""
        scores = [math.fsum(self.processor.get_score(i) for i in some) for some in (ids, other_ids)]
        return self.is_unigram and math.isclose(scores[0], scores[1], abs_tol=1e-3)

    def __init__(self, content: bytes) -> None:
        self.processor = sentencepiece.SentencePieceProcessor(model_proto=content)
        # A BPE vocabulary's scores are the numbers of its merges.
        self.is_unigram = any(score != round(score) for score in
                              (self.processor.get_score(i) for i in range(self.processor.get_piece_size())))

    def encode(self, text: bytes, parse_special: bool) -> list[int]:
        return list(self.processor.encode(text))

    def decode(self, ids: Sequence[int]) -> str:
        return str(self.processor.decode(list(ids)))


class Llama2cReference:
    """The vocabulary of a .bin in ExecuTorch's own C++ reader, which takes ExecuTorch's layout."""

    def __init__(self, content: bytes, folder: Path) -> None:
        from pytorch_tokenizers import CppLlama2cTokenizer

        path = folder / "executorch-layout.bin"
        path.write_bytes(content)
        self.tokenizer = CppLlama2cTokenizer()
        self.tokenizer.load(str(path))

    def encode(self, text: bytes, parse_special: bool) -> list[int]:
        return list(self.tokenizer.encode(text, 0, 0))


class TiktokenReference(Reference):
    """tiktoken with Llama 3's pattern and special tokens, on text as Python's errors="replace" has it."""

    parses_special = True

    def __init__(self, content: bytes) -> None:
        lines = [line.split() for line in content.decode().splitlines() if line]
        ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
        self.base = len(ranks)
        self.encoding = tiktoken.Encoding(
            name="llama3", pat_str=LLAMA3_PATTERN, mergeable_ranks=ranks,
            special_tokens={text: self.base + i for i, text in enumerate(LLAMA3_SPECIALS)},
        )

    def encode(self, text: bytes, parse_special: bool) -> list[int]:
        decoded = text.decode(errors="replace")
        if parse_special:
            return list(self.encoding.encode(decoded, allowed_special="all"))
        return list(self.encoding.encode_ordinary(decoded))

    def decode(self, ids: Sequence[int]) -> str:
        return str(self.encoding.decode([i for i in ids if i < self.base]))


class HuggingFaceReference(Reference):
    """The `tokenizers` library, on text as Python's errors="replace" has it."""

    parses_special = True

    def __init__(self, content: bytes) -> None:
        self.tokenizer = tokenizers.Tokenizer.from_str(content.decode())

    def encode(self, text: bytes, parse_special: bool) -> list[int]:
        self.tokenizer.encode_special_tokens = not parse_special
        return self.tokenizer.encode(text.decode(errors="replace"), add_special_tokens=False).ids

    def decode(self, ids: Sequence[int]) -> str:
        return self.tokenizer.decode(ids, skip_special_tokens=True)


def open_reference(content: bytes) -> Reference:
    """The reference for a tokenizer file's content, except for llama2.c's format."""
    if content.lstrip().startswith(b"{"):
        json.loads(content)
        return HuggingFaceReference(content)
    if b" 0\n" in content[:64]:
        return TiktokenReference(content)
    return SentencePieceReference(content)
