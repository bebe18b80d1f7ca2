"""Keep a processor at work for as long as a test wants."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import threading
import time

from hearthd.engine.llama.processor import PROCESSOR, Processor, Step

# Longer than any test takes.
LONG_S = 60.0


@contextmanager
def busy(
    urgency: int = 0, interrupt: Callable[[], None] | None = None, processor: Processor = PROCESSOR
) -> Iterator[Step]:
    """Have a processor compute one step that lasts until the block ends."""
    begun, end = threading.Event(), threading.Event()

    def work() -> int:
        begun.set()
        return 0 if end.wait(LONG_S) else 1

    step = Step(work, urgency, time.monotonic(), interrupt)
    processor.put(step)
    assert begun.wait(LONG_S)
    try:
        yield step
    finally:
        end.set()
