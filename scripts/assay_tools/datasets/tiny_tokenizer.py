"""The vocabulary of the tiny Llama, trained with SentencePiece."""

from __future__ import annotations

import io
from collections.abc import Sequence

import sentencepiece

from assay_tools.datasets.tiny_corpus import Chapter

UNK_ID, BOS_ID, EOS_ID = 0, 1, 2


def train_tokenizer(chapters: Sequence[Chapter], vocabulary: int) -> bytes:
    """A SentencePiece BPE model with byte fallback, text taken as it is (no normalisation, no spaces removed)."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([chapter.text for chapter in chapters]),
        model_writer=model,
        model_type="bpe",
        vocab_size=vocabulary,
        byte_fallback=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        character_coverage=1.0,
        max_sentence_length=1 << 20,
        split_digits=True,
        unk_id=UNK_ID,
        bos_id=BOS_ID,
        eos_id=EOS_ID,
        pad_id=-1,
        num_threads=1,
        minloglevel=2,
    )
    return model.getvalue()


def encode(tokenizer: sentencepiece.SentencePieceProcessor, chapters: Sequence[Chapter]) -> list[list[int]]:
    """BOS, the chapter, EOS; one list a chapter."""
    return [[BOS_ID, *tokenizer.encode(chapter.text), EOS_ID] for chapter in chapters]
