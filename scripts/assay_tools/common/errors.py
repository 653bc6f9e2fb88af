"""Errors a user can act on, and the one place where they become a message and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable


class UserError(Exception):
    """Something the user can fix: the message says what failed, with which value, and what to do next."""


def exit_with(main: Callable[[], None]) -> None:
    """Run `main`; a UserError is printed on stderr and ends the process with exit code 2."""
    try:
        main()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
