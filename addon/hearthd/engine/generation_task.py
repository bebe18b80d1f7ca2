"""Run one generation under its deadline, so that it can be waited for, cut short and counted."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from hearthd.engine.backend import ChatEvent, Finish
from hearthd.errors import ApiError, ErrorCode

# A client that reads slowly slows its generation down instead of filling our memory.
_BUFFERED_EVENTS = 64
_CLOSE_SECONDS = 2.0


class GenerationTask:
    """One reply that is being made in a task of its own; its events are read once, in order."""

    def __init__(
        self,
        events: AsyncGenerator[ChatEvent],
        *,
        deadline: float | None = None,
        on_end: Callable[[GenerationTask, BaseException | None], None] = lambda _generation, _error: None,
    ) -> None:
        """Start it; `deadline` is in the event loop's time, `on_end` is told how it ended."""
        self._queue: asyncio.Queue[ChatEvent] = asyncio.Queue(_BUFFERED_EVENTS)
        self._ending: ApiError | None = None
        self._on_end = on_end
        self._task = asyncio.create_task(self._run(events, deadline))
        self._task.add_done_callback(self._ended)

    async def next_event(self, within: float | None = None) -> ChatEvent | None:
        """Return the next event, or None after the last one.

        Raises:
            TimeoutError: nothing came for `within` seconds; asking again goes on where this left off.
            ApiError: the generation failed, its deadline passed or it was stopped.
        """
        try:
            async with asyncio.timeout(within):
                return await self._queue.get()
        except asyncio.QueueShutDown:
            await asyncio.wait({self._task})
        if self._ending is not None:
            raise self._ending
        if not self._task.cancelled():
            self._task.result()
        return None

    def stop(self, error: ApiError | None = None) -> None:
        """Cancel what is still running; its reader gets the error, or an early end without one."""
        if not self._task.done():
            self._ending = self._ending or error
            self._task.cancel()

    async def aclose(self) -> None:
        """Cancel what is still running and wait until the model has let go of it."""
        self.stop()
        await asyncio.wait({self._task}, timeout=_CLOSE_SECONDS)

    async def _run(self, events: AsyncGenerator[ChatEvent], deadline: float | None) -> None:
        """Move events from the model to the reader."""
        limit = asyncio.timeout_at(deadline)
        try:
            async with limit, aclosing(events):
                async for event in events:
                    await self._queue.put(event)
                    if isinstance(event, Finish):
                        return
            raise RuntimeError("the backend ended without Finish")
        except TimeoutError as err:
            if not limit.expired():
                # To the reader a TimeoutError means silence.
                raise RuntimeError("the backend let a timeout escape") from err
            raise ApiError(ErrorCode.DEADLINE_EXCEEDED, "The reply was not ready before its deadline.") from err
        finally:
            self._queue.shutdown()

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Report the end, which also marks the task's exception as seen."""
        self._on_end(self, None if task.cancelled() else task.exception())
