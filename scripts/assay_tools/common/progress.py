"""Stages of a long command on stderr: what is being done, since when, and how much memory the process has used."""

from __future__ import annotations

import resource
import sys
import time


def peak_memory_mb() -> float:
    """Largest resident set of this process so far, in MB (10^6 bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


class Progress:
    """Prints one line a stage; on a terminal, steps within a stage overwrite a bar below it."""

    _BAR = 30

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._cpu_start = time.process_time()
        self._on_terminal = sys.stderr.isatty()
        self._bar_is_open = False

    @property
    def seconds(self) -> float:
        """Wall time since the start."""
        return time.monotonic() - self._start

    @property
    def cpu_seconds(self) -> float:
        """User and system time of this process since the start, all threads."""
        return time.process_time() - self._cpu_start

    def stage(self, text: str) -> None:
        """A new stage begins."""
        self._close_bar()
        print(f"[{self.seconds:6.1f} s, peak {peak_memory_mb():5.0f} MB] {text}", file=sys.stderr, flush=True)

    def step(self, done: int, total: int) -> None:
        """`done` of `total` steps of the current stage are over."""
        if not self._on_terminal or total <= 0:
            return
        filled = self._BAR * done // total
        bar = "#" * filled + "." * (self._BAR - filled)
        print(f"\r    {bar} {done}/{total}", end="", file=sys.stderr, flush=True)
        self._bar_is_open = True

    def finish(self, text: str) -> None:
        """The last line, with time and memory of everything."""
        self._close_bar()
        print(
            f"{text} in {self.seconds:.1f} s ({self.cpu_seconds:.1f} s of CPU), peak memory {peak_memory_mb():.0f} MB",
            file=sys.stderr, flush=True,
        )

    def _close_bar(self) -> None:
        if self._bar_is_open:
            print(file=sys.stderr)
            self._bar_is_open = False
