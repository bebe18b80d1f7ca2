"""Hold the requests that wait for the model, bounded and in order of urgency."""

import asyncio
import contextlib
from dataclasses import dataclass, field
import heapq
from itertools import count
import threading
import time

from hearthd.engine.backend import ChatEvent, ChatRequest, Priority
from hearthd.errors import ApiError, ErrorCode

_URGENCY = {Priority.VOICE: 0, Priority.CHAT: 1, Priority.BACKGROUND: 2}
# A guess of how long one request takes, until some have been served.
_FIRST_GUESS_S = 2.0


class CancelledJobError(Exception):
    """Nobody waits for this reply any more."""


@dataclass(slots=True, eq=False)
class Job:
    """One request on its way from the event loop to the model's thread, and its events on their way back."""

    request: ChatRequest
    loop: asyncio.AbstractEventLoop
    arrived: float = field(default_factory=time.monotonic)
    events: asyncio.Queue[ChatEvent | ApiError] = field(default_factory=asyncio.Queue)
    _ending: CancelledJobError | ApiError | None = None

    def cancel(self) -> None:
        """Ask the model's thread to stop working on it."""
        self._ending = self._ending or CancelledJobError()

    def fail(self, error: ApiError) -> None:
        """End it with an error, also while it runs."""
        self._ending = self._ending or error
        self.emit(error)

    def check(self) -> None:
        """Raise what ended it, if anything did."""
        if self._ending is not None:
            raise self._ending

    def emit(self, event: ChatEvent | ApiError) -> None:
        """Hand an event to whoever waits on the event loop; any thread may call it."""
        # A loop that has closed meanwhile has nobody left to tell.
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.events.put_nowait, event)


class JobQueue:
    """A bounded queue between event loops and one consuming thread: most urgent first, then first come."""

    def __init__(self, limit: int) -> None:
        """Let at most `limit` jobs wait."""
        self._limit = limit
        self._waiting: list[tuple[int, int, Job]] = []
        self._running: Job | None = None
        self._numbers = count()
        self._changed = threading.Condition()
        self._closed = False
        self._typical_s = _FIRST_GUESS_S

    @property
    def closed(self) -> bool:
        """Return whether no job will be taken any more."""
        return self._closed

    def put(self, job: Job) -> None:
        """Add a job.

        Raises:
            ApiError: `engine_busy` with `retry_after` if too many wait, `shutting_down` after `close`.
        """
        with self._changed:
            if self._closed:
                raise ApiError(ErrorCode.SHUTTING_DOWN, "The engine is shutting down.")
            if len(self._waiting) >= self._limit:
                wait = round(max(1.0, self._typical_s * (len(self._waiting) + 1)), 1)
                raise ApiError(ErrorCode.ENGINE_BUSY, "Too many requests are waiting for the model.", retry_after=wait)
            heapq.heappush(self._waiting, (_URGENCY[job.request.priority], next(self._numbers), job))
            self._changed.notify()

    def take(self) -> Job | None:
        """Wait for the next job; None once the queue is closed. The job counts as running until `done`."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            self._running = None if self._closed else heapq.heappop(self._waiting)[2]
            return self._running

    def done(self, seconds: float) -> None:
        """Note that the running job ended after so long."""
        with self._changed:
            self._running = None
            self._typical_s += (seconds - self._typical_s) / 4

    def drop(self, job: Job) -> None:
        """Cancel a job and free its place in the queue at once."""
        job.cancel()
        with self._changed:
            kept = [entry for entry in self._waiting if entry[2] is not job]
            if len(kept) != len(self._waiting):
                heapq.heapify(kept)
                self._waiting = kept

    def close(self) -> None:
        """End every job with `shutting_down` and let the consumer go."""
        with self._changed:
            self._closed = True
            ended = [entry[2] for entry in self._waiting] + ([self._running] if self._running else [])
            self._waiting.clear()
            self._changed.notify_all()
        for job in ended:
            job.fail(ApiError(ErrorCode.SHUTTING_DOWN, "The engine is shutting down."))
