"""Compute the steps of all models in one thread, the most urgent first.

Two models that compute at the same time share the cores: one in the background takes half of a voice's speed. OpenMP
makes it worse. As soon as two threads have a team of workers each, libgomp counts more threads than there are cores and
lets none of them wait actively any more (`gomp_throttled_spin_count_var`): every step takes half as long again, also
while only one model computes.
"""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
import threading
import time
from typing import Final

# Between two steps of a reply its tokens are drawn; so long nobody less urgent begins.
_GAP_S = 0.03
# So long a step waits until it counts as a class more urgent.
_AGEING_S = 10.0
# So long a model lets a step wait before it plans it anew: deadlines pass meanwhile, and more urgent requests come.
PATIENCE_S = 0.5


@dataclass(slots=True, eq=False)
class Step:
    """What one model computes next, with llama.cpp's status as its result.

    The smaller `urgency`, the more urgent; `since` (monotonic seconds) is when its model began to wait. `interrupt` has
    it end early while it is computed, where that is worth it.
    """

    work: Callable[[], int]
    urgency: int
    since: float
    interrupt: Callable[[], None] | None = None
    status: Future[int] = field(default_factory=Future)

    def rank(self, now: float) -> float:
        """Return how urgent it is by now."""
        return self.urgency - (now - self.since) // _AGEING_S


class Processor:
    """The thread that computes, and the steps that wait for it; any thread may call anything."""

    def __init__(self) -> None:
        """Have nothing to do; the thread begins with the first step."""
        self._changed = threading.Condition()
        self._waiting: list[Step] = []
        self._running: Step | None = None
        self._thread: threading.Thread | None = None
        self._held_rank = 0.0
        self._held_until = 0.0

    def put(self, step: Step) -> None:
        """Let a step wait for its turn; a less urgent one that can be interrupted is."""
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="processor", daemon=True)
                self._thread.start()
            running = self._running
            if running is not None and running.interrupt is not None and running.urgency > step.urgency:
                running.interrupt()
            self._waiting.append(step)
            self._changed.notify()

    def withdraw(self, step: Step) -> bool:
        """Forget a step whose turn has not come; False if it has."""
        with self._changed:
            if step not in self._waiting:
                return False
            self._waiting.remove(step)
            return step.status.cancel()

    def _serve(self) -> None:
        """Compute what comes, for as long as the process lives."""
        while True:
            # While it waits it holds on to nothing: a step keeps its model's context.
            self._compute(self._next())

    def _compute(self, step: Step) -> None:
        """Compute a step and tell whoever waits for it."""
        try:
            status = step.work()
        except BaseException as err:  # noqa: BLE001 - it belongs to whoever waits for the step
            self._done(step)
            step.status.set_exception(err)
        else:
            self._done(step)
            step.status.set_result(status)

    def _next(self) -> Step:
        """Wait for the step whose turn it is."""
        with self._changed:
            while True:
                now = time.monotonic()
                step = min(self._waiting, key=lambda step: (step.rank(now), step.since), default=None)
                gap = self._held_until - now
                if step is not None and (gap <= 0 or step.rank(now) <= self._held_rank):
                    self._waiting.remove(step)
                    self._running = step
                    return step
                self._changed.wait(None if step is None else gap)

    def _done(self, step: Step) -> None:
        """Keep the processor free for a moment for whoever follows on an urgent step."""
        with self._changed:
            now = time.monotonic()
            self._running = None
            if now >= self._held_until or step.urgency <= self._held_rank:
                self._held_rank, self._held_until = step.urgency, now + _GAP_S


PROCESSOR: Final = Processor()


class Turns:
    """One model's turns on the processor, a step at a time; `computed_s` adds up how long they took.

    One thread takes them; any thread may call `withdraw`.
    """

    def __init__(self, processor: Processor = PROCESSOR) -> None:
        """Begin with none."""
        self.computed_s = 0.0
        self._processor = processor
        self._step: Step | None = None
        self._since: float | None = None

    def compute(
        self,
        work: Callable[[], int],
        urgency: int,
        *,
        patience: float | None = None,
        interrupt: Callable[[], None] | None = None,
    ) -> int | None:
        """Return the status of some work, or None if it was withdrawn or its turn did not come in `patience` seconds.

        Who tries again has not lost its place, until `give_up`. Raises whatever the work does.
        """

        def timed() -> int:
            started, self._since = time.monotonic(), None
            try:
                return work()
            finally:
                self.computed_s += time.monotonic() - started

        if self._since is None:
            self._since = time.monotonic()
        step = self._step = Step(timed, urgency, self._since, interrupt)
        self._processor.put(step)
        try:
            return step.status.result(patience)
        except CancelledError:
            return None
        except TimeoutError:
            return None if self._processor.withdraw(step) else step.status.result()
        finally:
            self._step = None

    def give_up(self) -> None:
        """Lose the place of a step whose turn did not come: none follows on it."""
        self._since = None

    def withdraw(self) -> None:
        """Have the step end that has not begun."""
        if (step := self._step) is not None:
            self._processor.withdraw(step)
