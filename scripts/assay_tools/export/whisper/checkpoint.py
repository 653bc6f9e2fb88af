"""Where Whisper weights come from: a Hugging Face folder, or a seed in a published model's shapes."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path

import torch
import transformers
from safetensors import SafetensorError
from torch import nn

from assay_tools.common.errors import UserError
from assay_tools.common.provenance import sha256_of
from assay_tools.common.quiet import without_runtime_remarks
from assay_tools.export.whisper.geometries import GEOMETRIES


@dataclass(frozen=True)
class WhisperCheckpoint:
    """A transformers WhisperEncoder and WhisperDecoder, and where they are from."""

    encoder: nn.Module
    decoder: nn.Module | None  # seeded weights have one only where it was asked for
    name: str  # for messages and provenance, without machine paths
    about: str
    seeded: bool
    files: list[dict[str, str]]

    @property
    def sha256(self) -> str:
        """Of the encoder's weights: what a golden of this model says."""
        return weights_sha256(self.encoder)


def weights_sha256(module: nn.Module) -> str:
    """Of the weights as fp32, in the order of their names."""
    digest = hashlib.sha256()
    for name, value in sorted(module.state_dict().items()):
        digest.update(name.encode())
        digest.update(value.float().contiguous().numpy().tobytes())
    return digest.hexdigest()


def open_whisper(checkpoint: Path | None, seeded: str | None, seed: int, *, decoder: bool = False) -> WhisperCheckpoint:
    """The model that --checkpoint or --seeded asks for; exactly one of them must be given. `decoder`: it is needed, too."""
    if seeded is not None and checkpoint is None:
        if seeded not in GEOMETRIES:
            raise UserError(f"--seeded {seeded}: not a known geometry of whisper; known: {', '.join(GEOMETRIES)}")
        return seeded_whisper(seeded, GEOMETRIES[seeded], seed, decoder=decoder)
    if checkpoint is not None and seeded is None:
        return _read_folder(checkpoint, ("encoder.", "decoder.") if decoder else ("encoder.",))
    raise UserError("give either --checkpoint (a Hugging Face folder) or --seeded (a geometry's name)")


def seeded_whisper(name: str, geometry: dict[str, int], seed: int, *, decoder: bool = False) -> WhisperCheckpoint:
    """Random weights: for latency, memory and agreement of runtimes, never for recognition."""
    config = transformers.WhisperConfig(**geometry)
    encoder = transformers.models.whisper.modeling_whisper.WhisperEncoder(config).eval()
    made = transformers.models.whisper.modeling_whisper.WhisperDecoder(config).eval() if decoder else None
    with torch.no_grad():
        for key, value in encoder.named_parameters():
            if not key.startswith("embed_positions"):  # sinusoids, as published
                value.copy_(_random(key, value.shape, seed))
        for key, value in made.named_parameters() if made is not None else ():
            value.copy_(_random(f"decoder.{key}", value.shape, seed))
    about = f"SEEDED RANDOM WEIGHTS (seed {seed}) in the published shapes of {name}; outputs mean nothing"
    return WhisperCheckpoint(encoder, made, name, about, True, [])


def _random(name: str, shape: torch.Size, seed: int) -> torch.Tensor:
    """A generator per tensor, so that its values depend on nothing but seed and name."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    values = torch.randn(shape, generator=torch.Generator().manual_seed(int.from_bytes(digest[:8], "little", signed=True)))
    if "layer_norm" in name and name.endswith("weight"):
        return 1.0 + 0.05 * values
    return values * (0.02 if len(shape) == 1 else 1.0 / math.sqrt(math.prod(shape[1:])))


def _read_folder(folder: Path, needed: tuple[str, ...]) -> WhisperCheckpoint:
    """config.json and safetensors, read by transformers itself; nothing is downloaded. `needed`: what must not lack a tensor."""
    config_file = folder / "config.json"
    weights = sorted(folder.glob("*.safetensors"))
    if not config_file.is_file() or not weights:
        raise UserError(f"checkpoint {folder}: needs a folder with config.json and *.safetensors")
    try:
        config = json.loads(config_file.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise UserError(f"{config_file}: not valid JSON: {error}") from error
    if not isinstance(config, dict) or config.get("model_type") != "whisper":
        kind = config.get("model_type") if isinstance(config, dict) else None
        raise UserError(f"{config_file}: model_type is {kind!r}, not 'whisper'")
    if config.get("activation_function", "gelu") != "gelu":
        raise UserError(f"{config_file}: activation_function {config['activation_function']!r} is not computed here, only 'gelu'")
    try:
        with without_runtime_remarks():
            model, report = transformers.WhisperModel.from_pretrained(
                folder, dtype=torch.float32, local_files_only=True, output_loading_info=True,
                attn_implementation="eager",
            )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise UserError(f"checkpoint {folder}: transformers does not load it: {str(error).splitlines()[0]}") from error
    if missing := sorted(name for name in report["missing_keys"] if name.startswith(needed)):
        raise UserError(f"checkpoint {folder}: tensor {missing[0]} is missing")
    files = [{"file": path.name, "sha256": sha256_of(path)} for path in (config_file, *weights)]
    about = "Hugging Face folder, computed with as fp32"
    return WhisperCheckpoint(model.encoder.eval(), model.decoder.eval(), folder.name, about, False, files)
