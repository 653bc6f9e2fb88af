"""Trains the tiny Llama: windows of tokens, AdamW, resumable; the same bytes again each time.

The model is transformers' own LlamaForCausalLM, so that the checkpoint has the names every tool knows.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from assay_tools.datasets.tiny_tokenizer import BOS_ID, EOS_ID


@dataclass(frozen=True)
class Settings:
    """Everything that decides what comes out."""

    seed: int = 1611
    steps: int = 2600
    batch: int = 16
    context: int = 256
    learning_rate: float = 4e-3
    warm_up_steps: int = 60
    weight_decay: float = 0.1
    clip_norm: float = 1.0
    vocabulary: int = 1024


def model_config(settings: Settings) -> LlamaConfig:
    """Every size is a multiple of 64, so that groups of 32 and of 64 divide each row of weights."""
    return LlamaConfig(
        vocab_size=settings.vocabulary,
        hidden_size=128,
        intermediate_size=384,
        num_hidden_layers=5,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=32,
        max_position_embeddings=settings.context,
        rope_theta=10000.0,
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        bos_token_id=BOS_ID,
        eos_token_id=EOS_ID,
        attention_bias=False,
        mlp_bias=False,
    )


def published_config(settings: Settings) -> dict[str, object]:
    """config.json with the keys that published Llama checkpoints have, without what transformers adds as defaults."""
    keys = (
        "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads",
        "head_dim", "max_position_embeddings", "rope_parameters", "rms_norm_eps", "hidden_act", "tie_word_embeddings",
        "bos_token_id", "eos_token_id", "attention_bias", "mlp_bias",
    )
    everything = model_config(settings).to_dict()
    family = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "dtype": "float16"}
    return family | {key: everything[key] for key in keys}


class Windows:
    """Windows of training tokens, each epoch another order of chapters and another offset; a step is a function of its
    number alone, so that a resumed run sees what an unbroken one sees."""

    def __init__(self, documents: Sequence[Sequence[int]], settings: Settings):
        self._documents = [np.array(document, dtype=np.int64) for document in documents]
        self._settings = settings
        length = sum(len(document) for document in documents)
        self.steps_in_epoch = (length - settings.context) // (settings.context * settings.batch)
        self._epoch, self._rows = -1, np.empty((0, 0), dtype=np.int64)

    def _load(self, epoch: int) -> None:
        random = np.random.default_rng([self._settings.seed, epoch])
        order = random.permutation(len(self._documents))
        context = self._settings.context
        stream = np.concatenate([self._documents[index] for index in order])[int(random.integers(context)) :]
        rows = (len(stream) - 1) // context
        starts = random.permutation(rows)[: self.steps_in_epoch * self._settings.batch] * context
        self._rows = stream[starts[:, None] + np.arange(context + 1)]
        # A window starts with BOS wherever it was cut, as every text does that the model will be given.
        self._rows[:, 0] = BOS_ID
        self._epoch = epoch

    def batch(self, step: int) -> torch.Tensor:
        """int64 [batch, context + 1] of a step; the last column is only predicted."""
        epoch, within = divmod(step, self.steps_in_epoch)
        if epoch != self._epoch:
            self._load(epoch)
        size = self._settings.batch
        return torch.from_numpy(self._rows[within * size : (within + 1) * size])


def learning_rate(settings: Settings, step: int) -> float:
    """Linear warm-up, then a cosine down to a twentieth of the peak."""
    if step < settings.warm_up_steps:
        return settings.learning_rate * (step + 1) / settings.warm_up_steps
    progress = (step - settings.warm_up_steps) / max(1, settings.steps - settings.warm_up_steps)
    return settings.learning_rate * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * progress)))


def new_model(settings: Settings) -> LlamaForCausalLM:
    """Seeded weights."""
    torch.manual_seed(settings.seed)
    return LlamaForCausalLM(model_config(settings)).float()


def _optimizer(model: LlamaForCausalLM, settings: Settings) -> torch.optim.AdamW:
    decayed = [weight for weight in model.parameters() if weight.dim() >= 2]
    others = [weight for weight in model.parameters() if weight.dim() < 2]
    groups = [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=settings.learning_rate, betas=(0.9, 0.95), eps=1e-8)


def train(documents: Sequence[Sequence[int]], settings: Settings, state_file: Path, save_every: int = 100) -> LlamaForCausalLM:
    """The trained model. Goes on from `state_file` if it is of the same settings; prints the loss every 50 steps."""
    model = new_model(settings)
    optimizer = _optimizer(model, settings)
    first = 0
    if state_file.is_file():
        state = torch.load(state_file, weights_only=True)
        if state["settings"] == vars(settings):
            model.load_state_dict(state["model"])
            optimizer.load_state_dict(state["optimizer"])
            first = state["step"]
            print(f"resuming at step {first} of {settings.steps}", flush=True)
    windows = Windows(documents, settings)
    started, losses = time.monotonic(), []
    for step in range(first, settings.steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(settings, step)
        rows = windows.batch(step)
        logits = model(rows[:, :-1], use_cache=False).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip_norm)
        optimizer.step()
        losses.append(float(loss.detach()))
        done = step + 1
        if done % 50 == 0:
            seconds = (time.monotonic() - started) / (done - first)
            print(f"step {done}/{settings.steps}: loss {np.mean(losses[-50:]):.4f}, {seconds:.2f} s a step", flush=True)
        if done % save_every == 0 or done == settings.steps:
            state = {"settings": vars(settings), "step": done, "model": model.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save(state, state_file.with_suffix(".part"))
            state_file.with_suffix(".part").replace(state_file)
    return model


def rounded_to_half(model: LlamaForCausalLM) -> dict[str, np.ndarray]:
    """The weights as float16 by checkpoint name, the tied head left out; the model itself is set to these values."""
    weights = {}
    with torch.no_grad():
        for name, weight in model.named_parameters():
            half = weight.detach().to(torch.float16)
            weight.copy_(half.float())
            weights[name] = half.numpy()
    return weights


@torch.no_grad()
def perplexity(model: LlamaForCausalLM, documents: Sequence[Sequence[int]], context: int) -> float:
    """exp of the mean -ln p over every token but BOS, in windows that do not overlap and begin with BOS.

    Each window predicts context - 1 or `context` tokens it has not seen before; its first ones have little context.
    """
    total, tokens = 0.0, 0
    for document in documents:
        for start in range(0, len(document) - 1, context):
            row = torch.tensor([document[start : start + context + 1]])
            row[0, 0] = BOS_ID
            log_probabilities = model(row[:, :-1], use_cache=False).logits.double().log_softmax(-1)
            total -= float(log_probabilities.gather(-1, row[:, 1:, None]).sum())
            tokens += row.shape[1] - 1
    return math.exp(total / tokens)
