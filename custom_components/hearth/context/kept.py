"""Keep what costs something to find out, for as long as it is fresh."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
import logging

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

_LOGGER = logging.getLogger(__name__)

# A turn waits so long for news; after that it makes do with what was known, and the news serve the next one.
_PATIENCE_SECONDS = 0.25
_FETCH_SECONDS = 15
_RETRY = timedelta(seconds=30)


class Kept[Value]:
    """A value, fetched when it is asked for and no longer fresh."""

    def __init__(
        self, hass: HomeAssistant, name: str, fetch: Callable[[], Awaitable[Value]], freshness: timedelta
    ) -> None:
        """Start with nothing; `fetch` may raise HomeAssistantError."""
        self._hass = hass
        self._name = name
        self._fetch = fetch
        self._freshness = freshness
        self._value: Value | None = None
        self._from: datetime | None = None
        self._until: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    async def async_get(self) -> Value | None:
        """Return the value, the last one known if a new one takes too long, None if none was ever known."""
        if not self._is_fresh():
            if self._task is None or self._task.done():
                self._task = self._hass.async_create_background_task(self._async_refresh(), f"hearth {self._name}")
            await asyncio.wait([self._task], timeout=_PATIENCE_SECONDS)
        return self._value

    @callback
    def drop(self) -> None:
        """Let the next who asks fetch anew; what is known serves whoever can't wait."""
        self._until = None

    @callback
    def stop(self) -> None:
        """Give up what is being fetched."""
        if self._task is not None:
            self._task.cancel()

    def _is_fresh(self) -> bool:
        # A clock that was set back must not keep a value fresh for hours.
        return self._from is not None and self._until is not None and self._from <= dt_util.utcnow() < self._until

    async def _async_refresh(self) -> None:
        self._from = dt_util.utcnow()
        self._until = self._from + _RETRY
        try:
            async with asyncio.timeout(_FETCH_SECONDS):
                self._value = await self._fetch()
        except (HomeAssistantError, TimeoutError) as err:
            _LOGGER.debug("%s could not be read: %s", self._name, type(err).__name__)
            return
        if self._until is not None:
            self._until = self._from + self._freshness
