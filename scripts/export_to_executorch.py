#!/usr/bin/env python3
"""Exports a model to an ExecuTorch .pte for XNNPACK, in one of several quantizations, and checks what came out.

  scripts/python_env export scripts/export_to_executorch.py --model silero-vad --quantization int8 --output_path vad-int8.pte

The file is checked before it counts as written: it is loaded and run, its outputs are compared with the eager model, and
the kernels it really uses must be the ones its label promises. Beside it a <name>.provenance.json says how it was made.
"""

from __future__ import annotations

import argparse
import logging
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from assay_export.errors import UserError, exit_with
from assay_export.packages import require_packages, version_of
from assay_export.recipes import RECIPES, Recipe, find_recipe

require_packages("torch", "torchao", "executorch", "numpy")

from assay_export.json_file import write_json
from assay_export.provenance import command_line, python_version, sha256_of


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="silero-vad")
    parser.add_argument("--checkpoint", type=Path, help="original weights (default: those of the pinned package)")
    parser.add_argument("--output_path", type=Path, required=True, help="the .pte to write; its folder must exist")
    parser.add_argument("--quantization", required=True, help=", ".join(RECIPES))
    return parser.parse_args()


def export(model_name: str, checkpoint: Path | None, output: Path, recipe: Recipe) -> None:
    """Build, quantize, lower, check, and only then put the file and its provenance in place."""
    from assay_export.quantize import lower
    from assay_export.registry import build_model
    from assay_export.verify import check_kernels, check_outputs, check_size

    built = build_model(model_name, checkpoint)
    print(f"checkpoint: {built.checkpoint_check}")
    if recipe.note:
        print(f"note: {recipe.note}")
    unchecked = output.with_name(output.name + ".unchecked")
    unchecked.write_bytes(lower(built.module, built.example, built.calibration, recipe))
    try:
        check_size(unchecked, built.module, recipe)
        kernels = check_kernels(unchecked, built.example, recipe)
        fidelity = check_outputs(unchecked, built.module, built.probes, recipe)
        unchecked.replace(output)
    finally:
        unchecked.unlink(missing_ok=True)
    static = recipe.static_linears or recipe.static_convolutions
    provenance = {
        "version": 1,
        "model": model_name,
        "quantization": recipe.name,
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


def main() -> None:
    arguments = parse_arguments()
    recipe = find_recipe(arguments.quantization)
    if not arguments.output_path.parent.is_dir():
        raise UserError(f"--output_path {arguments.output_path}: its folder does not exist; make it first")
    if arguments.output_path.is_dir():
        raise UserError(f"--output_path {arguments.output_path}: is a folder; give the name of the .pte file")
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    export(arguments.model, arguments.checkpoint, arguments.output_path, recipe)


if __name__ == "__main__":
    exit_with(main)
