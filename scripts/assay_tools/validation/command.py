"""What both commands print and return."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assay_tools.validation.checks import judge, known_checks
from assay_tools.validation.inventory import Model
from assay_tools.validation.scoring import Judgement


def validate(assay: Path, models: Sequence[Model], *, alternatives: bool) -> int:
    """One line a model and one a check on stdout; 0 when all of them pass, else 1."""
    judged = judge(assay, models, _print_judgement)
    failed = sum(not one.passed for one in judged)
    for passed, text in known_checks(judged, alternatives=alternatives):
        print(f"{_word(passed)}  {text}", flush=True)
        failed += not passed
    models_text = f"{len(judged)} model{'' if len(judged) == 1 else 's'}"
    print(f"{models_text}: " + ("everything passes" if failed == 0 else f"{failed} of the lines above fail"))
    return 1 if failed else 0


def _print_judgement(one: Judgement) -> None:
    size = f"{one.model.path.stat().st_size / 1e6:.2f} MB" if one.model.path.is_file() else "no file"
    print(f"{_word(one.passed)}  {one.model.path.name} ({size}): {one.reason}", flush=True)


def _word(passed: bool) -> str:
    return "pass" if passed else "FAIL"
