"""The reference for language-model goldens: transformers in float32 on the CPU, from a folder or from a GGUF file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForCausalLM

from assay_tools.common.errors import UserError
from assay_tools.common.packages import version_of
from assay_tools.common.provenance import sha256_of

# Cached decoding and one pass over the whole text round differently; a greedy token may be this far below the best.
LARGEST_ROUNDING = 1e-3


def weight_files(checkpoint: Path) -> list[Path]:
    """The files that hold the weights: the GGUF, model.safetensors, or its shards in the order of their names."""
    if checkpoint.is_file():
        return [checkpoint]
    if not (checkpoint / "config.json").is_file():
        raise UserError(f"--checkpoint {checkpoint}: neither a GGUF file nor a folder with config.json and safetensors")
    single = checkpoint / "model.safetensors"
    shards = [single] if single.is_file() else sorted(checkpoint.glob("model-*-of-*.safetensors"))
    if not shards:
        raise UserError(f"--checkpoint {checkpoint}: it has no model.safetensors; save the weights as safetensors first")
    return shards


def weights_sha256(checkpoint: Path) -> str:
    """SHA-256 of the weight file; of shards, of all their bytes one after another."""
    files = weight_files(checkpoint)
    if len(files) == 1:
        return sha256_of(files[0])
    digest = hashlib.sha256()
    for shard in files:
        with shard.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


class TransformersReference:
    """A causal language model in float32, whatever precision its file has, with the attention written out in tensors."""

    def __init__(self, checkpoint: Path):
        self.sha256 = weights_sha256(checkpoint)
        options: dict[str, object] = {"dtype": torch.float32, "attn_implementation": "eager", "local_files_only": True}
        folder = checkpoint
        if checkpoint.is_file():
            with checkpoint.open("rb") as file:
                if file.read(4) != b"GGUF":
                    raise UserError(f"--checkpoint {checkpoint}: this file is no GGUF; for safetensors name their folder")
            folder, options["gguf_file"] = checkpoint.parent, checkpoint.name
        try:
            self._model = AutoModelForCausalLM.from_pretrained(str(folder), **options).eval()
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise UserError(f"--checkpoint {checkpoint}: transformers cannot load it: {error}") from error
        self.vocabulary = int(self._model.config.vocab_size)
        self.longest = int(self._model.config.max_position_embeddings)
        self.runtime = f"transformers {version_of('transformers')}, torch {version_of('torch')}"
        if "gguf_file" in options:
            self.runtime += f", gguf {version_of('gguf')}"

    def check(self, tokens: Sequence[int], tokenizer_size: int) -> None:
        """Raises a UserError when these tokens cannot be fed to this model."""
        if len(tokens) > self.longest:
            raise UserError(f"{len(tokens)} tokens, but the model's context is {self.longest}; use --length")
        if tokens and max(tokens) >= self.vocabulary:
            raise UserError(
                f"token {max(tokens)} is outside of the model's vocabulary of {self.vocabulary}; the tokenizer has "
                f"{tokenizer_size} tokens and belongs to another model"
            )

    @torch.no_grad()
    def logits(self, tokens: Sequence[int]) -> np.ndarray:
        """float32 [n, V] of all positions, in one pass."""
        return self._model(torch.tensor([list(tokens)]), use_cache=False).logits[0].float().numpy()

    @torch.no_grad()
    def greedy(self, prompt: Sequence[int], count: int) -> list[int]:
        """The prompt and the `count` tokens after it that transformers' own greedy decoding gives; it does not stop at EOS."""
        rows = torch.tensor([list(prompt)])
        made = self._model.generate(
            rows, attention_mask=torch.ones_like(rows), do_sample=False, num_beams=1, max_new_tokens=count,
            min_new_tokens=count, eos_token_id=None, pad_token_id=0, repetition_penalty=1.0,
        )
        tokens = [int(token) for token in made[0]]
        if len(tokens) != len(prompt) + count:
            raise UserError(f"transformers made {len(tokens) - len(prompt)} tokens instead of {count}")
        return tokens


def smallest_margin(logits: np.ndarray, chosen: np.ndarray) -> float:
    """How far, in logits [m, V], the chosen tokens [m] are above the next best: below this a model may well choose otherwise.

    Raises a UserError when a chosen token is not the best one, beyond rounding.
    """
    rows = np.arange(len(chosen))
    others = logits.astype(np.float64).copy()
    own = others[rows, chosen]
    others[rows, chosen] = -np.inf
    margin = float((own - others.max(axis=1)).min())
    if margin < -LARGEST_ROUNDING:
        raise UserError(f"greedy decoding chose a token that is {-margin:.3g} below the best one of the whole pass")
    return max(margin, 0.0)
