"""Exports a model to an ExecuTorch .pte in one of several quantizations, for XNNPACK or another backend, and checks it.

  scripts/python_env export scripts/export_to_executorch.py --model silero-vad --quantization int8 --output_path vad-int8.pte
  scripts/python_env export scripts/export_to_executorch.py --model llama --checkpoint FOLDER_OR_GGUF --quantization int4 \
      --output_path llama-int4.pte
  scripts/python_env export scripts/export_to_executorch.py --model whisper --seeded distil-small --quantization int8 \
      --output_path whisper-int8.pte
  scripts/python_env export scripts/export_to_executorch.py --model whisper --part decoder --checkpoint FOLDER \
      --quantization int8 --output_path whisper-decoder-int8.pte
  scripts/python_env export scripts/export_to_executorch.py --model mel --quantization fp32 --output_path mel.pte

The file is checked before it counts as written: it is loaded and run, its outputs are compared with the eager model, and
the kernels it really uses must be the ones its label promises. Beside it a <name>.provenance.json says how it was made.
"""

from __future__ import annotations

import argparse
import logging
import warnings
from pathlib import Path

from assay_tools.common.errors import UserError
from assay_tools.common.json_file import write_json
from assay_tools.common.packages import version_of
from assay_tools.common.provenance import command_line, python_version, sha256_of
from assay_tools.export.llm.config import FAMILIES
from assay_tools.export.llm.geometries import GEOMETRIES
from assay_tools.export.llm.recipes import EMBEDDINGS, LLM_RECIPES
from assay_tools.export.recipes import BACKENDS, MODEL_RECIPES, WHISPER_RECIPES, Recipe, find_recipe, refuse_recipe
from assay_tools.export.whisper.geometries import GEOMETRIES as WHISPER_GEOMETRIES

SEED_DEFAULTS = {"seeded": None, "seed": 0}
LLM_DEFAULTS = {
    "group_size": None, "embedding": "fp32", "max_seq_len": 512, "sdpa": "custom", "logits": "last",
    "skip_memory_check": False,
}
WHISPER_DEFAULTS = {"part": "encoder"}
MEL_DEFAULTS = {"samples": 64000}
BACKEND_DEFAULTS = {"backend": "xnnpack"}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--model", required=True,
        help=f"{', '.join(MODEL_RECIPES)}, whisper (its encoder or decoder), mel (Whisper's front end), "
        f"or a language model's family: {', '.join(FAMILIES)}",
    )
    parser.add_argument(
        "--checkpoint", type=Path,
        help="original weights (silero-vad: default is the pinned package; tiny-asr: the committed folder; "
        "whisper: Hugging Face folder; else: that or .gguf file)",
    )
    parser.add_argument("--output_path", type=Path, required=True, help="the .pte to write; its folder must exist")
    parser.add_argument(
        "--quantization", required=True,
        help="; ".join(f"{name}: {', '.join(recipes)}" for name, recipes in MODEL_RECIPES.items())
        + f"; whisper: {', '.join(WHISPER_RECIPES)}; mel: fp32; language models: {', '.join(LLM_RECIPES)}",
    )
    seeded = parser.add_argument_group("language models and whisper")
    seeded.add_argument(
        "--seeded", metavar="GEOMETRY",
        help="random weights in a published model's shapes, instead of --checkpoint: "
        f"{', '.join(GEOMETRIES)}; whisper: {', '.join(WHISPER_GEOMETRIES)}",
    )
    seeded.add_argument("--seed", type=int, help="of --seeded (default 0)")
    silero = parser.add_argument_group(" and ".join(MODEL_RECIPES))
    silero.add_argument(
        "--backend", choices=BACKENDS,
        help="what to lower for (default xnnpack); openvino needs scripts/export_openvino; docs/guide/backends.md",
    )
    whisper = parser.add_argument_group("whisper")
    whisper.add_argument("--part", choices=("encoder", "decoder"), help="what the file holds (default encoder)")
    mel = parser.add_argument_group("mel")
    mel.add_argument("--samples", type=int, help="of the window at 16 kHz (default 64000, which is 4 s)")
    llm = parser.add_argument_group("language models")
    llm.add_argument("--group_size", type=int, help="inputs that share a scale in 4-bit linears (default 32)")
    llm.add_argument("--embedding", choices=EMBEDDINGS, help="how token embeddings are stored (default fp32)")
    llm.add_argument("--max_seq_len", type=int, help="positions in the KV cache (default 512)")
    llm.add_argument(
        "--sdpa", choices=("custom", "plain"),
        help="attention by ExecuTorch's llama:: operators, or by ordinary ones (slow; runs on every runtime); default custom",
    )
    llm.add_argument("--logits", choices=("last", "all"), help="of the last position (default), or of all")
    llm.add_argument(
        "--skip_memory_check", action="store_true", help="start even if this machine seems too small for the model"
    )
    parser.set_defaults(**SEED_DEFAULTS, **LLM_DEFAULTS, **WHISPER_DEFAULTS, **MEL_DEFAULTS, **BACKEND_DEFAULTS)
    return parser.parse_args()


def refuse_options_of_others(arguments: argparse.Namespace) -> None:
    """Options that --model does not have must not be ignored without a word."""
    families = ", ".join(FAMILIES)
    for defaults, models, about in (
        (SEED_DEFAULTS, (*FAMILIES, "whisper"), f"language models ({families}) and whisper"),
        (LLM_DEFAULTS, FAMILIES, f"language models ({families})"),
        (WHISPER_DEFAULTS, ("whisper",), "whisper"),
        (MEL_DEFAULTS, ("mel",), "mel"),
        (BACKEND_DEFAULTS, tuple(MODEL_RECIPES), ", ".join(MODEL_RECIPES)),
    ):
        for name, default in defaults.items():
            if arguments.model not in models and getattr(arguments, name) != default:
                raise UserError(f"--{name} is for {about}; --model is {arguments.model}")
    if arguments.model == "mel" and arguments.checkpoint is not None:
        raise UserError("--checkpoint is not for --model mel, which has no weights")


def export(model_name: str, checkpoint: Path | None, output: Path, recipe: Recipe, backend: str) -> None:
    """Build, quantize, lower, check, and only then put the file and its provenance in place."""
    from assay_tools.export.backends import check_delegates
    from assay_tools.export.quantize import lower
    from assay_tools.export.registry import build_model
    from assay_tools.export.verify import check_kernels, check_outputs, check_size

    refuse_recipe(backend, recipe)
    built = build_model(model_name, checkpoint)
    print(f"checkpoint: {built.checkpoint_check}")
    if recipe.note:
        print(f"note: {recipe.note}")
    unchecked = output.with_name(output.name + ".unchecked")
    unchecked.write_bytes(lower(built.module, built.example, built.calibration, recipe, backend))
    try:
        check_size(unchecked, built.module, recipe)
        if backend == "xnnpack":
            kernels = check_kernels(unchecked, built.example, recipe)
        else:
            kernels = {"delegates": check_delegates(unchecked, backend)}
        fidelity = check_outputs(unchecked, built.module, built.probes, recipe, backend)
        unchecked.replace(output)
    finally:
        unchecked.unlink(missing_ok=True)
    static = recipe.static_linears or recipe.static_convolutions
    provenance = {
        "version": 1,
        "model": model_name,
        "quantization": recipe.name,
        "backend": backend,
        "recipe": recipe.text,
        "group_size": recipe.group_size,
        "qparams_algorithm": recipe.qparams_algorithm,
        "calibration": built.calibration_about if static else None,
        "tools": {
            "python": python_version(),
            **{name: version_of(name) for name in ("torch", "torchao", "executorch")},
        },
        "checkpoint": {
            "file": built.checkpoint.name,
            "sha256": sha256_of(built.checkpoint),
            "source": built.checkpoint_source,
            "check": built.checkpoint_check,
        },
        "pte": {"file": output.name, "sha256": sha256_of(output), "bytes": output.stat().st_size},
        "check_against_eager": fidelity,
        "kernels": kernels,
        "licence": built.licence,
        "command": command_line(),
        "created_by": "scripts/export_to_executorch.py",
    }
    write_json(output.with_name(output.name.removesuffix(".pte") + ".provenance.json"), provenance)
    print(f"{output.name}: {output.stat().st_size} bytes, {recipe.text}")
    print(f"  against eager: max error {fidelity['max_abs_error']:.3g}, SQNR {fidelity['sqnr_db']} dB")
    print(f"  kernels: {'; '.join(name for names in kernels.values() for name in names)}")


def export_language_model(arguments: argparse.Namespace) -> None:
    """The same for a language model, whose checks and provenance are its own."""
    from assay_tools.export.llm.export import export_language_model
    from assay_tools.export.llm.request import LlmOptions

    export_language_model(
        LlmOptions(
            family=arguments.model, output=arguments.output_path, quantization=arguments.quantization,
            checkpoint=arguments.checkpoint, seeded=arguments.seeded, seed=arguments.seed,
            group_size=arguments.group_size, embedding=arguments.embedding, max_seq_len=arguments.max_seq_len,
            sdpa=arguments.sdpa, logits=arguments.logits, skip_memory_check=arguments.skip_memory_check,
        )
    )


def export_whisper_model(arguments: argparse.Namespace) -> None:
    """The same for a Whisper encoder or decoder, or for the front end before them."""
    from assay_tools.export.whisper.decoder_export import export_decoder
    from assay_tools.export.whisper.export import WhisperOptions, export_mel, export_whisper

    if arguments.model == "mel":
        export_mel(arguments.output_path, arguments.samples, arguments.quantization)
        return
    options = WhisperOptions(
        arguments.output_path, arguments.quantization, arguments.checkpoint, arguments.seeded, arguments.seed
    )
    export_decoder(options) if arguments.part == "decoder" else export_whisper(options)


def main() -> None:
    arguments = parse_arguments()
    if not arguments.output_path.parent.is_dir():
        raise UserError(f"--output_path {arguments.output_path}: its folder does not exist; make it first")
    if arguments.output_path.is_dir():
        raise UserError(f"--output_path {arguments.output_path}: is a folder; give the name of the .pte file")
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    refuse_options_of_others(arguments)
    if arguments.model in FAMILIES:
        export_language_model(arguments)
    elif arguments.model in ("whisper", "mel"):
        export_whisper_model(arguments)
    else:
        export(
            arguments.model, arguments.checkpoint, arguments.output_path, find_recipe(arguments.quantization, arguments.model),
            arguments.backend,
        )
