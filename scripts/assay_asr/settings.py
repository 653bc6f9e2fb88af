"""What decides how the tiny recogniser is trained."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Everything that decides what comes out, apart from the speech."""

    seed: int = 16000
    steps: int = 6400
    batch: int = 16
    learning_rate: float = 2e-3
    warm_up_steps: int = 200
    gentle_steps: int = 480  # with little noise and no shifts, so that words are found at all
    constant_until: int = 1400  # then a cosine towards a fiftieth, which would be reached at `first_horizon`
    first_horizon: int = 4000
    noisy_from: int = 3200  # from here on more noise and a new cosine, from `noisy_learning_rate`
    noisy_learning_rate: float = 1e-3
    noisy_horizon: int = 7000
    noisiest_from: int = 4800  # from here on more noise still
    final_from: int = 5000  # from here on a shorter cosine to the end, from where the one before was left
    weight_decay: float = 0.01
    clip_norm: float = 1.0
