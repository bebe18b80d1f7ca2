"""Say on stderr what is going on, so that stdout holds only the result."""

from collections.abc import Iterator
from contextlib import contextmanager
import sys
import time


class Progress:
    """Steps with the seconds since the start and those that each took."""

    def __init__(self) -> None:
        """Start the clock."""
        self._start = time.monotonic()

    def say(self, text: str) -> None:
        """Print one line with the seconds since the start."""
        print(f"[{time.monotonic() - self._start:5.1f} s] {text}", file=sys.stderr, flush=True)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Announce a step and, when it has gone well, how long it took."""
        started = time.monotonic()
        self.say(f"{name} ...")
        yield
        self.say(f"{name}: done in {time.monotonic() - started:.1f} s")
