"""Put together what matters in the home now, in a few lines."""

import asyncio
from collections.abc import Iterable, Sequence
import logging

from homeassistant.components.conversation import DOMAIN as ASSISTANT
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..access import Access, Asker, View
from .lines import Assembled, Tellable, fit
from .sources import Cost, LiveSource
from .viewer import Viewer

_LOGGER = logging.getLogger(__name__)

# Every source bounds itself far below; this is for one that is broken.
_SECONDS = 2.0


class Situation:
    """What is true of the home at this moment, ranked by what matters, for whoever asks."""

    def __init__(self, hass: HomeAssistant, access: Access, sources: Sequence[LiveSource]) -> None:
        """Name the sources; they must have been started."""
        self._hass = hass
        self._access = access
        self._sources = sources

    async def async_assemble(self, asker: Asker, *, assistant: str = ASSISTANT, budget_tokens: int) -> Assembled:
        """Return the most urgent lines that somebody may see and that fit a budget; the same home, the same text."""
        viewer = Viewer(self._hass, View(self._access, asker), assistant)
        allowed = [source for source in self._sources if viewer.allows(source.source)]
        at_once = [source for source in allowed if source.cost is Cost.MEMORY]
        slower = [source for source in allowed if source.cost is not Cost.MEMORY]
        lines = [await self._async_lines(source, viewer) for source in at_once]
        lines += await asyncio.gather(*(self._async_lines(source, viewer) for source in slower))
        return fit(_flat(lines), budget_tokens)

    async def _async_lines(self, source: LiveSource, viewer: Viewer) -> Sequence[Tellable]:
        try:
            async with asyncio.timeout(_SECONDS):
                return await source.async_lines(dt_util.now(), viewer)
        except Exception:
            # An answer without one of its sources is better than none.
            _LOGGER.exception("The source %s could not be read", source.source.value)
            return []


def _flat(lists: Iterable[Iterable[Tellable]]) -> list[Tellable]:
    return [one for some in lists for one in some]
