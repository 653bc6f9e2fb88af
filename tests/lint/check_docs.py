#!/usr/bin/env python3
"""Holds the documents to their tree; see documents.py. Exit code 1 when they do not hold.

    tests/lint/check_docs.py [ROOT]
"""

import sys
from pathlib import Path

from documents import check_tree


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    problems = check_tree(root)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
