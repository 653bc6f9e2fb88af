"""Which models there are, and which suite judges which of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay_tools.common.errors import UserError
from assay_tools.common.places import REPOSITORY, full_tier_folder
from assay_tools.common.provenance import sha256_of

Signature = tuple[tuple[tuple[str, tuple[int, ...]], ...], ...]  # (dtype, shape) of the inputs, and of the outputs


@dataclass(frozen=True)
class Suite:
    """A suite manifest and where its paths start."""

    path: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.manifest["name"])

    @property
    def task(self) -> str:
        return str(self.manifest["task"])

    @property
    def variants(self) -> list[dict[str, Any]]:
        """Every file of every variant: one for another backend is an entry of its own, with the same name."""
        return [
            entry
            for variant in self.manifest["model"]["variants"]
            for entry in (
                variant,
                *(
                    {**variant, "backend": backend, "sha256": None, **file}
                    for backend, file in variant.get("other_backends", {}).items()
                ),
            )
        ]

    def file_of(self, variant: dict[str, Any]) -> Path:
        """The .pte of a variant; it need not exist."""
        return (self.path.parent / variant["pte"]).resolve()

    @property
    def signature(self) -> Signature:
        model = self.manifest["model"]
        return signature(model["inputs"], model["outputs"])


@dataclass(frozen=True)
class Model:
    """One .pte to validate. Without a suite it can only be executed; without a variant it is not a file of that suite,
    but has the inputs and outputs of the suite's model, and is held to what all of the suite's variants are held to."""

    path: Path
    suite: Suite | None = None
    variant: dict[str, Any] | None = None


def signature(inputs: list[dict[str, Any]], outputs: list[dict[str, Any]]) -> Signature:
    """What two models must have in common to be judged by the same suite; both lists as `assay inspect` has them."""
    return tuple(tuple((one["dtype"], tuple(one["shape"])) for one in side) for side in (inputs, outputs))


def quick_suites() -> list[Suite]:
    """The suites of the committed models."""
    return suites_in(REPOSITORY / "suites")


def full_suites() -> list[Suite]:
    """The suites that scripts/full_tier wrote; none where it never ran."""
    return suites_in(full_tier_folder())


def suites_in(folder: Path) -> list[Suite]:
    """The suites of one model each among the JSON files of a folder."""
    found: list[Suite] = []
    for path in sorted(folder.glob("*.json")):
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            raise UserError(f"{path}: not valid JSON: {error}") from error
        # Not the notes of scripts/full_tier, and not a chain of models, which are those of other suites.
        if isinstance(manifest, dict) and "task" in manifest and "model" in manifest:
            found.append(Suite(path, manifest))
    return found


def models_of_tier(tier: str) -> list[Model]:
    """Every model of the tier: those of its suites, and those beside them that no suite names. `full` includes `quick`."""
    suites, folders = quick_suites(), [REPOSITORY / "datasets/models"]
    if tier == "full":
        full = full_suites()
        if not full:
            raise UserError(f"there is no full tier in {full_tier_folder()}; make it with scripts/full_tier")
        suites += full
        folders.append(full_tier_folder())
    models = [Model(suite.file_of(variant), suite, variant) for suite in suites for variant in suite.variants]
    known = {model.path for model in models}
    others = sorted(path.resolve() for folder in folders for path in folder.rglob("*.pte"))
    return models + [Model(path) for path in others if path not in known]


def models_in(folder: Path) -> list[Model]:
    """Every .pte below a folder. Errors: UserError when there is none."""
    if not folder.is_dir():
        raise UserError(f"--models {folder}: no such folder")
    paths = sorted(folder.rglob("*.pte"))
    if not paths:
        raise UserError(f"--models {folder}: no .pte file in it or below it")
    return [recognise(path) for path in paths]


def recognise(path: Path) -> Model:
    """The file as a variant of a suite, known by its SHA-256; else as a model of its own."""
    suites = [*quick_suites(), *full_suites()]
    digest, resolved = sha256_of(path), path.resolve()
    for suite in suites:
        for variant in suite.variants:
            # A file at a variant's own place is that variant, or a damaged one.
            if variant.get("sha256") == digest or suite.file_of(variant) == resolved:
                return Model(resolved, suite, variant)
    return Model(resolved)


def suite_for(found: Signature) -> Suite | None:
    """The first suite whose model has those inputs and outputs."""
    return next((suite for suite in [*quick_suites(), *full_suites()] if suite.signature == found), None)
