#!/usr/bin/env python3
"""Times the lowering of language models; started by scripts/bench/export_time in the right environment."""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

GEOMETRY = "smollm2-135m"
TARGET_S = 240  # 30 layers on 2 cores


def measure(layers: int, pipeline: str) -> dict[str, Any]:
    """Lower one model in this process. Time is that of tracing and lowering, without weights and checks."""
    from assay_tools.common.progress import Progress, peak_memory_mb
    from assay_tools.export.llm.build import build
    from assay_tools.export.llm.checkpoint import SeededWeights
    from assay_tools.export.llm.geometries import GEOMETRIES
    from assay_tools.export.llm.lowering import lower_language_model
    from assay_tools.export.llm.recipes import find_llm_recipe

    config = replace(GEOMETRIES[GEOMETRY], n_layers=layers)
    schemes = find_llm_recipe("int4").schemes(config)
    model = build(
        SeededWeights(GEOMETRY, config, seed=0), schemes, embedding="int8", max_seq_len=512, sdpa="custom",
        logits="last", progress=Progress(),
    )
    progress = Progress()
    program = lower_language_model(model, "custom", progress, fast=pipeline == "fast")
    return {
        "layers": layers, "pipeline": pipeline, "seconds": round(progress.seconds, 1),
        "cpu_seconds": round(progress.cpu_seconds, 1), "peak_memory_mb": round(peak_memory_mb()),
        "sha256": hashlib.sha256(program).hexdigest(),
    }


def in_new_process(layers: int, pipeline: str) -> dict[str, Any]:
    """`measure` in a process of its own."""
    command = [sys.executable, __file__, "--one", str(layers), pipeline]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, nargs="+", default=[2, 8, 30])
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--one", nargs=2, metavar=("LAYERS", "PIPELINE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        print(json.dumps(measure(int(arguments.one[0]), arguments.one[1])))
        return
    rows = [in_new_process(2, "stock"), *(in_new_process(layers, "fast") for layers in arguments.layers)]
    if arguments.json:
        print(json.dumps(rows, indent=1))
        return
    print("| layers | pipeline | elapsed s | CPU s | peak memory MB | program |\n|---|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row['layers']} | {row['pipeline']} | {row['seconds']} | {row['cpu_seconds']} "
            f"| {row['peak_memory_mb']} | {row['sha256'][:12]} |"
        )
    print(f"\nTarget: {max(arguments.layers)} layers in at most {TARGET_S} s on 2 cores that nobody else uses.")


if __name__ == "__main__":
    main()
