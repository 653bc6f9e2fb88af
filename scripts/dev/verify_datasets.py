#!/usr/bin/env python3
"""Checks every committed model, clip, label and golden against datasets/MANIFEST.json; --help says how."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assay_tools.datasets.manifest import main

if __name__ == "__main__":
    sys.exit(main())
