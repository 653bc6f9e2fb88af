"""scripts/validate.py and scripts/validate_all_models.py: what they are asked, print and return."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from assay_tools.common.errors import UserError
from assay_tools.validation.checks import judge, known_checks
from assay_tools.validation.inventory import Model, models_in, models_of_tier, recognise
from assay_tools.validation.program import find_assay
from assay_tools.validation.scoring import Judgement

ABOUT_ONE = """Validates one .pte file: loads it, runs it, and scores it with the suite that knows it.

  scripts/validate.py model.pte

A file of a suite (known by its SHA-256) is held to that suite's limits. Another file with the inputs and outputs of a
suite's model is scored on the suite's cases and held to the limits that all its variants share. Any other file is executed
on zeros and on noise; its outputs must be finite. Exit code: 0 it passes, 1 it does not, 2 usage. docs/guide/validate.md
"""
ABOUT_ALL = """Validates every model: loads, runs and scores each, and makes the checks that they must pass together.

  scripts/validate_all_models.py                    # the committed models
  scripts/validate_all_models.py --tier full        # and those that scripts/full_tier made
  scripts/validate_all_models.py --models my/models # your own folder

One line for each model: pass or FAIL, and why. Then: silence and noise score low, three WAV files are heard right, all models
fit in 1 GB. Exit code: 0 everything passes, 1 something does not, 2 usage. docs/guide/validate.md
"""


def validate_one() -> None:
    """scripts/validate.py."""
    parser = _parser(ABOUT_ONE)
    parser.add_argument("file", type=Path, help="the .pte file")
    arguments = parser.parse_args()
    if not arguments.file.is_file():
        raise UserError(f"{arguments.file}: no such file")
    sys.exit(validate(find_assay(arguments.assay), [recognise(arguments.file)], alternatives=False))


def validate_all() -> None:
    """scripts/validate_all_models.py."""
    parser = _parser(ABOUT_ALL)
    parser.add_argument("--tier", choices=("quick", "full"), help="quick (default): the committed models; full: all there are")
    parser.add_argument("--models", type=Path, metavar="DIR", help="validate the .pte files in and below this folder instead")
    arguments = parser.parse_args()
    if arguments.models is not None and arguments.tier is not None:
        parser.error("--models names a folder of your own; it does not go with --tier")
    own = arguments.models is not None
    models = models_in(arguments.models) if own else models_of_tier(arguments.tier or "quick")
    sys.exit(validate(find_assay(arguments.assay), models, alternatives=not own))


def _parser(about: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", type=Path, help="the assay program (default: $ASSAY, the newest build here, or PATH)")
    return parser


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
