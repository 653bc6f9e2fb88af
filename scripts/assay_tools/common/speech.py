"""Speech for data sets: synthesis with espeak-ng, and labels from the energy of clean speech."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import wave

import numpy as np
from scipy.signal import resample_poly

from assay_tools.common.audio import SAMPLE_RATE_HZ
from assay_tools.common.errors import UserError

Segments = list[tuple[int, int]]

FRAME_SAMPLES = 160  # 10 ms: fine enough to be well inside one 32 ms VAD chunk.
BRIDGED_GAP_SAMPLES = 3200  # 200 ms: stop consonants and word joints are part of speech.
SPEECH_LEVEL = 0.08  # RMS of the active part, about -22 dBFS: leaves room for peaks and added noise.


def espeak_version() -> str:
    """For example `1.51`; raises a UserError when espeak-ng is not installed."""
    if shutil.which("espeak-ng") is None:
        raise UserError("espeak-ng is not installed; on Debian: apt-get install espeak-ng")
    text = subprocess.run(["espeak-ng", "--version"], check=True, capture_output=True, text=True).stdout
    match = re.search(r"(\d+\.\d+(\.\d+)?)", text)
    return match.group(1) if match else text.strip()


def synthesize(text: str, voice: str, words_per_minute: int) -> np.ndarray:
    """Float32 samples of one utterance at 16 kHz, outer silence removed, scaled to SPEECH_LEVEL."""
    command = ["espeak-ng", "-v", voice, "-s", str(words_per_minute), "--stdout", text]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    # espeak-ng streams, so the sizes in its header are placeholders; the sample data runs to the end.
    with wave.open(io.BytesIO(raw), "rb") as file:
        rate = file.getframerate()
    start = raw.index(b"data") + 8
    usable = (len(raw) - start) // 2 * 2
    pcm = np.frombuffer(raw[start : start + usable], dtype="<i2") / 32768.0
    if rate != 22050:
        raise UserError(f"espeak-ng answered with {rate} Hz for voice {voice}; expected 22050 Hz")
    return scale_to_speech_level(trim(resample_poly(pcm, 320, 441)))


def trim(samples: np.ndarray) -> np.ndarray:
    """The samples without quiet at the beginning and at the end."""
    segments = active_segments(samples)
    if not segments:
        raise UserError("no speech energy found where speech was expected")
    return samples[segments[0][0] : segments[-1][1]]


def scale_to_speech_level(samples: np.ndarray) -> np.ndarray:
    """Scale so that the RMS over active speech is SPEECH_LEVEL."""
    return (samples * (SPEECH_LEVEL / active_rms(samples))).astype(np.float32)


def active_rms(samples: np.ndarray) -> float:
    """RMS over the active segments only, so that pauses do not count as quiet speech."""
    active = np.concatenate([samples[start:end] for start, end in active_segments(samples)])
    return float(np.sqrt(np.mean(np.square(active, dtype=np.float64))))


def active_segments(samples: np.ndarray, floor_db: float = -35.0) -> Segments:
    """Spans [start, end) whose 10 ms RMS lies above `floor_db` relative to the loudest frame; gaps < 200 ms bridged."""
    frames = len(samples) // FRAME_SAMPLES
    if frames == 0:
        return []
    squares = np.square(samples[: frames * FRAME_SAMPLES], dtype=np.float64).reshape(frames, FRAME_SAMPLES)
    level = np.sqrt(squares.mean(axis=1))
    if level.max() == 0.0:
        return []
    loud = np.flatnonzero(level > level.max() * 10.0 ** (floor_db / 20.0))
    spans = [(int(index) * FRAME_SAMPLES, (int(index) + 1) * FRAME_SAMPLES) for index in loud]
    return merge(spans, BRIDGED_GAP_SAMPLES)


def merge(segments: Segments, gap_samples: int) -> Segments:
    """Sorted segments, joined where less than `gap_samples` lie between them."""
    merged: Segments = []
    for start, end in sorted(segments):
        if merged and start - merged[-1][1] < gap_samples:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def seconds(value: float) -> int:
    """Samples in so many seconds."""
    return round(value * SAMPLE_RATE_HZ)
