"""Greedy transcription by an encoder and a decoder file in the ExecuTorch runtime, by the rules of a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import executorch.kernels.quantized  # noqa: F401  gives the Python runtime the embedding kernels
import numpy as np
import torch
import transformers
from tokenizers import Tokenizer

from assay_tools.common.errors import UserError
from assay_tools.common.pte_runner import load_method
from assay_tools.export.whisper.mel import HOP, SAMPLE_RATE_HZ
from assay_tools.references.whisper_golden import windows

_SETTINGS = "generation_config.json"


@dataclass(frozen=True)
class GreedyRules:
    """How tokens are chosen, without timestamps: the likeliest each time, but for those that must not come."""

    prompt: tuple[int, ...]  # what the decoder is given before it says anything
    end: frozenset[int]  # after any of these nothing follows
    suppressed: tuple[int, ...]
    suppressed_first: tuple[int, ...]  # only as the first token after the prompt
    max_length: int  # of prompt and tokens together
    first_timestamp: int | None  # this token and all above are times, and no text

    def next_token(self, logits: np.ndarray, *, first: bool) -> int:
        """Of float32 [vocabulary], the likeliest that may come; of equals the lowest."""
        allowed = logits.copy()
        allowed[list(self.suppressed)] = -np.inf
        if first:
            allowed[list(self.suppressed_first)] = -np.inf
        return int(np.argmax(allowed))


def read_rules(folder: Path, positions: int, language: str | None) -> GreedyRules:
    """From generation_config.json, as transformers' generate() reads it. `positions`: of the decoder.

    A model of several languages needs `language` ("en"), one of a single language has none to choose.
    """
    if not (folder / _SETTINGS).is_file():
        raise UserError(f"checkpoint {folder}: has no {_SETTINGS}, which says how Whisper's decoder is started and stopped")
    try:
        settings = transformers.GenerationConfig.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise UserError(f"{folder / _SETTINGS}: transformers does not read it: {str(error).splitlines()[0]}") from error
    ends = settings.eos_token_id
    if settings.decoder_start_token_id is None or ends is None:
        raise UserError(f"{folder / _SETTINGS}: needs decoder_start_token_id and eos_token_id")
    no_timestamps = getattr(settings, "no_timestamps_token_id", None)
    return GreedyRules(
        prompt=_prompt(settings, no_timestamps, language, folder),
        end=frozenset(ends if isinstance(ends, list) else [ends]),
        suppressed=tuple(settings.suppress_tokens or ()),
        suppressed_first=tuple(settings.begin_suppress_tokens or ()),
        max_length=min(settings.max_length or positions, positions),
        first_timestamp=None if no_timestamps is None else no_timestamps + 1,
    )


def _prompt(
    settings: transformers.GenerationConfig, no_timestamps: int | None, language: str | None, folder: Path
) -> tuple[int, ...]:
    """Start, language and task where the model has a choice, and that no timestamps are wanted."""
    prompt = [settings.decoder_start_token_id]
    languages = getattr(settings, "lang_to_id", None) or {}
    if languages:
        known = ", ".join(sorted(name.strip("<|>") for name in languages))
        if language is None:
            raise UserError(f"checkpoint {folder}: knows several languages; give --language, one of {known}")
        if f"<|{language}|>" not in languages:
            raise UserError(f"--language {language}: checkpoint {folder} does not know it; known: {known}")
        prompt.append(languages[f"<|{language}|>"])
        tasks = getattr(settings, "task_to_id", None) or {}
        if "transcribe" in tasks:
            prompt.append(tasks["transcribe"])
    elif language is not None:
        raise UserError(f"--language {language}: checkpoint {folder} has one language and takes no choice")
    if no_timestamps is not None:
        prompt.append(no_timestamps)
    return tuple(prompt)


class TokenTexts:
    """The checkpoint's own vocabulary, tokenizer.json."""

    def __init__(self, folder: Path, rules: GreedyRules) -> None:
        path = folder / "tokenizer.json"
        if not path.is_file():
            raise UserError(f"checkpoint {folder}: has no tokenizer.json, without which tokens have no text")
        try:
            self._tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:
            raise UserError(f"{path}: not a tokenizer: {error}") from error
        self._first_timestamp = rules.first_timestamp

    def text(self, tokens: Sequence[int]) -> str:
        """What the tokens say, without special ones and times."""
        said = [token for token in tokens if self._first_timestamp is None or token < self._first_timestamp]
        return self._tokenizer.decode(said, skip_special_tokens=True).strip()


class Transcriber:
    """An encoder file and a decoder file of the same checkpoint."""

    def __init__(self, encoder: Path, decoder: Path, rules: GreedyRules) -> None:
        self._encode = load_method(encoder)
        self._cross = load_method(decoder, "cross")
        self._next = load_method(decoder)
        self._rules = rules

    def tokens(self, mel: torch.Tensor) -> list[int]:
        """What is heard in a log-mel [1, bins, frames]: the tokens after the prompt, before the end."""
        encodings = _own(self._encode.execute((mel.contiguous(),)))
        cross = _own(self._cross.execute(encodings))
        tokens = list(self._rules.prompt)
        start = len(tokens)
        while len(tokens) < self._rules.max_length:
            logits = self._next.execute((torch.tensor([tokens]), *cross))[0]
            if not torch.isfinite(logits).all():
                raise UserError(f"the decoder's logits are not finite after {len(tokens) - start} tokens")
            token = self._rules.next_token(logits[0].numpy(), first=len(tokens) == start)
            if token in self._rules.end:
                break
            tokens.append(token)
        return tokens[start:]


def _own(outputs: Sequence[torch.Tensor]) -> tuple[torch.Tensor, ...]:
    """Copies: the runtime writes its outputs to the same memory each time."""
    return tuple(output.clone() for output in outputs)


def mels_of(samples: np.ndarray, config: transformers.WhisperConfig, frames: int) -> list[torch.Tensor]:
    """The log-mels [1, bins, frames] of a recording's windows, one after the other; the last is filled with zeros."""
    size = frames * HOP
    extractor = transformers.WhisperFeatureExtractor(feature_size=config.num_mel_bins, chunk_length=size // SAMPLE_RATE_HZ)
    return [
        extractor(part, sampling_rate=SAMPLE_RATE_HZ, return_tensors="pt").input_features
        for part, _ in windows(samples, size)
    ]
