"""What the black-box tests share: running the program, making suites for the fake engine.

The fake engine (tests/fakes/fake_engine.h) turns a JSON script into a model:
    score = 0.5 + 0.5 * last,   h = 0.5 * h + last,   c = 0.5 * c + last,
with `last` the newest sample of the chunk. `golden_for` computes the same here, on its own.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import sqlite3
import struct
import subprocess
import tempfile
import unittest
import wave
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
CHUNK = 512
STATE = 128
KEEP = "keep artefacts"  # an argument that is for lean() alone
REFERENCE_SHA256 = "0" * 64


def program(name: str) -> str:
    """Path of a built program, from the environment variable that ctest sets."""
    path = os.environ.get(name)
    if not path:
        raise SystemExit(f"{name} is not set; run this through ctest")
    return path


def lean(arguments: tuple[object, ...]) -> list[str]:
    """As given, but a run does not keep 100 MB of program in each test's folder unless that is the test."""
    words = list(map(str, arguments))
    if words[:1] == ["run"] and KEEP not in words and "--help" not in words:
        words.append("--no-artifacts")
    return [word for word in words if word != KEEP]


def make_samples(count: int) -> list[int]:
    """A 16-bit sine that crosses the decision threshold many times."""
    return [round(20000 * math.sin(i / 700.0)) for i in range(count)]


def write_wav(path: Path, samples: list[int], rate: int = 16000, channels: int = 1, width: int = 2) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        shift = 8 * (width - 2)
        data = b"".join((s << shift).to_bytes(width, "little", signed=True) for s in samples)
        out.writeframes(data)


def write_safetensors(path: Path, tensors: dict[str, tuple[list[int], list[float]]], metadata: dict[str, str]) -> None:
    header: dict = {"__metadata__": metadata}
    body = b""
    for name, (shape, values) in tensors.items():
        data = struct.pack(f"<{len(values)}f", *values)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def golden_for(samples: list[int]) -> dict[str, tuple[list[int], list[float]]]:
    count = (len(samples) + CHUNK - 1) // CHUNK
    padded = samples + [0] * (count * CHUNK - len(samples))
    scores, states, state = [], [], 0.0
    for i in range(count):
        last = padded[(i + 1) * CHUNK - 1] / 32768
        scores.append(0.5 + 0.5 * last)
        state = 0.5 * state + last
        states.extend([state] * STATE)
    return {"scores": ([count], scores), "state_h": ([count, STATE], states), "state_c": ([count, STATE], states)}


def tensor(name: str, shape: list[int]) -> dict:
    return {"name": name, "dtype": "float32", "shape": shape}


MODEL_INPUTS = [tensor("chunk", [1, 576]), tensor("h", [1, STATE]), tensor("c", [1, STATE])]
MODEL_OUTPUTS = [tensor("score", [1, 1]), tensor("h", [1, STATE]), tensor("c", [1, STATE])]


class CliTest(unittest.TestCase):
    """A private folder, a suite to play with, and the programs."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="assay-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.db = self.folder / "results.db"

    def run_assay(self, *arguments: object, fake: bool = False, timeout: float = 120, **options) -> subprocess.CompletedProcess:
        command = [program("ASSAY_FAKE" if fake else "ASSAY"), *lean(arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout, cwd=self.folder, **options)

    def fake_model(self, name: str, **script) -> dict:
        """Writes a fake .pte and returns its entry in a manifest."""
        path = self.folder / f"{name}.pte"
        path.write_text(json.dumps({"inputs": MODEL_INPUTS, "outputs": MODEL_OUTPUTS, "latency_us": 20, **script}))
        return {"name": name, "pte": path.name, "recipe": f"{name}, scripted"}

    def case(self, name: str, samples: list[int] | None = None, **metadata: str) -> dict:
        """Writes WAV and golden of a case and returns its entry in a manifest."""
        samples = make_samples(20 * CHUNK) if samples is None else samples
        wav = self.folder / f"{name}.wav"
        write_wav(wav, samples)
        provenance = {
            "kind": "golden", "task": "vad", "model": "fake", "model_sha256": REFERENCE_SHA256,
            "wav_sha256": hashlib.sha256(wav.read_bytes()).hexdigest(), "runtime": "python", "sample_rate_hz": "16000",
            "chunk_samples": str(CHUNK), "context_samples": "64", **metadata,
        }
        write_safetensors(self.folder / f"{name}.safetensors", golden_for(samples), provenance)
        return {"name": name, "wav": wav.name, "golden": f"{name}.safetensors"}

    def suite(self, variants: list[dict], cases: list[dict], **overrides) -> Path:
        manifest = {
            "version": 1, "name": "fake", "description": "scripted models", "task": "vad",
            "model": {
                "name": "fake", "weights": "seeded", "inputs": MODEL_INPUTS, "outputs": MODEL_OUTPUTS,
                "state": [{"input": "h", "output": "h"}, {"input": "c", "output": "c"}], "variants": variants,
            },
            "reference": {"runtime": "python", "model_sha256": REFERENCE_SHA256},
            "vad": {"sample_rate_hz": 16000, "chunk_samples": CHUNK, "context_samples": 64, "threshold": 0.5},
            "measure": {"min_time_s": 0.02, "warmup_runs": 2, "timeout_s": 10},
            "cases": cases,
            "thresholds": [{"metric": "score_max_abs_error", "max": 1e-6}],
            **overrides,
        }
        path = self.folder / "suite.json"
        path.write_text(json.dumps(manifest))
        return path

    def query(self, sql: str, *parameters: object) -> list[tuple]:
        connection = sqlite3.connect(self.db)
        try:
            return connection.execute(sql, parameters).fetchall()
        finally:
            connection.close()

    def cells(self) -> dict[tuple[str, str], tuple[str, str, str]]:
        """(case, variant) -> (status, stage, reason)."""
        rows = self.query("SELECT case_name, variant, status, stage, reason FROM cell")
        return {(case, variant): (status, stage, reason) for case, variant, status, stage, reason in rows}

    def assert_exit(self, result: subprocess.CompletedProcess, code: int) -> None:
        self.assertEqual(result.returncode, code, f"stdout:\n{result.stdout}\nstderr:\n{result.stderr}")


def main() -> None:
    unittest.main(verbosity=2)
