"""The reference libraries behind one interface: ids of a string, text of ids."""

import base64
import json
import math

import sentencepiece
import tiktoken
import tokenizers

from assay_tools.export.tokenizers.files import LLAMA3_PATTERN, LLAMA3_SPECIALS


class Reference:
    def is_tie(self, ids, other_ids):
        """Whether the library may give either."""
        return False


class SentencePieceReference(Reference):
    """Google's own library. It has no way to read special tokens in a text."""

    parses_special = False

    def is_tie(self, ids, other_ids):
        """Versions of the library (0.1.99 and 0.2.3, say) choose differently between cuts of equal score, which
        unigram vocabularies have. In a BPE vocabulary the order of merging decides."""
        scores = [math.fsum(self.processor.get_score(i) for i in some) for some in (ids, other_ids)]
        return self.is_unigram and math.isclose(*scores, abs_tol=1e-3)

    def __init__(self, content):
        self.processor = sentencepiece.SentencePieceProcessor(model_proto=content)
        # A BPE vocabulary's scores are the numbers of its merges.
        self.is_unigram = any(score != round(score) for score in
                              (self.processor.get_score(i) for i in range(self.processor.get_piece_size())))

    def encode(self, text, parse_special):
        return self.processor.encode(text)

    def decode(self, ids):
        return self.processor.decode(ids)


class Llama2cReference(Reference):
    """The vocabulary of a .bin in ExecuTorch's own C++ reader, which takes ExecuTorch's layout."""

    parses_special = False

    def __init__(self, content, folder):
        from pytorch_tokenizers import CppLlama2cTokenizer

        path = folder / "executorch-layout.bin"
        path.write_bytes(content)
        self.tokenizer = CppLlama2cTokenizer()
        self.tokenizer.load(str(path))

    def encode(self, text, parse_special):
        return self.tokenizer.encode(text, 0, 0)


class TiktokenReference(Reference):
    """tiktoken with Llama 3's pattern and special tokens, on text as Python's errors="replace" has it."""

    parses_special = True

    def __init__(self, content):
        lines = [line.split() for line in content.decode().splitlines() if line]
        ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
        self.base = len(ranks)
        self.encoding = tiktoken.Encoding(
            name="llama3", pat_str=LLAMA3_PATTERN, mergeable_ranks=ranks,
            special_tokens={text: self.base + i for i, text in enumerate(LLAMA3_SPECIALS)},
        )

    def encode(self, text, parse_special):
        text = text.decode(errors="replace")
        if parse_special:
            return self.encoding.encode(text, allowed_special="all")
        return self.encoding.encode_ordinary(text)

    def decode(self, ids):
        return self.encoding.decode([i for i in ids if i < self.base])


class HuggingFaceReference(Reference):
    """The `tokenizers` library, on text as Python's errors="replace" has it."""

    parses_special = True

    def __init__(self, content):
        self.tokenizer = tokenizers.Tokenizer.from_str(content.decode())

    def encode(self, text, parse_special):
        self.tokenizer.encode_special_tokens = not parse_special
        return self.tokenizer.encode(text.decode(errors="replace"), add_special_tokens=False).ids

    def decode(self, ids):
        return self.tokenizer.decode(ids, skip_special_tokens=True)


def open_reference(content):
    """The reference for a tokenizer file's content, except for llama2.c's format."""
    if content.lstrip().startswith(b"{"):
        json.loads(content)
        return HuggingFaceReference(content)
    if b" 0\n" in content[:64]:
        return TiktokenReference(content)
    return SentencePieceReference(content)
