"""Tell the engine which collections of its library are kept at home, whenever it knows it otherwise."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later

from .const import SIGNAL_OPTIONS_CHANGED
from .coordinator import HearthConfigEntry, HearthData
from .engine import EngineError, LibraryState

_LOGGER = logging.getLogger(__name__)

_AGAIN_SECONDS: Final = 30


@callback
def async_watch(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Compare after each change of the options, and with whatever the engine tells, until the entry is unloaded."""
    watch = _Watch(hass, entry)
    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_OPTIONS_CHANGED, watch.look))
    entry.async_on_unload(entry.runtime_data.coordinator.async_add_listener(watch.look_closer))
    entry.async_on_unload(watch.stop)


@dataclass(slots=True)
class _Watch:
    """What is to be told to one engine, again and again until it has heard it."""

    hass: HomeAssistant
    entry: HearthConfigEntry
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _later: CALLBACK_TYPE | None = None

    @property
    def _data(self) -> HearthData:
        return self.entry.runtime_data

    @callback
    def look(self, _now: datetime | None = None) -> None:
        """Ask the engine what it knows, and tell it what is so."""
        self.stop()
        self.entry.async_create_background_task(self.hass, self._async_tell(), "hearth kept at home")

    @callback
    def look_closer(self) -> None:
        """Do so if what it last said is not so."""
        if (library := self._data.coordinator.library) is not None and self._wrong(library):
            self.look()

    @callback
    def stop(self) -> None:
        """Try no more."""
        if self._later is not None:
            self._later()
            self._later = None

    async def _async_tell(self) -> None:
        async with self._turn:
            try:
                for name in self._wrong(await self._data.client.async_library()):
                    # Whatever is stored, be it nothing, tells it of the whole collection.
                    await self._data.client.async_store(name, [])
            except EngineError as err:
                _LOGGER.debug("What is kept at home is told once the engine is back: %s", err.code)
                self.stop()
                self._later = async_call_later(self.hass, _AGAIN_SECONDS, self.look)

    def _wrong(self, library: LibraryState) -> list[str]:
        """Return the collections of which the engine believes something else."""
        is_private = self._data.access.stays_home
        return [name for name, one in library.collections.items() if one.at_home != is_private(name)]
