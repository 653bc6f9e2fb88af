"""The whole export of a Whisper encoder or of the log-mel front end: build, lower, check, write the file and its provenance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.backends.xnnpack.utils.configs import get_transform_passes
from executorch.exir import EdgeCompileConfig, to_edge_transform_and_lower
from torch import nn

from ..audio import read_wav
from ..errors import UserError
from ..json_file import write_json
from ..llm.fast_lowering import fast_lowering
from ..llm.progress import Progress, peak_memory_mb
from ..packages import REPOSITORY, version_of
from ..provenance import command_line, python_version, sha256_of
from ..quantize import with_dynamic_linears
from ..quiet import without_runtime_remarks
from ..recipes import RECIPES, WHISPER_RECIPES, Recipe
from ..verify import check_kernels, check_outputs, check_size
from . import mel as front_end
from .checkpoint import open_whisper
from .encoder import WhisperEncoder, from_transformers, mel_frames

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
    if options.quantization not in WHISPER_RECIPES:
        raise UserError(f"unknown quantization '{options.quantization}' for whisper; known: {', '.join(WHISPER_RECIPES)}")
    recipe = WHISPER_RECIPES[options.quantization]
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
    return _finish("whisper", module, probes, recipe, options.output, about, progress)


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
    return _finish("mel", module, probes, RECIPES["fp32"], output, about, progress)


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


def lower_encoder(module: nn.Module, example: tuple[torch.Tensor, ...], recipe: Recipe, progress: Progress) -> bytes:
    """The .pte of `module`, which is changed: its linears become those of the recipe."""
    progress.stage(f"quantizing: {recipe.text}")
    with_dynamic_linears(module, recipe)
    progress.stage("tracing")
    with torch.no_grad():
        exported = torch.export.export(module, example)
    progress.stage("lowering to XNNPACK")
    with fast_lowering(progress.stage):
        edge = to_edge_transform_and_lower(
            exported,
            partitioner=[XnnpackPartitioner()],
            transform_passes=get_transform_passes(),
            compile_config=EdgeCompileConfig(_check_ir_validity=False),
        )
        progress.stage("writing the program")
        return edge.to_executorch().buffer


def _finish(
    model: str, module: nn.Module, probes: Sequence[tuple[torch.Tensor, ...]], recipe: Recipe, output: Path,
    about: dict[str, Any], progress: Progress,
) -> dict[str, Any]:
    """Lower, check, and only then put the file and its provenance in place."""
    unchecked = output.with_name(output.name + ".unchecked")
    try:
        unchecked.write_bytes(lower_encoder(module, probes[0], recipe, progress))
        lowered = peak_memory_mb()
        progress.stage("checking the file against the eager model")
        with without_runtime_remarks():
            check_size(unchecked, module, recipe)
            kernels = check_kernels(unchecked, probes[0], recipe)
            fidelity = check_outputs(unchecked, module, probes, recipe)
        unchecked.replace(output)
    finally:
        unchecked.unlink(missing_ok=True)
    provenance = {
        "version": 1,
        "model": model,
        "quantization": recipe.name,
        "recipe": recipe.text,
        "group_size": recipe.group_size,
        "qparams_algorithm": recipe.qparams_algorithm,
        "tools": {
            "python": python_version(),
            **{name: version_of(name) for name in ("torch", "torchao", "executorch", "transformers")},
        },
        **about,
        "pte": {"file": output.name, "sha256": sha256_of(output), "bytes": output.stat().st_size},
        "check_against_eager": fidelity,
        "kernels": kernels,
        "export": {"seconds": round(progress.seconds, 1), "peak_memory_mb": round(lowered)},
        "command": command_line(),
        "created_by": "scripts/export_to_executorch.py",
    }
    write_json(output.with_name(output.name.removesuffix(".pte") + ".provenance.json"), provenance)
    print(f"{output.name}: {output.stat().st_size} bytes, {recipe.text}; {about['checkpoint_check']}")
    print(f"  against eager: max error {fidelity['max_abs_error']:.3g}, SQNR {fidelity['sqnr_db']} dB")
    print(f"  kernels: {'; '.join(name for names in kernels.values() for name in names)}")
    progress.finish("exported")
    return provenance
