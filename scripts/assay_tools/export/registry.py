"""The models that can be exported: one builder each. A new model is one module with a builder and one line in MODELS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from assay_tools.common.audio import read_wav
from assay_tools.common.errors import UserError
from assay_tools.common.packages import silero_source
from assay_tools.common.places import REPOSITORY
from assay_tools.export.llm.config import FAMILIES

Inputs = tuple[torch.Tensor, ...]

CALIBRATION_WAV = REPOSITORY / "datasets/vad/calibration/calibration.wav"
PROBE_WAV = REPOSITORY / "datasets/vad/human-reading.wav"


@dataclass(frozen=True)
class BuiltModel:
    """A model ready for export, with the inputs that calibrate and check it.

    `calibration` chooses ranges and must hold no test data; `probes` are test inputs and are only used to check.
    """

    module: nn.Module
    example: Inputs
    calibration: Sequence[Inputs]
    calibration_about: str
    probes: Sequence[Inputs]
    checkpoint: Path
    checkpoint_source: str
    licence: str
    checkpoint_check: str  # what was compared with the original model, and the result


def _build_silero_vad(checkpoint: Path | None) -> BuiltModel:
    from assay_tools.export import silero_vad

    path = checkpoint or silero_vad.default_checkpoint()
    module = silero_vad.build(path)
    speech = read_wav(PROBE_WAV)
    difference = silero_vad.max_difference_from_torchscript(module, path, speech)
    if difference > 1e-6:
        raise UserError(f"checkpoint {path}: the PyTorch module differs from TorchScript by {difference:.3g}")
    calibration = silero_vad.model_inputs(read_wav(CALIBRATION_WAV), module)
    probes = silero_vad.model_inputs(speech, module)
    return BuiltModel(
        module=module,
        example=probes[0],
        calibration=calibration,
        calibration_about=(
            f"{len(calibration)} chunks of datasets/vad/calibration/calibration.wav (espeak-ng voices, texts and noise "
            "that appear in no test clip), state carried by the fp32 model"
        ),
        probes=probes,
        checkpoint=path,
        checkpoint_source=silero_source(path.name) if checkpoint is None else "given by the user",
        licence="MIT (Silero Team)",
        checkpoint_check=f"max |score - TorchScript score| = {difference:g} over {len(probes)} chunks of {PROBE_WAV.name}",
    )


def _build_tiny_asr(checkpoint: Path | None) -> BuiltModel:
    from assay_tools.asr import export_model

    folder = checkpoint or export_model.MODEL_FOLDER
    module, calibration, probes = export_model.load_model(folder), export_model.calibration_mels(), export_model.probe_mels()
    return BuiltModel(
        module=module,
        example=probes[0],
        calibration=calibration,
        calibration_about=export_model.CALIBRATION_ABOUT,
        probes=probes,
        checkpoint=folder / "model.safetensors",
        checkpoint_source="datasets/models/tiny-asr/model.safetensors" if checkpoint is None else "given by the user",
        licence=export_model.LICENCE,
        checkpoint_check="every weight of model.safetensors is used, and none is missing; computed with as float32",
    )


MODELS: dict[str, Callable[[Path | None], BuiltModel]] = {
    "silero-vad": _build_silero_vad,
    "tiny-asr": _build_tiny_asr,
}


def build_model(name: str, checkpoint: Path | None) -> BuiltModel:
    """Build a model by name; `checkpoint` None means the builder's own default."""
    if name not in MODELS:
        raise UserError(f"unknown model '{name}'; known: {', '.join([*MODELS, 'whisper', 'mel', *FAMILIES])}")
    return MODELS[name](checkpoint)
