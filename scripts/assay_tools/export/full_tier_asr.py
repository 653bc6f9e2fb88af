"""The speech part of the full tier: a Whisper encoder in every variant, its front end, goldens by transformers, and the suite."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

from assay_tools.common.errors import UserError
from assay_tools.common.json_file import write_json
from assay_tools.common.packages import version_of
from assay_tools.common.places import REPOSITORY
from assay_tools.common.provenance import sha256_of
from assay_tools.common.safetensors_file import read_metadata
from assay_tools.common.suite_file import WISHES
from assay_tools.export.full_tier_step import Step, run_script
from assay_tools.export.recipes import WHISPER_RECIPES

SEEDED = "distil-small"
CLIPS = ("human-reading", "human-commands", "speech-noise-0db")  # of datasets/vad
WINDOW_SAMPLES = 480000
SAMPLES_PER_FRAME = 320
# One window takes a second or more: a median is what can be afforded.
MEASURE = {"min_time_s": 1, "min_runs": 11, "max_time_s": 120, "warmup_runs": 1, "timeout_s": 300}


def asr_steps(folder: Path, checkpoint: Path | None) -> list[Step]:
    """Everything of the Whisper model and of the front end of its window, in order.

    Errors: UserError when `checkpoint` is no folder with weights.
    """
    if checkpoint is None:
        weights, source = ["--seeded", SEEDED], {"seeded": SEEDED, "seed": 0}
    else:
        files = [*sorted(checkpoint.glob("config.json")), *sorted(checkpoint.glob("*.safetensors"))]
        if len(files) < 2:
            raise UserError(f"--whisper {checkpoint}: needs a folder with config.json and *.safetensors")
        weights = ["--checkpoint", str(checkpoint.resolve())]
        source = {"files": {path.name: sha256_of(path) for path in files}}
    found = []
    tools = {name: version_of(name) for name in ("torch", "torchao", "executorch", "transformers")}
    for variant in WHISPER_RECIPES:
        pte = model_file(folder, variant)
        options = ["--model", "whisper", *weights, "--quantization", variant, "--output_path", str(pte)]
        found.append(
            Step(
                f"asr-{variant}", (pte.name, pte.with_suffix(".provenance.json").name), {**source, "tools": tools},
                partial(run_script, "export_to_executorch.py", options, pte),
            )
        )
    if checkpoint is not None:
        found += _decoder_steps(folder, weights, {**source, "tools": tools})
    front_end = folder / "mel-30s.pte"
    options = ["--model", "mel", "--samples", str(WINDOW_SAMPLES), "--quantization", "fp32", "--output_path", str(front_end)]
    found.append(
        Step(
            "asr-mel", (front_end.name, front_end.with_suffix(".provenance.json").name),
            {"options": options[:-2], "tools": tools},
            partial(run_script, "export_to_executorch.py", options, front_end),
        )
    )
    reference = {name: version_of(name) for name in ("torch", "transformers")}
    for clip in CLIPS:
        golden, wav = golden_file(folder, clip), _wav(clip)
        options = [*weights, "--wav", str(wav), "--output", str(golden)]
        found.append(
            Step(
                f"asr-{clip}", (golden.name,), {**source, "wav": sha256_of(wav), "tools": reference},
                partial(run_script, "make_whisper_golden.py", options, golden),
            )
        )
    return found


def _decoder_steps(folder: Path, weights: list[str], made_from: dict[str, Any]) -> list[Step]:
    """The decoder in every variant. Random weights have none: there would be no words."""
    found = []
    for variant in WHISPER_RECIPES:
        pte = decoder_file(folder, variant)
        options = ["--model", "whisper", "--part", "decoder", *weights, "--quantization", variant, "--output_path", str(pte)]
        found.append(
            Step(
                f"asr-decoder-{variant}", (pte.name, pte.with_suffix(".provenance.json").name), made_from,
                partial(run_script, "export_to_executorch.py", options, pte),
            )
        )
    return found


def model_file(folder: Path, variant: str) -> Path:
    """The .pte of a variant."""
    return folder / f"whisper-{variant}.pte"


def decoder_file(folder: Path, variant: str) -> Path:
    """The decoder of a variant."""
    return folder / f"whisper-decoder-{variant}.pte"


def golden_file(folder: Path, clip: str) -> Path:
    """The golden of a clip."""
    return folder / f"whisper-{clip}.safetensors"


def _wav(clip: str) -> Path:
    return REPOSITORY / f"datasets/vad/{clip}.wav"


def write_asr_suite(folder: Path) -> str:
    """Write the suite of what is there; returns what to do with it."""
    variants = [name for name in WHISPER_RECIPES if model_file(folder, name).is_file()]
    clips = [name for name in CLIPS if golden_file(folder, name).is_file()]
    if not variants or not clips:
        return "no asr suite yet: it needs a variant and the golden of a clip"
    records = {name: _provenance(folder, name) for name in variants}
    models = {record["checkpoint"]["sha256"] for record in records.values()}
    models |= {read_metadata(golden_file(folder, clip))["model_sha256"] for clip in clips}
    if len(models) > 1:
        return "no asr suite yet: its files come from different weights; run scripts/full_tier --suite asr to the end"
    for clip in clips:  # so that the folder can be moved, and outlive the sources
        shutil.copyfile(_wav(clip), folder / f"{clip}.wav")
    write_json(folder / "asr.json", asr_suite(records, clips))
    return f"{len(variants)} variants, {len(clips)} goldens: assay run asr --tier full"


def asr_suite(records: dict[str, dict[str, Any]], clips: list[str]) -> dict[str, Any]:
    """The manifest, to be written into the tier's folder; `records` are the provenance of each variant."""
    first = next(iter(records.values()))
    shape, checkpoint = first["architecture"], first["checkpoint"]
    seeded = first["seeded_weights"]
    name = f"whisper-{checkpoint['name']}" if seeded else checkpoint["name"]
    return {
        "version": 1,
        "name": "asr-full",
        "description": f"The encoder of {name} on 30 s windows of speech against transformers; {checkpoint['about']}",
        "task": "asr",
        "model": {
            "name": name,
            "method": "forward",
            "weights": "seeded" if seeded else "trained",
            "inputs": [{"name": "mel", "dtype": "float32", "shape": [1, shape["mel_bins"], shape["mel_frames"]]}],
            "outputs": [
                {"name": "encodings", "dtype": "float32", "shape": [1, shape["mel_frames"] // 2, shape["d_model"]]}
            ],
            "variants": [
                {"name": variant, "pte": record["pte"]["file"], "sha256": record["pte"]["sha256"], "recipe": record["recipe"]}
                for variant, record in records.items()
            ],
        },
        "reference": {"runtime": "transformers", "model_sha256": checkpoint["sha256"]},
        "asr": {
            "sample_rate_hz": 16000, "window_samples": WINDOW_SAMPLES, "overlap_samples": 0,
            "samples_per_frame": SAMPLES_PER_FRAME, "mel_bins": shape["mel_bins"],
        },
        **WISHES,
        "measure": MEASURE,
        "cases": [
            {"name": clip, "wav": f"{clip}.wav", "golden": golden_file(Path(), clip).as_posix()} for clip in clips
        ],
        "thresholds": [
            {"metric": "nonfinite_count", "max": 0, "why": "No encoding may ever be NaN or infinite."},
            {
                "metric": "encoding_max_abs_error", "variants": ["fp32"], "max": 0.001,
                "why": "Same weights and float32 arithmetic, other kernels and another front end: only rounding may differ.",
            },
        ],
    }


def _provenance(folder: Path, variant: str) -> dict[str, Any]:
    return json.loads(model_file(folder, variant).with_suffix(".provenance.json").read_text(encoding="utf-8"))
