"""Whisper's log-mel spectrogram as a PyTorch module that lowers to matrix products.

A frame is 400 samples under a Hann window, every 160 samples. Its spectrum is two matrix products (cosines and sines). Both use
that the window is symmetric: sample n and sample 400 - n meet the same cosine and opposite sines, so their sum and their
difference are taken first, which halves matrices and work. Bins 0 and 200 are left out: no mel filter looks at them.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn
from transformers import WhisperFeatureExtractor

from assay_tools.common.errors import UserError

SAMPLE_RATE_HZ = 16000
HOP = 160
WINDOW = 400
HALF = WINDOW // 2
BINS = HALF - 1  # 1 .. 199
MEL_BINS = 80
DYNAMIC_RANGE = 8.0  # decades of power below the loudest value of the window
_LEAST_POWER = 1e-10
_LEFT = HALF  # samples mirrored in front, as torch.stft(center=True) does
_RIGHT = 2 * HOP - HALF  # and behind, as many as the last frame and whole hops need


class LogMel(nn.Module):
    """audio float32 [1, samples] in -1 .. 1 at 16 kHz -> log-mel float32 [1, 80, samples / 160]."""

    def __init__(self, samples: int) -> None:
        super().__init__()
        if samples % HOP or samples < WINDOW:
            raise UserError(f"--samples {samples}: must be a multiple of {HOP}, and at least {WINDOW}")
        self.frames = samples // HOP
        self.register_buffer("mirrored_front", torch.arange(_LEFT, 0, -1))
        self.register_buffer("mirrored_back", torch.arange(samples - 2, samples - 2 - _RIGHT, -1))
        self.register_buffer("mirrored_half", torch.arange(WINDOW - 1, HALF, -1))
        self.cosines = nn.Linear(HALF, BINS, bias=False)
        self.sines = nn.Linear(HALF - 1, BINS, bias=False)
        self.filters = nn.Linear(BINS, MEL_BINS, bias=False)
        n, k = np.arange(1, HALF + 1), np.arange(1, BINS + 1)
        # Angles modulo one turn: cos of 200 * 199 / 400 turns would lose digits.
        angles = 2.0 * math.pi * ((k[:, None] * n[None, :]) % WINDOW) / WINDOW
        window = 0.5 - 0.5 * np.cos(2.0 * math.pi * n / WINDOW)
        slaney = WhisperFeatureExtractor(feature_size=MEL_BINS).mel_filters
        for linear, values in (
            (self.cosines, window * np.cos(angles)),
            (self.sines, (window * np.sin(angles))[:, :-1]),
            (self.filters, slaney[1:HALF].T),
        ):
            linear.weight = nn.Parameter(torch.from_numpy(np.ascontiguousarray(values)).float(), requires_grad=False)

    def forward(self, audio: torch.Tensor) -> torch.Tensor:
        samples = audio.view(-1)
        front = torch.index_select(samples, 0, self.mirrored_front)
        back = torch.index_select(samples, 0, self.mirrored_back)
        hops = torch.cat([front, samples, back]).view(self.frames + 2, HOP)
        frames = torch.cat([hops[:-2], hops[1:-1], hops[2:, : WINDOW - 2 * HOP]], dim=1)
        first, middle = frames[:, 1:HALF], frames[:, HALF : HALF + 1]
        last = torch.index_select(frames, 1, self.mirrored_half)
        real = self.cosines(torch.cat([first + last, middle], dim=1))
        imaginary = self.sines(first - last)
        mel = self.filters(real * real + imaginary * imaginary)
        decades = torch.log(torch.clamp(mel, min=_LEAST_POWER)) * (1.0 / math.log(10.0))
        loudest = decades.reshape(1, -1).amax(dim=1, keepdim=True)
        scaled = (torch.maximum(decades, loudest - DYNAMIC_RANGE) + 4.0) / 4.0
        return scaled.permute(1, 0).unsqueeze(0)


def reference_mel(audio: np.ndarray, samples: int) -> np.ndarray:
    """float32 [80, samples / 160] by transformers' WhisperFeatureExtractor, of audio padded with zeros to `samples`."""
    extractor = WhisperFeatureExtractor(feature_size=MEL_BINS, chunk_length=samples // SAMPLE_RATE_HZ)
    padded = np.zeros(samples, np.float32)
    padded[: len(audio)] = audio
    return extractor(padded, sampling_rate=SAMPLE_RATE_HZ, return_tensors="np").input_features[0][:, : samples // HOP]
