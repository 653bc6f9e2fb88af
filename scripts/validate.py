#!/usr/bin/env python3
"""Validates one .pte file: loads it, runs it, and scores it with the suite that knows it.

  scripts/validate.py model.pte

A file of a suite (known by its SHA-256) is held to that suite's limits. Another file with the inputs and outputs of a suite's
model is scored on the suite's cases and held to the limits that all its variants share. Any other file is executed on zeros and
on noise; its outputs must be finite. Exit code: 0 it passes, 1 it does not, 2 usage. docs/guide/validate.md
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from assay_tools.common.errors import UserError, exit_with
from assay_tools.validation.command import validate
from assay_tools.validation.inventory import recognise
from assay_tools.validation.program import find_assay


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="the .pte file")
    parser.add_argument("--assay", type=Path, help="the assay program (default: $ASSAY, the newest build here, or PATH)")
    arguments = parser.parse_args()
    if not arguments.file.is_file():
        raise UserError(f"{arguments.file}: no such file")
    sys.exit(validate(find_assay(arguments.assay), [recognise(arguments.file)], alternatives=False))


if __name__ == "__main__":
    exit_with(main)
