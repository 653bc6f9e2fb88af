"""Spoken commands: sentences of the grammar by espeak-ng voices, 16-bit samples at 16 kHz, made by two processes and kept.

What an utterance is follows from its split, its number and SEED alone, so the number of processes changes nothing.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from assay_tools.asr.grammar import draw_sentences
from assay_tools.asr.signal import SAMPLE_RATE_HZ, WINDOW_SAMPLES
from assay_tools.asr.voices import ACCENTS, UNSEEN_ACCENTS, Speaker, draw_speaker
from assay_tools.common.errors import UserError
from assay_tools.common.speech import active_segments, espeak_version, scale_to_speech_level

SEED = 20261121
PROCESSES = 2
ESPEAK_RATE_HZ = 22050
MARGIN_SAMPLES = SAMPLE_RATE_HZ * 8 // 100  # 80 ms around the loud part: quiet consonants at the ends stay in
LICENCE = "speech made by espeak-ng (GPL-3.0-or-later; the licence is of the program, not of what it says): as this repository"


@dataclass(frozen=True)
class Part:
    """A set of utterances: the split that its sentences and variants are of, how many, and in which accents."""

    split: str
    count: int
    accents: tuple[str, ...]
    seed: int


PARTS = {
    "training": Part("training", 9000, ACCENTS, 0),
    "development": Part("development", 300, ACCENTS, 1),
    "test": Part("test", 400, ACCENTS, 2),
    "accents": Part("test", 100, UNSEEN_ACCENTS, 3),
}


@dataclass(frozen=True)
class Utterance:
    """16-bit samples and what was said, by whom."""

    text: str
    speaker: Speaker
    samples: np.ndarray


def speak(text: str, speaker: Speaker) -> np.ndarray:
    """int16 samples of one utterance, silence at both ends cut to MARGIN_SAMPLES, at the level of all data sets here."""
    command = [
        "espeak-ng", "-v", speaker.voice, "-s", str(speaker.words_per_minute), "-p", str(speaker.pitch),
        "-g", str(speaker.word_gap), "--stdout", text,
    ]
    done = subprocess.run(command, capture_output=True)
    if done.returncode != 0 or not done.stdout:
        raise UserError(f"{' '.join(command[:-1])} failed: {done.stderr.decode(errors='replace').strip()[-200:]}")
    raw = done.stdout
    with wave.open(io.BytesIO(raw), "rb") as file:
        rate = file.getframerate()
    if rate != ESPEAK_RATE_HZ:
        raise UserError(f"espeak-ng answered with {rate} Hz for voice {speaker.voice}; expected {ESPEAK_RATE_HZ} Hz")
    # espeak-ng streams, so the sizes in its header are placeholders; the sample data runs to the end.
    start = raw.index(b"data") + 8
    pcm = np.frombuffer(raw[start : start + (len(raw) - start) // 2 * 2], dtype="<i2") / 32768.0
    samples = resample_poly(pcm, 320, 441)
    loud = active_segments(samples)
    if not loud:
        raise UserError(f"voice {speaker.voice} said nothing for {text!r}")
    samples = samples[max(0, loud[0][0] - MARGIN_SAMPLES) : loud[-1][1] + MARGIN_SAMPLES]
    scaled = scale_to_speech_level(samples).astype(np.float64)
    return np.clip(np.round(scaled * 32768.0), -32768, 32767).astype(np.int16)


def _speak_planned(planned: tuple[str, Speaker, Speaker]) -> Utterance:
    text, speaker, faster = planned
    samples = speak(text, speaker)
    if len(samples) > WINDOW_SAMPLES:
        # Long strings of digits by slow voices: said by a voice of the same split at the highest rate.
        speaker = faster
        samples = speak(text, faster)
    return Utterance(text, speaker, samples[:WINDOW_SAMPLES])


def plan(part: Part) -> list[tuple[str, Speaker, Speaker]]:
    """Sentence, speaker, and the same speaker at 200 words a minute, of each utterance."""
    random = np.random.default_rng([SEED, part.seed])
    planned = []
    for text in draw_sentences(part.split, part.count, random):
        speaker = draw_speaker(part.split, random, part.accents)
        planned.append((text, speaker, Speaker(speaker.voice, 200, speaker.pitch, 0)))
    return planned


def synthesise(part: Part) -> list[Utterance]:
    """All utterances of a part, in their order."""
    espeak_version()
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        return pool.map(_speak_planned, plan(part), chunksize=50)


def load_part(name: str, folder: Path) -> list[Utterance]:
    """A part from `folder`, made there first where it is missing or was made by other rules."""
    key = json.dumps([str(PARTS[name]), SEED, espeak_version(), [str(entry) for entry in plan(PARTS[name])]])
    path = folder / f"{name}.npz"
    if path.is_file():
        with np.load(path) as stored:
            if str(stored["key"]) == key:
                ends = np.cumsum(stored["lengths"])
                parts = np.split(stored["samples"], ends[:-1])
                speakers = [Speaker(*fields) for fields in json.loads(str(stored["speakers"]))]
                texts = json.loads(str(stored["texts"]))
                return [Utterance(*fields) for fields in zip(texts, speakers, parts, strict=True)]
    print(f"speaking {PARTS[name].count} utterances of {name} ...", flush=True)
    utterances = synthesise(PARTS[name])
    folder.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part.npz")
    np.savez(
        partial,
        key=key,
        lengths=np.array([len(entry.samples) for entry in utterances]),
        samples=np.concatenate([entry.samples for entry in utterances]),
        texts=json.dumps([entry.text for entry in utterances]),
        speakers=json.dumps([list(vars(entry.speaker).values()) for entry in utterances]),
    )
    partial.replace(path)
    return utterances
