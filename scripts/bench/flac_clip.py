"""A clip as the WAV file that tests/bench/bare_loop reads, whatever it is stored as.

FLAC is decoded by libsndfile, which assay itself needs, so it is there wherever assay is.
"""

from __future__ import annotations

import ctypes
import wave
from pathlib import Path

import bench_tools as tools

_READ = 0x10
_CHUNK_FRAMES = 65536


class _Info(ctypes.Structure):
    _fields_ = [
        ("frames", ctypes.c_int64),
        ("samplerate", ctypes.c_int),
        ("channels", ctypes.c_int),
        ("format", ctypes.c_int),
        ("sections", ctypes.c_int),
        ("seekable", ctypes.c_int),
    ]


def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL("libsndfile.so.1")
    except OSError:
        tools.skip("libsndfile is not installed; scripts/bootstrap build installs it")
    library.sf_open.restype = ctypes.c_void_p
    library.sf_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(_Info)]
    library.sf_readf_short.restype = ctypes.c_int64
    library.sf_readf_short.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
    library.sf_close.argtypes = [ctypes.c_void_p]
    return library


def _decode(source: Path, target: Path) -> None:
    library, info = _library(), _Info()
    sound = library.sf_open(str(source).encode(), _READ, ctypes.byref(info))
    if not sound:
        tools.fail(f"{source} cannot be decoded")
    try:
        with wave.open(str(target), "wb") as wav:
            wav.setparams((info.channels, 2, info.samplerate, 0, "NONE", ""))
            chunk = (ctypes.c_int16 * (_CHUNK_FRAMES * info.channels))()
            while (frames := library.sf_readf_short(sound, chunk, _CHUNK_FRAMES)) > 0:
                wav.writeframes(memoryview(chunk).cast("B")[: frames * info.channels * 2])
    finally:
        library.sf_close(sound)


def wav_of(case: str, folder: Path) -> Path:
    """The clip of a case of the VAD suite; decoded into `folder` if it is stored as FLAC."""
    wav, flac = tools.CLIPS / f"{case}.wav", tools.CLIPS / f"{case}.flac"
    if wav.exists():
        return wav
    if not flac.exists():
        tools.fail(f"{tools.CLIPS} has neither {wav.name} nor {flac.name}")
    decoded = folder / wav.name
    if not decoded.exists():
        _decode(flac, decoded)
    return decoded


def steps_of(wav: Path, samples_a_step: int = 512) -> int:
    """Number of chunks that a clip is played in, the last one filled up."""
    with wave.open(str(wav), "rb") as clip:
        return -(-clip.getnframes() // samples_a_step)
