"""The reference for VAD goldens: the ONNX model of silero-vad in ONNX Runtime, chunk by chunk, checked with TorchScript."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from assay_tools.common.audio import CHUNK_SAMPLES, CONTEXT_SAMPLES, SAMPLE_RATE_HZ, chunks_with_context, read_audio
from assay_tools.common.errors import UserError
from assay_tools.common.packages import silero_file, silero_source, version_of
from assay_tools.common.provenance import command_line, sha256_of
from assay_tools.common.safetensors_file import write_safetensors

ONNX_FILE = "silero_vad.onnx"
HIDDEN = 128


@dataclass(frozen=True)
class VadOutputs:
    """scores [N], state_h [N, 128], state_c [N, 128], all float32; the state is the one AFTER the chunk."""

    scores: np.ndarray
    state_h: np.ndarray
    state_c: np.ndarray


class OnnxReference:
    """The 16 kHz path of the ONNX model on one thread."""

    def __init__(self) -> None:
        self.path = silero_file(ONNX_FILE)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(self.path), options, providers=["CPUExecutionProvider"])
        self.sha256 = sha256_of(self.path)

    def run(self, samples: np.ndarray) -> VadOutputs:
        """Scores and states of a clip, from a zero state."""
        rate = np.array(SAMPLE_RATE_HZ, dtype=np.int64)
        state = np.zeros((2, 1, HIDDEN), dtype=np.float32)
        scores, states = [], []
        for chunk in chunks_with_context(samples):
            score, state = self._session.run(None, {"input": chunk, "state": state, "sr": rate})
            scores.append(score[0, 0])
            states.append(state[:, 0, :])
        stacked = np.stack(states)
        return VadOutputs(np.array(scores, dtype=np.float32), stacked[:, 0].copy(), stacked[:, 1].copy())


def torchscript_scores(samples: np.ndarray) -> np.ndarray:
    """Scores [N] of the TorchScript model, which carries context and state itself."""
    model = torch.jit.load(str(silero_file("silero_vad.jit")), map_location="cpu").eval()
    model.reset_states()
    with torch.no_grad():
        return np.array(
            [
                float(model(torch.from_numpy(chunk[:, CONTEXT_SAMPLES:].copy()), SAMPLE_RATE_HZ))
                for chunk in chunks_with_context(samples)
            ],
            dtype=np.float32,
        )


# Both runtimes compute in float32 with kernels of their own; more than this means that one of them is wrong.
MAX_TORCHSCRIPT_DIFFERENCE = 1e-4


def write_golden(reference: OnnxReference, wav: Path, golden: Path, licence: str, state_stride: int = 1) -> float:
    """Write the golden of one WAV; returns the largest score difference between ONNX Runtime and TorchScript.

    Of the states those of every `state_stride`-th chunk are kept: they are 99 % of the file, and drift slowly.
    """
    samples = read_audio(wav)
    outputs = reference.run(samples)
    difference = float(np.abs(outputs.scores - torchscript_scores(samples)).max())
    if difference > MAX_TORCHSCRIPT_DIFFERENCE:
        raise UserError(f"{wav}: ONNX Runtime and TorchScript differ by {difference:.3g}; no golden was written")
    metadata = {
        "kind": "golden",
        "task": "vad",
        "model": "silero-vad",
        "model_sha256": reference.sha256,
        "model_source": silero_source(ONNX_FILE),
        "wav_sha256": sha256_of(wav),
        "runtime": f"onnxruntime {version_of('onnxruntime')}",
        "torchscript_max_abs_diff": f"{difference:.3e}",
        "command": command_line(),
        "licence": licence,
        "sample_rate_hz": str(SAMPLE_RATE_HZ),
        "chunk_samples": str(CHUNK_SAMPLES),
        "context_samples": str(CONTEXT_SAMPLES),
        **({} if state_stride == 1 else {"state_stride": str(state_stride)}),
    }
    tensors = {
        "scores": outputs.scores, "state_h": outputs.state_h[::state_stride], "state_c": outputs.state_c[::state_stride],
    }
    write_safetensors(golden, tensors, metadata)
    return difference
