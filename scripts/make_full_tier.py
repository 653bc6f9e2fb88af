#!/usr/bin/env python3
"""Makes the models, goldens and suites of the full tier; started by scripts/full_tier."""

from assay_tools.common.errors import exit_with
from assay_tools.common.packages import require_packages


def main() -> None:
    require_packages("torch", "torchao", "executorch", "gguf", "transformers")
    from assay_tools.export.full_tier import main as command

    command()


if __name__ == "__main__":
    exit_with(main)
