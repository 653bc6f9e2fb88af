#!/usr/bin/env python3
"""Validates every model: loads, runs and scores each, and makes the checks that an assistant's models must pass together.

  scripts/validate_all_models.py                    # the committed models
  scripts/validate_all_models.py --tier full        # and those that scripts/full_tier made
  scripts/validate_all_models.py --models my/models # your own folder

One line for each model: pass or FAIL, and why. Then: silence and noise score low, three WAV files are heard right, all models
fit in 1 GB. Exit code: 0 everything passes, 1 something does not, 2 usage. docs/guide/validate.md
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from assay_tools.common.errors import exit_with
from assay_tools.validation.command import validate
from assay_tools.validation.inventory import models_in, models_of_tier
from assay_tools.validation.program import find_assay


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tier", choices=("quick", "full"), help="quick (default): the committed models; full: all there are")
    parser.add_argument("--models", type=Path, metavar="DIR", help="validate the .pte files in and below this folder instead")
    parser.add_argument("--assay", type=Path, help="the assay program (default: $ASSAY, the newest build here, or PATH)")
    arguments = parser.parse_args()
    if arguments.models is not None and arguments.tier is not None:
        parser.error("--models names a folder of your own; it does not go with --tier")
    if arguments.models is not None:
        models = models_in(arguments.models)
    else:
        models = models_of_tier(arguments.tier or "quick")
    sys.exit(validate(find_assay(arguments.assay), models, alternatives=arguments.models is None))


if __name__ == "__main__":
    exit_with(main)
