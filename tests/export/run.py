"""Runs tests/export/*_test.py and tests/python/*_test.py; arguments choose tests whose full name contains one of them."""

from __future__ import annotations

import logging
import sys
import unittest
import warnings
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
FAST = HERE.parent / "python"
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "scripts")]


def flatten(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    """The single tests of nested suites."""
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from flatten(item)
        else:
            yield item


def main() -> int:
    """0 when every chosen test passed."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    tests = [
        test
        for folder in (FAST, HERE)
        for test in flatten(unittest.TestLoader().discover(str(folder), pattern="*_test.py"))
    ]
    chosen = [test for test in tests if not sys.argv[1:] or any(part in test.id() for part in sys.argv[1:])]
    if not chosen:
        print(f"no test's name contains {' or '.join(sys.argv[1:])}", file=sys.stderr)
        return 2
    result = unittest.TextTestRunner(verbosity=2, warnings="ignore").run(unittest.TestSuite(chosen))
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
