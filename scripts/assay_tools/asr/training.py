"""Trains the tiny recogniser: CTC over words, AdamW, a fixed number of steps, resumable; the same weights again each time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from assay_tools.asr.batches import Batches
from assay_tools.asr.model import Shape, TinyAsr
from assay_tools.asr.settings import Settings


def learning_rate(settings: Settings, step: int) -> float:
    """Linear warm-up, constant, and a cosine to a fiftieth at the end."""
    if step < settings.warm_up_steps:
        return settings.learning_rate * (step + 1) / settings.warm_up_steps
    progress = max(0, step - settings.constant_until) / max(1, settings.steps - settings.constant_until)
    return settings.learning_rate * (0.02 + 0.98 * 0.5 * (1.0 + math.cos(math.pi * progress)))


def new_model(settings: Settings, shape: Shape) -> TinyAsr:
    """Seeded weights."""
    torch.manual_seed(settings.seed)
    return TinyAsr(shape)


def _optimizer(model: TinyAsr, settings: Settings) -> torch.optim.AdamW:
    decayed = [weight for weight in model.parameters() if weight.dim() >= 2]
    others = [weight for weight in model.parameters() if weight.dim() < 2]
    groups = [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=settings.learning_rate, betas=(0.9, 0.98), eps=1e-8)


def train(
    batches: Batches, settings: Settings, shape: Shape, state_file: Path,
    watch: Callable[[TinyAsr, int], None], save_every: int = 200, watch_every: int = 500,
) -> TinyAsr:
    """The trained model. Goes on from `state_file` if it is of the same settings; `watch` is called now and then."""
    model = new_model(settings, shape)
    optimizer = _optimizer(model, settings)
    first, made_by = 0, vars(settings) | vars(shape)
    if state_file.is_file():
        state = torch.load(state_file, weights_only=True)
        if state["settings"] == made_by:
            model.load_state_dict(state["model"])
            optimizer.load_state_dict(state["optimizer"])
            first = state["step"]
            print(f"resuming at step {first} of {settings.steps}", flush=True)
    started, losses = time.monotonic(), []
    for step in range(first, settings.steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(settings, step)
        batch = batches.batch(step)
        log_probabilities = model(batch.mel)[1].log_softmax(-1).transpose(0, 1)
        loss = functional.ctc_loss(
            log_probabilities, batch.targets, batch.frames, batch.target_counts, blank=0, reduction="mean", zero_infinity=True
        )
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip_norm)
        optimizer.step()
        losses.append(float(loss.detach()))
        done = step + 1
        if done % 100 == 0:
            seconds = (time.monotonic() - started) / (done - first)
            print(f"step {done}/{settings.steps}: loss {np.mean(losses[-100:]):.4f}, {seconds:.3f} s a step", flush=True)
        if done % watch_every == 0:
            watch(model, done)
        if done % save_every == 0 or done == settings.steps:
            state = {"settings": made_by, "step": done, "model": model.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save(state, state_file.with_suffix(".part"))
            state_file.with_suffix(".part").replace(state_file)
    return model


def rounded_to_half(model: TinyAsr) -> dict[str, np.ndarray]:
    """The weights as float16 by name; the model itself is set to these values, which are what counts from here on."""
    weights = {}
    with torch.no_grad():
        for name, weight in model.named_parameters():
            half = weight.detach().to(torch.float16)
            weight.copy_(half.float())
            weights[name] = half.numpy()
    return weights
