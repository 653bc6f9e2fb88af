#!/usr/bin/env python3
"""Gathers a built assay and all that it needs into one folder; started by scripts/device_kit. --help says how."""

import sys

from assay_tools.device_kit import main

if __name__ == "__main__":
    sys.exit(main())
