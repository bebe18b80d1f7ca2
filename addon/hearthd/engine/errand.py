"""Ask a model something in a task of its own, so that it can be waited for, given up and stopped with all others."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from hearthd.errors import ApiError, ErrorCode

_CLOSE_SECONDS = 2.0


class Errand[T]:
    """One question to a model that is answered in one piece."""

    def __init__(self, work: Coroutine[Any, Any, T], on_end: Callable[[Errand[T]], None]) -> None:
        """Start it; `on_end` is called once, whatever it comes to."""
        self._ending: ApiError | None = None
        self._on_end = on_end
        self._task = asyncio.create_task(work)
        self._task.add_done_callback(self._ended)

    async def result(self) -> T:
        """Wait for the answer; whoever stops waiting gives the question up.

        Raises:
            ApiError: what the work raised, or what it was stopped with.
        """
        try:
            await asyncio.wait({self._task})
        except asyncio.CancelledError:
            self._task.cancel()
            raise
        if self._ending is not None:
            raise self._ending
        return self._task.result()

    def stop(self, error: ApiError | None = None) -> None:
        """Cancel it; whoever waits gets the error."""
        if not self._task.done():
            self._ending = self._ending or error or ApiError(ErrorCode.STOPPED, "Nobody waits for it any more.")
            self._task.cancel()

    async def aclose(self) -> None:
        """Cancel it and wait until the model has let go of it."""
        self.stop()
        await asyncio.wait({self._task}, timeout=_CLOSE_SECONDS)

    def _ended(self, task: asyncio.Task[T]) -> None:
        """Tell that it is over, and mark its failure as seen: whoever asked may be gone."""
        if not task.cancelled():
            task.exception()
        self._on_end(self)
