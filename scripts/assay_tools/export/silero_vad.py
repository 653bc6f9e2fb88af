"""Silero VAD (16 kHz half) as a PyTorch module that exports well, with weights taken from the TorchScript checkpoint.

Differences from the original, none of which changes a result: convolutions are two-dimensional with a (1, k) kernel
(one-dimensional ones fail to load once they are quantised), and the LSTM cell is spelled out with two linear layers
(which XNNPACK can run, quantised or not). The state is passed in and out instead of being kept.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from assay_tools.common.audio import CHUNK_SAMPLES, CONTEXT_SAMPLES, chunks_with_context
from assay_tools.common.errors import UserError
from assay_tools.common.packages import silero_file

HIDDEN = 128
FFT_SIZE = 256
HOP = 128
INPUT_SAMPLES = CONTEXT_SAMPLES + CHUNK_SAMPLES
REFLECTED = 64  # samples mirrored at the end of the 576-sample input, so that four frames fit
BINS = FFT_SIZE // 2 + 1
ENCODER = ((BINS, 128, 1), (128, 64, 2), (64, 64, 2), (64, 128, 1))  # (channels in, channels out, stride)

State = tuple[torch.Tensor, torch.Tensor]


class LstmCell(nn.Module):
    """One LSTM step, gates in the order input, forget, cell, output. x, h, c: [1, 128]."""

    def __init__(self) -> None:
        super().__init__()
        self.input_gates = nn.Linear(HIDDEN, 4 * HIDDEN)
        self.hidden_gates = nn.Linear(HIDDEN, 4 * HIDDEN)

    def forward(self, x: torch.Tensor, h: torch.Tensor, c: torch.Tensor) -> State:
        gates = self.input_gates(x) + self.hidden_gates(h)
        i, f, g, o = (gates[:, part * HIDDEN : (part + 1) * HIDDEN] for part in range(4))
        c_next = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c_next), c_next


class SileroVad(nn.Module):
    """chunk [1, 576], h [1, 128], c [1, 128] -> score [1, 1], h [1, 128], c [1, 128]; all float32."""

    def __init__(self) -> None:
        super().__init__()
        self.stft = nn.Conv2d(1, 2 * BINS, (1, FFT_SIZE), stride=(1, HOP), bias=False)
        self.encoder = nn.ModuleList(
            nn.Conv2d(inputs, outputs, (1, 3), stride=(1, stride), padding=(0, 1)) for inputs, outputs, stride in ENCODER
        )
        self.cell = LstmCell()
        self.head = nn.Linear(HIDDEN, 1)
        # Reflection padding as one lookup: as an operator it would become four that XNNPACK does not take.
        mirrored = torch.arange(INPUT_SAMPLES - 2, INPUT_SAMPLES - 2 - REFLECTED, -1)
        self.register_buffer("padded_order", torch.cat([torch.arange(INPUT_SAMPLES), mirrored]), persistent=False)

    def forward(self, chunk: torch.Tensor, h: torch.Tensor, c: torch.Tensor) -> tuple[torch.Tensor, ...]:
        padded = chunk[:, self.padded_order]
        spectrum = self.stft(padded.view(1, 1, 1, -1))
        real, imaginary = spectrum[:, :BINS], spectrum[:, BINS:]
        x = torch.sqrt(real * real + imaginary * imaginary)
        for convolution in self.encoder:
            x = functional.relu(convolution(x))
        h_next, c_next = self.cell(x.view(1, HIDDEN), h, c)
        score = torch.sigmoid(self.head(functional.relu(h_next)))
        return score, h_next, c_next


def _name_map() -> dict[str, str]:
    """Our parameter name -> name in the TorchScript state dict."""
    names = {"stft.weight": "_model.stft.forward_basis_buffer"}
    for index in range(len(ENCODER)):
        for kind in ("weight", "bias"):
            names[f"encoder.{index}.{kind}"] = f"_model.encoder.{index}.reparam_conv.{kind}"
    for ours, theirs in (("input_gates", "ih"), ("hidden_gates", "hh")):
        for kind in ("weight", "bias"):
            names[f"cell.{ours}.{kind}"] = f"_model.decoder.rnn.{kind}_{theirs}"
    for kind in ("weight", "bias"):
        names[f"head.{kind}"] = f"_model.decoder.decoder.2.{kind}"
    return names


def load_torchscript(checkpoint: Path) -> torch.jit.ScriptModule:
    """The TorchScript model, or a UserError that says what is wrong with the file."""
    if not checkpoint.is_file():
        raise UserError(f"checkpoint {checkpoint}: no such file; leave out --checkpoint to use the one of silero-vad")
    try:
        return torch.jit.load(str(checkpoint), map_location="cpu").eval()
    except (RuntimeError, ValueError) as error:
        first_line = str(error).strip().split(". ")[0].splitlines()[0]
        raise UserError(f"checkpoint {checkpoint}: not a TorchScript file ({first_line})") from error


def build(checkpoint: Path) -> SileroVad:
    """The module with the checkpoint's weights. Weights never come from the package's safetensors: those differ."""
    source = load_torchscript(checkpoint).state_dict()
    model = SileroVad()
    wanted = model.state_dict()
    for ours, theirs in _name_map().items():
        if theirs not in source:
            raise UserError(f"checkpoint {checkpoint}: not the expected Silero VAD architecture, {theirs} is missing")
        value = source[theirs]
        if value.numel() != wanted[ours].numel():
            raise UserError(
                f"checkpoint {checkpoint}: not the expected Silero VAD architecture, {theirs} has shape "
                f"{tuple(value.shape)}, needed for {ours}: {tuple(wanted[ours].shape)}"
            )
        wanted[ours] = value.reshape(wanted[ours].shape).clone()
    model.load_state_dict(wanted)
    return model.eval()


def zero_state() -> State:
    """h and c before the first chunk."""
    return torch.zeros(1, HIDDEN), torch.zeros(1, HIDDEN)


def model_inputs(samples: np.ndarray, model: nn.Module) -> list[tuple[torch.Tensor, ...]]:
    """The (chunk, h, c) the model sees on each chunk of a clip, with state carried on by `model` itself."""
    h, c = zero_state()
    inputs = []
    with torch.no_grad():
        for chunk in chunks_with_context(samples):
            inputs.append((torch.from_numpy(chunk.copy()), h, c))
            _, h, c = model(*inputs[-1])
    return inputs


def max_difference_from_torchscript(model: nn.Module, checkpoint: Path, samples: np.ndarray) -> float:
    """Largest absolute score difference between the module and TorchScript over a clip, each with its own state."""
    script = load_torchscript(checkpoint)
    script.reset_states()
    largest = 0.0
    with torch.no_grad():
        for chunk, h, c in model_inputs(samples, model):
            expected = script(chunk[:, -CHUNK_SAMPLES:], 16000)
            score = model(chunk, h, c)[0]
            largest = max(largest, float((score - expected).abs().max()))
    return largest


def default_checkpoint() -> Path:
    """The TorchScript file of the pinned silero-vad package."""
    return silero_file("silero_vad.jit")
