#!/usr/bin/env python3
"""Validates one .pte file: loads it, runs it, and scores it with the suite that knows it. docs/guide/validate.md"""

from assay_tools.common.errors import exit_with
from assay_tools.validation.command import validate_one

if __name__ == "__main__":
    exit_with(validate_one)
