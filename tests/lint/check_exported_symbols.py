#!/usr/bin/env python3
"""The program must not export FlatBuffers symbols: the SDK's libraries carry another version under
the same names, and at load time an exported symbol of ours would replace theirs.

    tests/lint/check_exported_symbols.py PROGRAM
"""

import re
import subprocess
import sys

FORBIDDEN = re.compile(r"\b(flatbuffers|executorch_flatbuffer|fb_xnnpack)::")


def main():
    listing = subprocess.run(
        ["nm", "--dynamic", "--defined-only", "--demangle", sys.argv[1]],
        check=True, capture_output=True, text=True,
    ).stdout
    found = [line for line in listing.splitlines() if FORBIDDEN.search(line)]
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
