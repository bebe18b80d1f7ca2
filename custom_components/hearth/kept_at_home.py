"""Tell the engine which collections of its library are kept at home, whenever it knows it otherwise."""

import asyncio
import logging

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import SIGNAL_OPTIONS_CHANGED
from .coordinator import HearthConfigEntry, HearthData
from .engine import EngineError, LibraryState

_LOGGER = logging.getLogger(__name__)


@callback
def async_watch(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Compare after each change of the options, and with whatever the engine tells, until the entry is unloaded."""
    data, turn = entry.runtime_data, asyncio.Lock()

    async def tell() -> None:
        async with turn:
            try:
                for name in _wrong(data, await data.client.async_library()):
                    # Whatever is stored, be it nothing, tells it of the whole collection.
                    await data.client.async_store(name, [])
            except EngineError as err:
                _LOGGER.debug("What is kept at home is told once the engine is back: %s", err.code)

    @callback
    def look() -> None:
        entry.async_create_background_task(hass, tell(), "hearth kept at home")

    @callback
    def look_closer() -> None:
        if (library := data.coordinator.library) is not None and _wrong(data, library):
            look()

    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_OPTIONS_CHANGED, look))
    entry.async_on_unload(data.coordinator.async_add_listener(look_closer))


def _wrong(data: HearthData, library: LibraryState) -> list[str]:
    """Return the collections of which the engine believes something else."""
    return [name for name, one in library.collections.items() if one.at_home != data.access.stays_home(name)]
