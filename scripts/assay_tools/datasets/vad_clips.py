"""The VAD clips, described as data and built from it. Every clip is made from speech, silence, tones and seeded noise.

Speech labels are energy labels of the CLEAN speech, taken before any noise is added, so noise never moves a label.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assay_tools.common import noise
from assay_tools.common.audio import SAMPLE_RATE_HZ, read_wav
from assay_tools.common.errors import UserError
from assay_tools.common.speech import Segments, active_rms, active_segments, merge, scale_to_speech_level, seconds, synthesize

SEED = 20240611
SHORTEST_SPEECH_SAMPLES = 960  # 60 ms: anything shorter that stands alone is a click of the microphone.

SYNTHETIC_HOW = (
    "By construction: espeak-ng utterances were placed at known positions; inside each, spans whose 10 ms RMS lies "
    "within 35 dB of its loudest frame count as speech, gaps under 200 ms bridged. Taken before noise was added."
)
HUMAN_HOW = (
    "From the energy of the recording itself: spans whose 10 ms RMS lies within {floor:.0f} dB of the loudest frame of "
    "the utterance, gaps under 200 ms bridged, single sounds under 60 ms left out. Pauses between recordings are digital "
    "silence by construction. Not "
    "labelled by hand and not by any VAD model."
)
NO_SPEECH_HOW = "By construction: the clip holds no speech."

# One line each of voice, speed in words a minute, text. The texts were written for this data set.
CLEAN = {
    "speech-clean-1": ("en-us", 160, "The night train leaves at nine, so please bring your ticket and a warm coat."),
    "speech-clean-2": ("en-us+f2", 150, "Turn left after the bakery. The garden gate is painted green and never locked."),
    "speech-clean-3": ("de+f2", 150, "Morgen früh fahren wir ans Meer. Vergiss bitte die Handtücher nicht."),
    "speech-clean-4": ("es+f3", 155, "La cocina huele a pan caliente. Mañana invitamos a los vecinos."),
}
NOISY_TEXT = ("en-gb-x-rp", 155, "Nobody noticed the rain at first. Then the whole street began to run for shelter.")
LONG_SCRIPT = [
    ("en-us", 160, "Please remind me to water the plants on Thursday."),
    ("en-us+f2", 150, "What is the shortest way to the harbour from here?"),
    ("en-gb-x-rp", 155, "Play something quiet, and turn the volume down a little."),
    ("de+f2", 150, "Wie wird das Wetter heute Abend in den Bergen?"),
    ("es+f3", 155, "Apaga la luz del pasillo, por favor."),
    ("en-us+m3", 165, "Set a timer for twelve minutes. No, make that fifteen."),
    ("en-us+Annie", 150, "The meeting moved to the small room on the third floor."),
    ("en-us-nyc", 160, "Read me the last message again, slowly this time."),
]
CALIBRATION_SCRIPT = [
    ("en-029", 150, "A basket of oranges stood under the open window."),
    ("it+f1", 155, "Domani compro le mele e il formaggio al mercato."),
    ("en-gb-scotland", 150, "Seven boats came back before the storm reached the shore."),
    ("fr", 150, "Le chat dort encore sur la chaise de mon oncle."),
    ("en-029+f1", 165, "Could you open the second drawer and hand me the scissors?"),
    ("pt", 150, "O relógio da cozinha parou ontem à noite."),
]


@dataclass(frozen=True)
class Clip:
    """One finished clip. `segments` are spans of speech [start, end) in samples; `how` says how they are known."""

    name: str
    samples: np.ndarray
    segments: Segments
    how: str
    about: str
    licence: str = "generated for this repository, under its licence"


@dataclass
class Timeline:
    """Clean speech put down piece by piece, with its labels."""

    pieces: list[np.ndarray] = field(default_factory=list)
    segments: Segments = field(default_factory=list)
    length: int = 0

    def pause(self, duration_s: float) -> None:
        """Digital silence."""
        self.add(np.zeros(seconds(duration_s), dtype=np.float32), [])

    def speak(self, speech: np.ndarray, floor_db: float = -35.0) -> None:
        """An utterance; its active spans become labels."""
        spans = active_segments(speech, floor_db)
        self.add(speech, [span for span in spans if span[1] - span[0] >= SHORTEST_SPEECH_SAMPLES])

    def add(self, samples: np.ndarray, segments: Segments) -> None:
        self.segments += [(start + self.length, end + self.length) for start, end in segments]
        self.pieces.append(samples)
        self.length += len(samples)

    def samples(self) -> np.ndarray:
        return np.concatenate(self.pieces)

    def labels(self) -> Segments:
        return merge(self.segments, 1)


def generator(clip: str) -> np.random.Generator:
    """A generator of its own for each clip, so that adding a clip changes no other."""
    return np.random.default_rng([SEED, *clip.encode()])


def no_speech_clips() -> list[Clip]:
    """Silence, noise and tones: a VAD must stay quiet on all of them."""
    count = seconds(6.0)
    tones = Timeline()
    for frequency in (200.0, 440.0, 1000.0, 3000.0):
        tones.add(noise.tone(frequency, seconds(0.8), 0.1), [])
        tones.pause(0.2)
    tones.add(noise.sweep(100.0, 7000.0, seconds(2.0), 0.1), [])
    return [
        Clip("silence-digital", np.zeros(count, dtype=np.float32), [], NO_SPEECH_HOW, "6 s of zeros"),
        Clip("noise-white", noise.white(generator("noise-white"), count, 0.05), [], NO_SPEECH_HOW,
             "6 s of Gaussian white noise, RMS -26 dBFS"),
        Clip("noise-pink", noise.pink(generator("noise-pink"), count, 0.05), [], NO_SPEECH_HOW,
             "6 s of pink noise, RMS -26 dBFS"),
        Clip("tones", tones.samples(), [], NO_SPEECH_HOW,
             "sines of 200, 440, 1000 and 3000 Hz, then a sweep from 100 to 7000 Hz"),
    ]


def clean_timeline(voice: str, speed: int, text: str) -> Timeline:
    """Half a second of silence, one utterance, half a second of silence."""
    timeline = Timeline()
    timeline.pause(0.5)
    timeline.speak(synthesize(text, voice, speed))
    timeline.pause(0.5)
    return timeline


def clean_clips() -> list[Clip]:
    """Synthetic speech in digital silence."""
    clips = []
    for name, (voice, speed, text) in CLEAN.items():
        timeline = clean_timeline(voice, speed, text)
        about = f"espeak-ng voice {voice}, no noise: {text}"
        clips.append(Clip(name, timeline.samples(), timeline.labels(), SYNTHETIC_HOW, about))
    return clips


def noisy_clips() -> list[Clip]:
    """The same utterance in pink noise at three levels, so that the level is the only thing that changes."""
    timeline = clean_timeline(*NOISY_TEXT)
    clean = timeline.samples()
    clips = []
    for snr_db in (10, 5, 0):
        name = f"speech-noise-{snr_db}db"
        rms = active_rms(clean) * 10.0 ** (-snr_db / 20.0)
        mixed = clean + noise.pink(generator("speech-noise"), len(clean), rms)
        about = f"espeak-ng voice {NOISY_TEXT[0]} in pink noise, {snr_db} dB active speech to noise: {NOISY_TEXT[2]}"
        clips.append(Clip(name, mixed, timeline.labels(), SYNTHETIC_HOW, about))
    return clips


def human_clips(testdata: Path) -> list[Clip]:
    """Real recordings out of the Debian package pocketsphinx-testdata. `testdata` is its folder `test/data`."""
    floor_db = -30.0
    reading = Timeline()
    for number in ("0870",):
        reading.speak(_recording(testdata / f"librivox/sense_and_sensibility_01_austen_64kb-{number}.wav"), floor_db)
    commands = Timeline()
    for name in ("goforward.raw", "cards/001.wav", "something.raw"):
        commands.pause(0.4)
        commands.speak(_recording(testdata / name), floor_db)
    licence = "BSD-2-Clause (pocketsphinx-testdata, Carnegie Mellon University and Alpha Cephei)"
    how = HUMAN_HOW.format(floor=-floor_db)
    return [
        Clip("human-reading", reading.samples(), reading.labels(), how,
             "a LibriVox reader, Sense and Sensibility, test clip 0870 of pocketsphinx-testdata, level normalised",
             licence + "; the LibriVox reading itself is in the public domain"),
        Clip("human-commands", commands.samples(), commands.labels(), how,
             "pocketsphinx-testdata goforward, cards/001 and something, 0.4 s of digital silence before each, "
             "levels normalised", licence),
    ]


def _recording(path: Path) -> np.ndarray:
    """A 16 kHz recording (.wav, or .raw = 16-bit little-endian) at SPEECH_LEVEL."""
    if not path.is_file():
        raise UserError(f"{path}: not found; --human-speech must be the folder test/data of pocketsphinx-testdata")
    if path.suffix == ".raw":
        samples = np.frombuffer(path.read_bytes(), dtype="<i2").astype(np.float32) / np.float32(32768.0)
    else:
        samples = read_wav(path)
    return scale_to_speech_level(samples)


def long_clip(duration_s: float = 184.0) -> Clip:
    """Speech, pauses and a background that changes every 23 s: long enough for a drifting state to show."""
    name = "long-mixed"
    rng = generator(name)
    total = seconds(duration_s)
    utterances = [synthesize(text, voice, speed) for voice, speed, text in LONG_SCRIPT]
    timeline = Timeline()
    timeline.pause(1.0)
    turn = 0
    while timeline.length + max(len(item) for item in utterances) + seconds(1.0) < total:
        gain = float(rng.uniform(0.4, 1.2))
        timeline.speak((utterances[turn % len(utterances)] * gain).astype(np.float32))
        timeline.pause(float(rng.uniform(0.5, 5.0)))
        turn += 1
    timeline.add(np.zeros(total - timeline.length, dtype=np.float32), [])
    samples = timeline.samples() + _changing_background(rng, total)
    about = (
        "184 s: eight espeak-ng voices, pauses of 0.5 to 5 s, background changing every 23 s "
        "(none, white and pink noise at -54 to -30 dBFS, a faint 1 kHz tone)"
    )
    return Clip(name, samples, timeline.labels(), SYNTHETIC_HOW, about)


def _changing_background(rng: np.random.Generator, total: int) -> np.ndarray:
    background = np.zeros(total, dtype=np.float32)
    block = seconds(23.0)
    kinds = ["none", "white", "pink", "tone", "pink", "none", "white", "pink"]
    levels = [0.0, 0.002, 0.01, 0.003, 0.03, 0.0, 0.01, 0.02]
    for index, (kind, rms) in enumerate(zip(kinds, levels, strict=True)):
        part = slice(index * block, min((index + 1) * block, total))
        count = part.stop - part.start
        if kind == "white":
            background[part] = noise.white(rng, count, rms)
        elif kind == "pink":
            background[part] = noise.pink(rng, count, rms)
        elif kind == "tone":
            background[part] = noise.tone(1000.0, count, rms)
    return background


def calibration_audio() -> np.ndarray:
    """Audio for choosing INT8 ranges: other voices, texts and seed than every test clip; clean, noisy, loud and quiet."""
    rng = generator("calibration")
    pieces = [np.zeros(seconds(0.5), dtype=np.float32)]
    conditions = [(1.0, 60.0), (0.25, 30.0), (2.0, 60.0), (1.0, 15.0), (0.5, 5.0), (1.0, 10.0)]
    for (voice, speed, text), (gain, snr_db) in zip(CALIBRATION_SCRIPT, conditions, strict=True):
        speech = synthesize(text, voice, speed) * np.float32(gain)
        padded = np.concatenate([np.zeros(seconds(0.3)), speech, np.zeros(seconds(0.3))])
        pieces.append(padded + noise.pink(rng, len(padded), active_rms(speech) * 10.0 ** (-snr_db / 20.0)))
    pieces.append(noise.white(rng, seconds(1.0), 0.03))
    return np.clip(np.concatenate(pieces), -1.0, 32767.0 / 32768.0).astype(np.float32)


def build_clips(testdata: Path) -> list[Clip]:
    """All clips, in the order of the suite."""
    return no_speech_clips() + clean_clips() + noisy_clips() + human_clips(testdata) + [long_clip()]


def duration_s(clip: Clip) -> float:
    """Length of a clip."""
    return len(clip.samples) / SAMPLE_RATE_HZ
