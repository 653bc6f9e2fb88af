"""Reads and changes VAD suite files. Paths inside a suite start at the suite's own folder."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

from assay_tools.common.errors import UserError
from assay_tools.common.json_file import write_json
from assay_tools.common.provenance import sha256_of

Suite = dict[str, Any]

# What every suite of this project wishes for, best first; what a device lacks is passed over, with the reason stored.
WISHES: Suite = {"backends": ["qnn", "vulkan", "xnnpack", "portable"], "fallback": True}


def read_suite(path: Path) -> Suite:
    """The parsed suite file; refuses what is not a VAD suite of version 1."""
    try:
        suite = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such suite file") from error
    except json.JSONDecodeError as error:
        raise UserError(f"{path}: not valid JSON: {error}") from error
    if not isinstance(suite, dict) or suite.get("version") != 1 or suite.get("task") != "vad":
        raise UserError(f"{path}: not a version 1 suite with task 'vad'")
    return suite


def write_suite(path: Path, suite: Suite) -> None:
    """Write a suite; key order is kept."""
    write_json(path, suite)


def relative_to_suite(path: Path, suite_path: Path) -> str:
    """`path` as it is written in the suite."""
    return Path(os.path.relpath(path.resolve(), suite_path.resolve().parent)).as_posix()


def make_case(name: str, wav: Path, golden: Path, labels: Path | None, suite_path: Path) -> dict[str, str]:
    """One entry of `cases`."""
    case = {"name": name, "wav": relative_to_suite(wav, suite_path)}
    if labels is not None:
        case["labels"] = relative_to_suite(labels, suite_path)
    case["golden"] = relative_to_suite(golden, suite_path)
    return case


def put_case(suite: Suite, case: dict[str, str]) -> None:
    """Add a case, or replace the case of the same name when it is about the same WAV."""
    for index, existing in enumerate(suite["cases"]):
        if existing["name"] != case["name"]:
            continue
        if existing.get("wav") != case["wav"]:
            raise UserError(f"case '{case['name']}' exists already, for {existing.get('wav')}; rename the WAV file")
        suite["cases"][index] = existing | case
        return
    suite["cases"].append(case)


def refresh_variant_hashes(suite: Suite, suite_path: Path) -> None:
    """Set `sha256` of every variant to that of its file."""
    for variant in suite["model"]["variants"]:
        pte = suite_path.parent / variant["pte"]
        if not pte.is_file():
            raise UserError(f"{suite_path}: variant {variant['name']}: no such file {variant['pte']}")
        variant["sha256"] = sha256_of(pte)


def new_suite(template_path: Path, suite_path: Path, name: str) -> Suite:
    """A suite without cases for the models of another one. Thresholds that name cases of the other stay behind."""
    suite = copy.deepcopy(read_suite(template_path))
    for variant in suite["model"]["variants"]:
        variant["pte"] = relative_to_suite(template_path.parent / variant["pte"], suite_path)
    return suite | {
        "name": name,
        "description": f"Own recordings on the models of suite '{suite['name']}'",
        "cases": [],
        "thresholds": [item for item in suite.get("thresholds", []) if "cases" not in item],
    }
