#!/usr/bin/env python3
"""Times the lowering of language models; scripts/bench/export_time starts it where torch is."""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import bench_tools as tools

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

GEOMETRY = "smollm2-135m"
WHOLE = 30  # layers
TARGET_S = 240  # for the whole, on 2 cores


def measure(layers: int, pipeline: str) -> dict[str, Any]:
    """Lower one model in this process; the time is without weights and checks."""
    from assay_tools.common.progress import Progress, peak_memory_mb
    from assay_tools.export.llm.build import build
    from assay_tools.export.llm.checkpoint import SeededWeights
    from assay_tools.export.llm.geometries import GEOMETRIES
    from assay_tools.export.llm.lowering import lower_language_model
    from assay_tools.export.llm.recipes import find_llm_recipe

    config = replace(GEOMETRIES[GEOMETRY], n_layers=layers)
    schemes = find_llm_recipe("int4").schemes(config)
    model = build(
        SeededWeights(GEOMETRY, config, seed=0),
        schemes,
        embedding="int8",
        max_seq_len=512,
        sdpa="custom",
        logits="last",
        progress=Progress(),
    )
    progress = Progress()
    program = lower_language_model(model, "custom", progress, fast=pipeline == "fast")
    return {
        "layers": layers,
        "pipeline": pipeline,
        "seconds": round(progress.seconds, 1),
        "cpu_seconds": round(progress.cpu_seconds, 1),
        "peak_memory_mb": round(peak_memory_mb()),
        "sha256": hashlib.sha256(program).hexdigest(),
    }


def in_new_process(layers: int, pipeline: str) -> dict[str, Any]:
    """`measure` in a process of its own."""
    command = [sys.executable, __file__, "--one", str(layers), pipeline]
    return json.loads(tools.run_quietly(command).splitlines()[-1])


def table_of(rows: list[dict[str, Any]]) -> tools.Table:
    columns = ["layers", "pipeline", "elapsed s", "CPU s", "peak memory MB", "program"]
    keys = ("layers", "pipeline", "seconds", "cpu_seconds", "peak_memory_mb")
    cells = [[*(str(row[key]) for key in keys), row["sha256"][:12]] for row in rows]
    return tools.Table(columns, cells)


def target_figures(rows: list[dict[str, Any]]) -> list[tools.Figure]:
    """Of the whole model, if it was among what was lowered."""
    whole = [row for row in rows if row["layers"] == WHOLE and row["pipeline"] == "fast"]
    return [
        tools.Figure(
            what=f"lowering {GEOMETRY}, int4, {WHOLE} layers",
            value=row["seconds"],
            unit="s",
            target=f"under {TARGET_S} s",
            met=row["seconds"] < TARGET_S,
            note=f"CPU {row['cpu_seconds']} s, peak {row['peak_memory_mb']} MB",
        )
        for row in whole
    ]


def main() -> None:
    parser = tools.common_arguments(__doc__)
    parser.add_argument("--layers", type=int, nargs="+", default=[2, 8, WHOLE])
    parser.add_argument("--one", nargs=2, metavar=("LAYERS", "PIPELINE"), help=argparse.SUPPRESS)
    arguments = tools.parse(parser, layers=[1])
    if arguments.one:
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        print(json.dumps(measure(int(arguments.one[0]), arguments.one[1])))
        return
    rows = [] if arguments.smoke else [in_new_process(2, "stock")]
    rows += [in_new_process(layers, "fast") for layers in arguments.layers]
    tools.report(arguments, target_figures(rows), [table_of(rows)])


if __name__ == "__main__":
    main()
