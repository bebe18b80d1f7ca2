"""Tell how much energy the home has used and made today."""

from datetime import datetime, timedelta
from typing import override

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ...access import Source
from ..kept import Kept
from ..lines import Line
from ..meters import async_meters, async_statistics, has_entity
from ..past import async_figures
from ..viewer import Viewer
from .source import Cost, LiveSource


class Energy(LiveSource):
    """What the exposed meters of the energy dashboard have counted since midnight."""

    source = Source.ENERGY
    cost = Cost.RECORDER
    freshness = timedelta(minutes=10)

    def __init__(self, hass: HomeAssistant) -> None:
        """Know of no meter yet."""
        super().__init__(hass)
        self._today = Kept(hass, "energy", self._async_today, self.freshness)

    @override
    @callback
    def start(self) -> None:
        self._stops.append(self._today.stop)

    @override
    async def async_lines(self, now: datetime, viewer: Viewer) -> list[Line]:
        """Return one line with all of them."""
        meters = await self._today.async_get() or {}
        told = [text for statistic_id, text in meters.items() if viewer.sees_statistic(statistic_id)]
        return [self.line("today", f"Energy today: {', '.join(told)}", 0.15)] if told else []

    async def _async_today(self) -> dict[str, str]:
        told: dict[str, str] = {}
        units = {one.statistic_id: one.unit for one in await async_statistics(self.hass)}
        for statistic_id, name in await async_meters(self.hass):
            state = self.hass.states.get(statistic_id)
            unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) if state else units.get(statistic_id)
            figures = await async_figures(self.hass, statistic_id, dt_util.start_of_local_day(), dt_util.utcnow())
            if figures.total is not None and (state or not has_entity(statistic_id)):
                told[statistic_id] = f"{figures.total:.1f} {unit or ''} {name}"
        return told
