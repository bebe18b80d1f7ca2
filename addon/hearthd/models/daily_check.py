"""Ask the hub once a day whether the installed models have become newer, unless that is forbidden."""

import asyncio
import logging

from hearthd.errors import ApiError
from hearthd.models.store import ModelStore

_LOGGER = logging.getLogger(__name__)

# The start has better things to do.
_FIRST_SECONDS = 300.0
_DAY_SECONDS = 24 * 60 * 60.0


class DailyCheck:
    """A task that asks for all models now and then while the engine runs."""

    def __init__(self, store: ModelStore, first_seconds: float = _FIRST_SECONDS, seconds: float = _DAY_SECONDS) -> None:
        """Describe it; it does not run yet."""
        self._store = store
        self._first_seconds = first_seconds
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, unless the store is to stay offline."""
        if not self._store.hub.offline:
            self._task = asyncio.create_task(self._run())

    def close(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        """Ask, for as long as the engine runs; a hub that is away today is asked again tomorrow."""
        await asyncio.sleep(self._first_seconds)
        while True:
            try:
                await asyncio.to_thread(self._store.check_for_updates)
            except ApiError as err:
                _LOGGER.info("The hub was asked for newer models in vain: %s", err.message)
            await asyncio.sleep(self._seconds)
