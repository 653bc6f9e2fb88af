"""Scores models with the suites they belong to: one temporary suite, with the same cases and limits, for all files of one."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assay_tools.common.json_file import write_json
from assay_tools.validation.inventory import Model, Suite
from assay_tools.validation.program import AssayError, ask

_FILES_OF = ("cases", "vad", "llm", "asr")  # parts of a manifest that name files


@dataclass
class Judgement:
    """What is said of one model."""

    model: Model
    passed: bool
    reason: str
    scores: dict[str, dict[str, float]] = field(default_factory=dict)  # case -> metric -> value


def score(assay: Path, suite: Suite, models: Sequence[Model]) -> list[Judgement]:
    """Run all cases of the suite with these models, once each."""
    names = _names(models)
    with tempfile.TemporaryDirectory(prefix="assay-validate-") as folder:
        path = Path(folder) / "suite.json"
        write_json(path, suite_for_models(suite, dict(zip(names, models, strict=True))))
        try:
            cells = ask(
                assay, "run", path, "--db", Path(folder) / "results.db", "--repeat", 1, "--no-artifacts"
            )["cells"]
        except AssayError as error:
            return [Judgement(model, False, f"suite {suite.name} does not run: {error}") for model in models]
    found = []
    for name, model in zip(names, models, strict=True):
        found.append(_judge(suite, model, [cell for cell in cells if cell["variant"] == name]))
    return found


def suite_for_models(suite: Suite, models: dict[str, Model]) -> dict[str, Any]:
    """The suite with these models, by name, as its variants, and every path absolute."""
    manifest = copy.deepcopy(suite.manifest)
    for part in _FILES_OF:
        if part in manifest:
            manifest[part] = _absolute(manifest[part], suite.path.parent)
    manifest["model"]["variants"] = [
        {
            "name": name, "pte": str(model.path), "recipe": (model.variant or {}).get("recipe", "not known"),
            "backend": (model.variant or {}).get("backend", "xnnpack"),
        }
        for name, model in models.items()
    ]
    every = {variant["name"] for variant in suite.variants}
    manifest["thresholds"] = []
    for threshold in suite.manifest.get("thresholds", []):
        about = set(threshold.get("variants", every))
        held = [
            name for name, model in models.items()
            if (model.variant["name"] in about if model.variant else about >= every)
        ]
        if held:
            manifest["thresholds"].append({**threshold, "variants": held})
    return manifest


def _names(models: Sequence[Model]) -> list[str]:
    """A variant's name for each model; two files of one variant get numbers."""
    names: list[str] = []
    for model in models:
        wanted = model.variant["name"] if model.variant else model.path.stem
        name, number = wanted, 2
        while name in names:
            name, number = f"{wanted}-{number}", number + 1
        names.append(name)
    return names


def _absolute(value: Any, folder: Path, key: str = "") -> Any:
    """`value` with every text that names an existing file replaced by that file's path."""
    if isinstance(value, dict):
        return {name: _absolute(item, folder, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_absolute(item, folder) for item in value]
    if isinstance(value, str) and key != "name" and (folder / value).is_file():
        return str((folder / value).resolve())
    return value


def _judge(suite: Suite, model: Model, cells: list[dict[str, Any]]) -> Judgement:
    bad = [cell for cell in cells if cell["status"] != "pass"]
    scores = {cell["case"]: cell["scores"] for cell in cells}
    label = f"suite {suite.name}" + (f" as {model.variant['name']}" if model.variant else ", by its inputs and outputs")
    if not cells:
        return Judgement(model, False, f"{label}: nothing was run", scores)
    if bad:
        first = bad[0]
        why = f"{first['case']}: {first['reason'] or first['status']}"
        return Judgement(model, False, f"{label}: {len(bad)} of {len(cells)} cases fail; {why}", scores)
    return Judgement(model, True, f"{label}: {len(cells)} cases pass{_summary(suite.task, scores)}", scores)


# The figures a line quotes, where the suite has them: metric, how cases are summarised, how it is written.
_QUOTED = {
    "vad": (("score_max_abs_error", max, "largest score error {:.2g}"), ("frame_f1", min, "F1 {:.3f} or more")),
    "llm": (("kld_mean", max, "mean KLD {:.2g} at most"),),
    "asr": (("encoding_sqnr_db", min, "SQNR {:.1f} dB or more"), ("wer", max, "WER {:.3f} at most")),
}


def _summary(task: str, scores: dict[str, dict[str, float]]) -> str:
    parts = []
    for metric, summarise, text in _QUOTED.get(task, ()):
        values = [case[metric] for case in scores.values() if case.get(metric) is not None]
        if values:
            parts.append(text.format(summarise(values)))
    return "; " + ", ".join(parts) if parts else ""
