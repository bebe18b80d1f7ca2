"""Let so many requests at a time through to a model that runs elsewhere; the others wait in order of urgency."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from hearthd.engine.backend import Priority
from hearthd.engine.kernel.waiting import WaitingRoom
from hearthd.engine.metrics import ModelMetrics


class Turns:
    """The seats at a remote model, and the room before it."""

    def __init__(self, seats: int, max_queue: int, metrics: ModelMetrics) -> None:
        """Let `seats` requests run at the same time and `max_queue` of each priority wait."""
        self._free = seats
        self._room: WaitingRoom[asyncio.Future[None]] = WaitingRoom(max_queue, seats=seats)
        self._metrics = metrics

    @asynccontextmanager
    async def turn(self, priority: Priority) -> AsyncGenerator[float]:
        """Wait for a seat and hold it; gives the seconds that it took.

        Raises:
            ApiError: `engine_busy` if too many wait.
        """
        arrived = _now()
        await self._sit_down(priority, arrived)
        began = _now()
        self._metrics.queue_seconds[priority].observe(began - arrived)
        try:
            with self._metrics.running.track_inprogress():
                yield began - arrived
        finally:
            self._room.served(_now() - began)
            self._stand_up()

    async def _sit_down(self, priority: Priority, now: float) -> None:
        """Take a seat, or wait for one."""
        if self._free and not self._room:
            self._free -= 1
            return
        seat = asyncio.get_running_loop().create_future()
        self._room.put(seat, priority, now)
        self._metrics.waiting[priority].inc()
        try:
            await seat
        except asyncio.CancelledError:
            # It may have been given just now.
            if not self._room.drop(seat) and not seat.cancelled():
                self._stand_up()
            raise
        finally:
            self._metrics.waiting[priority].dec()

    def _stand_up(self) -> None:
        """Leave a seat to the most urgent of those who wait."""
        while (seat := self._room.take(_now())) is not None:
            # Whoever has given up may not have had the time to go.
            if not seat.done():
                seat.set_result(None)
                return
        self._free += 1


def _now() -> float:
    """Return the event loop's time."""
    return asyncio.get_running_loop().time()
