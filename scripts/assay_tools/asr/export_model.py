"""The trained recogniser from its folder, and the mels that choose INT8 ranges and that check a finished file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from assay_tools.asr.features import log_mel, read_test_noise
from assay_tools.asr.held_out import read_test_set
from assay_tools.asr.model import Shape, TinyAsr
from assay_tools.asr.noises import training_noises
from assay_tools.asr.scoring import as_floats, heard
from assay_tools.asr.synthesis import LICENCE as SPEECH_LICENCE
from assay_tools.asr.synthesis import Part, synthesise
from assay_tools.asr.voices import ACCENTS
from assay_tools.common.errors import UserError
from assay_tools.common.places import REPOSITORY

MODEL_FOLDER = REPOSITORY / "datasets/models/tiny-asr"
TEST_NOISE = REPOSITORY / "datasets/vad/noise-pink.wav"
LICENCE = f"weights Apache-2.0 as this repository; trained on {SPEECH_LICENCE}"
CALIBRATION = Part("training", 96, ACCENTS, 4)
CALIBRATION_SNR_DB = (None, 20.0, 10.0, 0.0)
CALIBRATION_ABOUT = (
    f"{CALIBRATION.count} utterances of training sentences by training voices, a quarter each clean and in training noises at "
    "20, 10 and 0 dB; no test sentence, voice or noise"
)
PROBES = 12

Inputs = tuple[torch.Tensor, ...]


def _input(mel: np.ndarray) -> Inputs:
    return (torch.from_numpy(mel)[None],)


def load_model(folder: Path) -> TinyAsr:
    """The network of config.json with the weights of model.safetensors, in float32, ready to run."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        weights = load_file(folder / "model.safetensors")
    except (OSError, ValueError) as error:
        raise UserError(f"checkpoint {folder}: needs a folder with config.json and model.safetensors: {error}") from error
    sizes = {name: config[name] for name in Shape.__dataclass_fields__ if name in config}
    model = TinyAsr(Shape(**sizes | {"bias_slopes": tuple(sizes["bias_slopes"])}))
    try:
        model.load_state_dict({name: weight.float() for name, weight in weights.items()})
    except RuntimeError as error:
        raise UserError(f"checkpoint {folder}: its weights are not those of its config.json: {error}") from error
    return model.eval()


def load_vocabulary(folder: Path = MODEL_FOLDER) -> list[str]:
    """Words by id."""
    return json.loads((folder / "vocab.json").read_text(encoding="utf-8"))["words"]


def calibration_mels() -> list[Inputs]:
    """Model inputs of speech that no test hears; needs espeak-ng."""
    utterances = [as_floats(entry) for entry in synthesise(CALIBRATION)]
    noises = training_noises(utterances)
    return [
        _input(log_mel(heard(samples, index, noises[index % len(noises)], CALIBRATION_SNR_DB[index % len(CALIBRATION_SNR_DB)])))
        for index, samples in enumerate(utterances)
    ]


def probe_mels() -> list[Inputs]:
    """The first test utterances, half of them in noise at 10 dB."""
    noise = read_test_noise(TEST_NOISE)
    return [
        _input(log_mel(heard(entry.samples, index, noise, 10.0 if index % 2 else None)))
        for index, entry in enumerate(read_test_set()[:PROBES])
    ]
