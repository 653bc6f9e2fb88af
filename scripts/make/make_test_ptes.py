#!/usr/bin/env python3
"""Makes the tiny .pte files of tests/data/pte and the outputs that are expected of them.

  scripts/python_env export scripts/make/make_test_ptes.py

Each file is there for one property of the engine that loads it. Expected outputs come from eager PyTorch; files that must
fail name the stage. Everything that can run here is run, and must agree.
"""

from __future__ import annotations

import argparse
import logging
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assay_tools.common.errors import exit_with
from assay_tools.common.packages import require_packages
from assay_tools.common.places import REPOSITORY

require_packages("torch", "torchao", "executorch", "numpy")

from assay_tools.common.json_file import write_json


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=REPOSITORY / "tests/data/pte", help="folder for the files")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    from assay_tools.datasets.engine_ptes import FILES, make_file

    arguments.output.mkdir(parents=True, exist_ok=True)
    expected = {}
    for name, build in FILES.items():
        path = arguments.output / name
        expected[name] = make_file(path, build())
        print(f"{name:22} {path.stat().st_size:6} bytes  {expected[name]['about']}")
    write_json(arguments.output / "expected.json", {"version": 1, "files": expected})


if __name__ == "__main__":
    exit_with(main)
