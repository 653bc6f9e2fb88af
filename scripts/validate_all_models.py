#!/usr/bin/env python3
"""Validates every model: loads, runs and scores each, and makes the checks that all must pass. docs/guide/validate.md"""

from assay_tools.common.errors import exit_with
from assay_tools.validation.command import validate_all

if __name__ == "__main__":
    exit_with(validate_all)
