"""Pull a model in a thread of its own, so that it can be followed and stopped from an event loop."""

import asyncio
from contextlib import suppress
import threading
import time

from hearthd.models.download import PullProgress, PullStopped
from hearthd.models.store import ModelStore, Wanted

_REPORT_SECONDS = 0.25
_STOP_SECONDS = 2.0


class PullTask:
    """One pull that has begun; its progress is read once, in order, and what nobody read in time is left out.

    The thread is none of the loop's own: there are few of those, and a pull may take hours.
    """

    def __init__(self, store: ModelStore, wanted: Wanted) -> None:
        """Begin."""
        self._store = store
        self._wanted = wanted
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._ended = asyncio.Event()
        self._unread: list[PullProgress] = []
        self._error: Exception | None = None
        self._stopped = threading.Event()
        self._reported_at = 0.0
        self._last: PullProgress | None = None
        threading.Thread(target=self._run, name=f"pull {wanted.id}", daemon=True).start()

    async def next_progress(self, within: float | None = None) -> PullProgress | None:
        """Return how far it is, or None after the end.

        Raises:
            TimeoutError: there was nothing new for `within` seconds; asking again goes on where this left off.
            ApiError: what `ModelStore.pull` raises.
        """
        while not self._unread and not self._ended.is_set():
            self._news.clear()
            async with asyncio.timeout(within):
                await self._news.wait()
        if self._unread:
            return self._unread.pop(0)
        if self._error is not None:
            raise self._error
        return None

    def stop(self) -> None:
        """Have it end soon; what has arrived is kept."""
        self._stopped.set()

    async def aclose(self) -> None:
        """Stop it and wait a moment for its end: a hub that is silent just now holds nobody up."""
        self.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                await self._ended.wait()

    def _run(self) -> None:
        """Pull, in the thread."""
        try:
            self._store.pull(self._wanted, self._report, self._stopped)
        except PullStopped:
            pass
        except Exception as err:  # noqa: BLE001 - raised again where the pull is followed
            self._error = err
        self._tell(None)

    def _report(self, progress: PullProgress) -> None:
        """Pass on a new status at once and the same one now and then, in the thread."""
        now = time.monotonic()
        is_new = self._last is None or self._last.status != progress.status
        if is_new or now - self._reported_at >= _REPORT_SECONDS:
            self._last, self._reported_at = progress, now
            self._tell(progress)

    def _tell(self, progress: PullProgress | None) -> None:
        """Hand something over to the loop, which may be closed by now."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._take, progress)

    def _take(self, progress: PullProgress | None) -> None:
        """Note something in the loop; of one status only the newest is worth reading."""
        if progress is None:
            self._ended.set()
        elif self._unread and self._unread[-1].status == progress.status:
            self._unread[-1] = progress
        else:
            self._unread.append(progress)
        self._news.set()
