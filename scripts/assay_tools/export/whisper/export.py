"""The whole export of a Whisper encoder or of the log-mel front end; the decoder's is decoder_export.py."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from assay_tools.common.audio import read_wav
from assay_tools.common.errors import UserError
from assay_tools.common.places import REPOSITORY
from assay_tools.common.progress import Progress
from assay_tools.export.recipes import RECIPES, WHISPER_RECIPES, Recipe
from assay_tools.export.whisper import mel as front_end
from assay_tools.export.whisper.checkpoint import open_whisper
from assay_tools.export.whisper.encoder import WhisperEncoder, from_transformers, mel_frames
from assay_tools.export.whisper.writing import MethodSource, write_program

PROBES = ("human-reading", "speech-noise-0db")  # of datasets/vad
_ENCODER_MAX_ABS_ERROR = 1e-3  # of the module to transformers; rounding gives 1e-5, another architecture far more
_MEL_MAX_ABS_ERROR = 1e-4


@dataclass(frozen=True)
class WhisperOptions:
    """What the command line asks for."""

    output: Path
    quantization: str
    checkpoint: Path | None = None
    seeded: str | None = None
    seed: int = 0


def export_whisper(options: WhisperOptions) -> dict[str, Any]:
    """The encoder's .pte: mel float32 [1, bins, frames] -> encodings float32 [1, frames / 2, d]; returns the provenance."""
    recipe = whisper_recipe(options.quantization)
    progress = Progress()
    checkpoint = open_whisper(options.checkpoint, options.seeded, options.seed)
    config = checkpoint.encoder.config
    progress.stage(f"building the encoder of {checkpoint.name}: {checkpoint.about}")
    module = from_transformers(checkpoint.encoder)
    probes = [(probe,) for probe in probe_mels(mel_frames(config), config.num_mel_bins)]
    difference = max_difference(module, checkpoint.encoder, probes[0][0])
    if difference > _ENCODER_MAX_ABS_ERROR:
        raise UserError(f"{checkpoint.name}: the module differs from transformers by {difference:.3g}")
    about = {
        "checkpoint": {
            "name": checkpoint.name, "about": checkpoint.about, "files": checkpoint.files, "sha256": checkpoint.sha256,
        },
        "checkpoint_check": f"max |encodings - those of transformers| = {difference:.2g}",
        "seeded_weights": checkpoint.seeded,
        "architecture": {
            "layers": config.encoder_layers, "d_model": config.d_model, "heads": config.encoder_attention_heads,
            "ffn": config.encoder_ffn_dim, "mel_bins": config.num_mel_bins, "mel_frames": mel_frames(config),
        },
        "licence": "none, random weights" if checkpoint.seeded else "that of the checkpoint",
    }
    return write_program("whisper", module, [MethodSource("forward", module, probes)], recipe, options.output, about, progress)


def whisper_recipe(name: str) -> Recipe:
    """The recipe of that name, or a UserError that lists the names there are."""
    if name not in WHISPER_RECIPES:
        raise UserError(f"unknown quantization '{name}' for whisper; known: {', '.join(WHISPER_RECIPES)}")
    return WHISPER_RECIPES[name]


def export_mel(output: Path, samples: int, quantization: str) -> dict[str, Any]:
    """The front end's .pte: audio float32 [1, samples] -> log-mel float32 [1, 80, samples / 160]; returns the provenance."""
    if quantization != "fp32":
        raise UserError(f"--quantization {quantization}: the front end is exported in fp32 only; its logarithm needs the range")
    if samples % front_end.SAMPLE_RATE_HZ:
        raise UserError(f"--samples {samples}: give whole seconds, a multiple of {front_end.SAMPLE_RATE_HZ}")
    progress = Progress()
    progress.stage(f"building the log-mel front end of {samples} samples")
    module = front_end.LogMel(samples).eval()
    probes = [(torch.from_numpy(probe_audio(name, samples)).unsqueeze(0),) for name in PROBES]
    difference = 0.0
    for (audio,) in probes:
        with torch.no_grad():
            got = module(audio)[0].numpy()
        difference = max(difference, float(np.abs(got - front_end.reference_mel(audio[0].numpy(), samples)).max()))
    if difference > _MEL_MAX_ABS_ERROR:
        raise UserError(f"the front end differs from transformers' WhisperFeatureExtractor by {difference:.3g}")
    about = {
        "checkpoint": {"source": f"Whisper's log-mel of {samples} samples, computed from its definition by whisper/mel.py"},
        "samples": samples,
        "checkpoint_check": f"max |log-mel - WhisperFeatureExtractor's| = {difference:.2g} on {', '.join(PROBES)}",
        "licence": "as this repository; nothing in it was trained",
    }
    return write_program("mel", module, [MethodSource("forward", module, probes)], RECIPES["fp32"], output, about, progress)


def probe_audio(name: str, samples: int) -> np.ndarray:
    """The start of a clip of datasets/vad as float32 [samples], with zeros behind it where it is shorter."""
    clip = read_wav(REPOSITORY / f"datasets/vad/{name}.wav")[:samples]
    return np.concatenate([clip, np.zeros(samples - len(clip), np.float32)])


def probe_mels(frames: int, bins: int) -> list[torch.Tensor]:
    """Log-mels [1, bins, frames] of the probe clips; of another number of bins, values of the same range."""
    if bins != front_end.MEL_BINS:
        generator = torch.Generator().manual_seed(0)
        return [torch.rand(1, bins, frames, generator=generator) * 2.0 - 1.0]
    samples = frames * front_end.HOP
    module = front_end.LogMel(samples).eval()
    with torch.no_grad():
        return [module(torch.from_numpy(probe_audio(name, samples)).unsqueeze(0)).contiguous() for name in PROBES]


@torch.no_grad()
def max_difference(module: WhisperEncoder, reference: nn.Module, mel: torch.Tensor) -> float:
    """Largest absolute difference between the module's encodings and those of transformers."""
    return float((module(mel) - reference(mel).last_hidden_state).abs().max())
