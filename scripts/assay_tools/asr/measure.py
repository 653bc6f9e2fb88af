"""What the .pte files of the recogniser score against the float32 PyTorch network, in the real runtime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from assay_tools.asr.export_model import MODEL_FOLDER, TEST_NOISE, load_model, load_vocabulary
from assay_tools.asr.features import log_mel, read_test_noise
from assay_tools.asr.held_out import read_test_set
from assay_tools.asr.scoring import CONDITIONS, as_floats, heard, run_eager
from assay_tools.asr.signal import valid_frames
from assay_tools.asr.synthesis import load_part
from assay_tools.asr.transcripts import greedy, text_of, word_error_rate
from assay_tools.common.places import REPOSITORY, cache_folder
from assay_tools.common.pte_runner import load_method
from assay_tools.common.quiet import without_runtime_remarks

VARIANTS = ("fp32", "int8", "int8-static", "int4")
CONTROL = REPOSITORY / "tests/data/asr/tiny-asr-int2.pte"


@dataclass(frozen=True)
class Score:
    """A variant in a condition."""

    word_error_rate: float
    sqnr_db: float  # of all encodings of valid frames together
    same: float  # share of utterances whose transcript is that of the float32 network


def pte_files() -> dict[str, Path]:
    """Variant -> file, the negative control among them."""
    return {name: MODEL_FOLDER / f"tiny-asr-{name}.pte" for name in VARIANTS} | {"int2": CONTROL}


def run_pte(path: Path, mels: Sequence[np.ndarray], lengths: Sequence[int]) -> list[tuple[np.ndarray, np.ndarray]]:
    """(encodings, logits) of the valid frames of each utterance."""
    found = []
    with without_runtime_remarks():
        method = load_method(path)
        for mel, samples in zip(mels, lengths, strict=True):
            encodings, logits = method.execute((torch.from_numpy(mel)[None],))
            frames = valid_frames(samples)
            found.append((encodings[0, :frames].numpy().copy(), logits[0, :frames].numpy().copy()))
    return found


def sqnr_db(reference: Sequence[np.ndarray], found: Sequence[np.ndarray]) -> float:
    """10 lg(signal power / error power) over all values together."""
    signal = sum(float(np.sum(np.square(part, dtype=np.float64))) for part in reference)
    error = sum(float(np.sum(np.square(got.astype(np.float64) - part))) for got, part in zip(found, reference, strict=True))
    return 10.0 * float(np.log10(signal / error)) if error else float("inf")


def measure(samples: Sequence[np.ndarray], texts: Sequence[str], files: dict[str, Path]) -> dict[str, dict[str, Score]]:
    """Variant -> condition -> score."""
    torch.set_num_threads(1)
    model, vocabulary, noise = load_model(MODEL_FOLDER), load_vocabulary(), read_test_noise(TEST_NOISE)
    lengths = [len(entry) for entry in samples]
    scores: dict[str, dict[str, Score]] = {name: {} for name in files}
    for condition, snr in CONDITIONS.items():
        mels = [log_mel(heard(entry, index, noise, snr)) for index, entry in enumerate(samples)]
        reference = run_eager(model, mels, lengths, batch=1)
        wanted = [greedy(logits) for _, logits in reference]
        for name, path in files.items():
            outputs = run_pte(path, mels, lengths)
            ids = [greedy(logits) for _, logits in outputs]
            scores[name][condition] = Score(
                word_error_rate(texts, [text_of(words, vocabulary) for words in ids]),
                sqnr_db([encodings for encodings, _ in reference], [encodings for encodings, _ in outputs]),
                float(np.mean([got == expected for got, expected in zip(ids, wanted, strict=True)])),
            )
    return scores


def measure_committed(files: dict[str, Path]) -> dict[str, dict[str, Score]]:
    """On the utterances of datasets/asr."""
    utterances = read_test_set()
    return measure([entry.samples for entry in utterances], [entry.text for entry in utterances], files)


def measure_whole(files: dict[str, Path]) -> dict[str, dict[str, Score]]:
    """On the whole test split, spoken anew where it is not in the cache."""
    utterances = load_part("test", cache_folder() / "tiny-asr")
    return measure([as_floats(entry) for entry in utterances], [entry.text for entry in utterances], files)


def table(scores: dict[str, dict[str, Score]]) -> str:
    """Markdown, a row a variant; conditions with slashes between."""
    lines = [
        "| variant | WER % " + "/".join(CONDITIONS) + " | encodings SQNR dB | unchanged transcripts % |",
        "|---|---|---|---|",
    ]
    for name, found in scores.items():
        columns = (
            [f"{100 * score.word_error_rate:.2f}" for score in found.values()],
            [f"{score.sqnr_db:.1f}" for score in found.values()],
            [f"{100 * score.same:.1f}" for score in found.values()],
        )
        lines.append(f"| {name} | " + " | ".join(" / ".join(column) for column in columns) + " |")
    return "\n".join(lines)


def markdown() -> str:
    """Both tables."""
    files = pte_files()
    return f"60 committed utterances\n\n{table(measure_committed(files))}\n\nall test utterances\n\n{table(measure_whole(files))}"
