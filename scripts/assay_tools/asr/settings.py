"""What decides how the tiny recogniser is trained."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Everything that decides what comes out, apart from the speech."""

    seed: int = 16000
    steps: int = 8000
    batch: int = 16
    learning_rate: float = 2e-3
    warm_up_steps: int = 200
    gentle_steps: int = 480  # with little noise and no shifts, so that words are found at all
    noisy_from: int = 3200  # from here on more noise
    constant_until: int = 2400  # then a cosine to a fiftieth at the end
    weight_decay: float = 0.01
    clip_norm: float = 1.0
