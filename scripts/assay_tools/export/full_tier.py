"""Makes the models, goldens and suite of the full tier; see scripts/full_tier, which starts this in the right environment."""

from __future__ import annotations

import argparse
import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from assay_tools.common.errors import UserError
from assay_tools.common.json_file import write_json
from assay_tools.common.packages import smollm2_gguf, version_of
from assay_tools.common.places import REPOSITORY, full_tier_folder
from assay_tools.common.provenance import sha256_of
from assay_tools.export.full_tier_asr import asr_steps, write_asr_suite
from assay_tools.export.full_tier_step import Step, run_script
from assay_tools.export.full_tier_suite import FullTier, full_tier_suite

MODEL = "smollm2-135m"
MAX_SEQ_LEN = 512
VARIANTS = (
    "fp32", "int8", "int4", "int4-asym", "int4-asym-head8", "int4-head8", "int4-hqq", "int4-hqq-head8", "int4-clip",
    "int4-g64", "int4-mixed",
)
TEXTS = ("tides", "workshop", "manual")  # datasets/llm/english
SCORE_FROM = 32  # positions before have little context, and say more about the first words than about the model
PROMPTS = {"capital": "The capital of France is", "story": "Once upon a time, in a small village by the sea,"}
GREEDY_TOKENS = 64
TOP_K = 512  # of 49,152 tokens
STATE = "full_tier.json"  # step -> what it was made from, and the sha256 of what it made


def llm_steps(folder: Path) -> list[Step]:
    """Everything of the language model, in order."""
    gguf = smollm2_gguf()
    source = {"gguf": sha256_of(gguf)}
    found = [Step("tokenizer", ("tokenizer.json",), source, lambda: _write_tokenizer(gguf, folder / "tokenizer.json"))]
    tools = {name: version_of(name) for name in ("torch", "torchao", "executorch")}
    for variant in VARIANTS:
        file = f"{MODEL}-{variant}.pte"
        # Nobody ships 113 MB of fp32 embeddings beside 4-bit weights; the GGUF file has them in 8 bits, too.
        embedding = "fp32" if variant == "fp32" else "int8"
        options = [
            "--model", "llama", "--quantization", variant, "--embedding", embedding, "--max_seq_len", str(MAX_SEQ_LEN),
        ]
        found.append(
            Step(
                variant, (file, file.replace(".pte", ".provenance.json")), {**source, "options": options, "tools": tools},
                partial(_export, gguf, options, folder / file),
            )
        )
    reference = {name: version_of(name) for name in ("torch", "transformers")}
    for name, options in golden_options().items():
        made_from = {**source, "options": options, "texts": text_hashes(options), "tools": reference}
        file = f"{name}.safetensors"
        found.append(
            Step(name, (file,), made_from, partial(_make_golden, gguf, folder, options, file))
        )
    return found


def golden_options() -> dict[str, list[str]]:
    """What scripts/make_llm_golden.py is told for each golden; texts are named from the repository."""
    options = {}
    for text in TEXTS:
        options[f"text-{text}"] = ["--text", f"datasets/llm/english/{text}.txt", "--score-from", str(SCORE_FROM)]
    for name, prompt in PROMPTS.items():
        options[f"prompt-{name}"] = ["--prompt", prompt, "--greedy", str(GREEDY_TOKENS)]
    return options


def text_hashes(options: list[str]) -> dict[str, str]:
    """SHA-256 of the texts among the options."""
    return {word: sha256_of(REPOSITORY / word) for word in options if word.endswith(".txt")}


def _make_golden(gguf: Path, folder: Path, options: list[str], file: str) -> None:
    run_script(
        "make_llm_golden.py",
        [
            "--checkpoint", gguf, "--tokenizer", folder / "tokenizer.json", "--top-k", str(TOP_K),
            "--output", folder / file, *options,
        ],
        folder / file,
    )


def _write_tokenizer(gguf: Path, path: Path) -> None:
    from assay_tools.export.tokenizers.from_gguf import tokenizer_json

    path.write_text(json.dumps(tokenizer_json(gguf), ensure_ascii=False), encoding="utf-8")


def _export(gguf: Path, options: list[str], output: Path) -> None:
    run_script("export_to_executorch.py", [*options, "--checkpoint", gguf, "--output_path", output], output)


def write_llm_suite(folder: Path) -> str:
    """Write the suite of what is there; returns what to do with it."""
    variants = [name for name in VARIANTS if (folder / f"{MODEL}-{name}.pte").is_file()]
    goldens = [name for name in golden_options() if (folder / f"{name}.safetensors").is_file()]
    if not variants or not any(name.startswith("text-") for name in goldens):
        return "no llm suite yet: it needs a variant and the golden of a text"
    tier = FullTier(folder, MODEL, smollm2_gguf(), MAX_SEQ_LEN, variants, goldens)
    write_json(folder / "llm.json", full_tier_suite(tier))
    return f"{len(variants)} variants, {len(goldens)} goldens: assay run llm --tier full"


def read_state(folder: Path) -> dict[str, Any]:
    """What earlier runs noted; nothing where none has."""
    path = folder / STATE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def is_current(step: Step, state: dict[str, Any], folder: Path) -> bool:
    """Whether the step's files are there, unchanged, and made from the same things."""
    known = state.get(step.name)
    if known is None or known["made_from"] != step.made_from:
        return False
    return all(
        (folder / name).is_file() and sha256_of(folder / name) == known["outputs"].get(name) for name in step.outputs
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="STEP", help="make these steps only")
    parser.add_argument("--again", nargs="+", metavar="STEP", default=[], help="make these even if they are up to date")
    parser.add_argument("--suite", choices=("llm", "asr"), help="only what this suite needs (default: both)")
    parser.add_argument(
        "--whisper", type=Path, metavar="FOLDER",
        help="Hugging Face folder of a Whisper model for the asr suite (default: seeded weights in the shapes of distil-small)",
    )
    parser.add_argument("--list", action="store_true", help="say what is there, make nothing")
    arguments = parser.parse_args()
    folder = full_tier_folder()
    folder.mkdir(parents=True, exist_ok=True)
    every = []
    if arguments.suite != "asr":
        every += llm_steps(folder)
    if arguments.suite != "llm":
        every += asr_steps(folder, arguments.whisper)
    known = [step.name for step in every]
    for name in [*(arguments.only or []), *arguments.again]:
        if name not in known:
            raise UserError(f"unknown step '{name}'; known: {', '.join(known)}")
    for step in every:
        if arguments.only and step.name not in arguments.only:
            continue
        current = step.name not in arguments.again and is_current(step, read_state(folder), folder)
        if arguments.list or current:
            print(f"{step.name}: {'up to date' if current else 'to be made'}", file=sys.stderr)
            continue
        print(f"{step.name}: making {step.outputs[0]}", file=sys.stderr, flush=True)
        start = time.monotonic()
        step.run()
        outputs = {name: sha256_of(folder / name) for name in step.outputs}
        done = {"made_from": step.made_from, "outputs": outputs, "seconds": round(time.monotonic() - start, 1)}
        # Read again: another run may have finished a step of its own meanwhile.
        write_json(folder / STATE, {**read_state(folder), step.name: done})
    if not arguments.list:
        if arguments.suite != "asr":
            print(write_llm_suite(folder), file=sys.stderr)
        if arguments.suite != "llm":
            print(write_asr_suite(folder), file=sys.stderr)
