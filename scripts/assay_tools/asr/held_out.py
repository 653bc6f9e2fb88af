"""The committed test utterances: one FLAC file, and a list of what is where in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from assay_tools.asr.signal import SAMPLE_RATE_HZ
from assay_tools.asr.synthesis import Utterance
from assay_tools.common.errors import UserError
from assay_tools.common.json_file import write_json
from assay_tools.common.places import REPOSITORY
from assay_tools.common.provenance import sha256_of

FOLDER = REPOSITORY / "datasets/asr"
COUNT = 60
LONGEST_SAMPLES = 3 * SAMPLE_RATE_HZ  # keeps the file below 2 MB; 4 s would fit into the model's window


@dataclass(frozen=True)
class TestUtterance:
    """One line of test.json with its samples, float32 in [-1, 1)."""

    name: str
    text: str
    samples: np.ndarray


def choose(utterances: Sequence[Utterance]) -> list[Utterance]:
    """The first COUNT that are short enough."""
    return [entry for entry in utterances if len(entry.samples) <= LONGEST_SAMPLES][:COUNT]


def utterance_name(index: int) -> str:
    """For example `t007`."""
    return f"t{index:03}"


def write_test_set(utterances: Sequence[Utterance], folder: Path) -> int:
    """test.flac and test.json; returns the bytes of the audio."""
    audio = folder / "test.flac"
    samples = np.concatenate([entry.samples for entry in utterances])
    soundfile.write(audio, samples, SAMPLE_RATE_HZ, subtype="PCM_16", format="FLAC", compression_level=1.0)
    ends = np.cumsum([len(entry.samples) for entry in utterances])
    listed = [
        {
            "name": utterance_name(index),
            "start": int(end) - len(entry.samples),
            "samples": len(entry.samples),
            "text": entry.text,
        }
        for index, (entry, end) in enumerate(zip(utterances, ends, strict=True))
    ]
    document = {"audio": audio.name, "audio_sha256": sha256_of(audio), "sample_rate_hz": SAMPLE_RATE_HZ, "utterances": listed}
    write_json(folder / "test.json", document)
    return audio.stat().st_size


def read_test_set(path: Path = FOLDER / "test.json") -> list[TestUtterance]:
    """The utterances of a test.json, whose audio must be the file it was written for."""
    document = json.loads(path.read_text(encoding="utf-8"))
    audio = path.parent / document["audio"]
    if sha256_of(audio) != document["audio_sha256"]:
        raise UserError(
            f"{audio.name} is not the file that {path.name} describes; make both again with scripts/make/make_asr_dataset.py"
        )
    samples, rate = soundfile.read(audio, dtype="int16")
    if rate != document["sample_rate_hz"] or samples.ndim != 1:
        wanted = f"needed is one channel at {document['sample_rate_hz']} Hz"
        raise UserError(f"{audio.name}: {rate} Hz, {samples.ndim} dimension(s); {wanted}")
    floats = samples.astype(np.float32) / np.float32(32768.0)
    return [
        TestUtterance(entry["name"], entry["text"], floats[entry["start"] : entry["start"] + entry["samples"]])
        for entry in document["utterances"]
    ]
