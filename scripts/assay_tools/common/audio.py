"""WAV and FLAC files and VAD chunks. Audio is float32 in [-1, 1): 16-bit PCM value / 32768, mono, 16 kHz."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assay_tools.common.errors import UserError

SAMPLE_RATE_HZ = 16000
CHUNK_SAMPLES = 512
CONTEXT_SAMPLES = 64
LONG_CLIP_S = 60.0  # longer clips are committed as FLAC, and their goldens keep fewer states


def write_wav(path: Path, samples: np.ndarray) -> None:
    """Write float32 samples as 16-bit PCM, rounded half to even and clipped."""
    pcm = np.clip(np.round(np.asarray(samples, dtype=np.float64) * 32768.0), -32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(pcm.tobytes())


def write_flac(path: Path, samples: np.ndarray) -> None:
    """The same in half the bytes, for long recordings."""
    import soundfile  # not needed by who deals with WAV only

    pcm = np.clip(np.round(np.asarray(samples, dtype=np.float64) * 32768.0), -32768, 32767).astype(np.int16)
    soundfile.write(path, pcm, SAMPLE_RATE_HZ, subtype="PCM_16", format="FLAC", compression_level=1.0)


def read_audio(path: Path) -> np.ndarray:
    """Samples of a WAV or FLAC file, as read_wav()."""
    if path.suffix != ".flac":
        return read_wav(path)
    import soundfile

    try:
        samples, rate = soundfile.read(path, dtype="int16")
    except (OSError, RuntimeError) as error:
        raise UserError(f"{path}: not a readable FLAC file ({error})") from error
    if rate != SAMPLE_RATE_HZ or samples.ndim != 1:
        raise UserError(f"{path}: {rate} Hz, {samples.ndim} dimension(s); needed are 16000 Hz, 1 channel")
    return samples.astype(np.float32) / np.float32(32768.0)


def read_wav(path: Path) -> np.ndarray:
    """Samples of a 16 kHz mono 16-bit PCM WAV file as float32 [samples]. Anything else is refused, never converted."""
    if not path.is_file():
        raise UserError(f"{path}: no such WAV file")
    try:
        with wave.open(str(path), "rb") as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise UserError(f"{path}: not a PCM WAV file ({error}). {_conversion_advice(path)}") from error
    if (rate, channels, width) != (SAMPLE_RATE_HZ, 1, 2):
        raise UserError(
            f"{path}: {rate} Hz, {channels} channel(s), {8 * width} bits; "
            f"needed are 16000 Hz, 1 channel, 16 bits. {_conversion_advice(path)}"
        )
    if not frames:
        raise UserError(f"{path}: the WAV file holds no samples")
    return np.frombuffer(frames, dtype="<i2").astype(np.float32) / np.float32(32768.0)


def _conversion_advice(path: Path) -> str:
    target = path.with_name(path.stem + "-16k.wav").name
    return (
        "Convert it with one of:\n"
        f"  ffmpeg -i {path.name} -ar 16000 -ac 1 -c:a pcm_s16le {target}\n"
        f"  sox {path.name} -r 16000 -c 1 -b 16 {target}"
    )


def chunks_with_context(samples: np.ndarray) -> Iterator[np.ndarray]:
    """Model inputs f32 [1, 576]: the last 64 samples of the chunk before (zeros at first), then 512 new ones.

    The last chunk is padded with zeros, so a clip of n samples gives ceil(n / 512) chunks.
    """
    count = -(-len(samples) // CHUNK_SAMPLES)
    padded = np.zeros(CONTEXT_SAMPLES + count * CHUNK_SAMPLES, dtype=np.float32)
    padded[CONTEXT_SAMPLES : CONTEXT_SAMPLES + len(samples)] = samples
    for index in range(count):
        start = index * CHUNK_SAMPLES
        yield padded[start : start + CONTEXT_SAMPLES + CHUNK_SAMPLES][None, :]
