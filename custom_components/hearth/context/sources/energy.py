"""Tell how much energy the home has used and made today."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ...access import Source
from ..kept import Kept
from ..lines import Line
from ..past import async_figures
from ..viewer import Viewer
from .source import Cost, LiveSource

# The fields of the energy dashboard's settings that name a meter, by kind of source, and what each is called here.
_METERS: Mapping[tuple[str, str], str] = {
    ("battery", "stat_energy_from"): "taken out of the battery",
    ("battery", "stat_energy_to"): "put into the battery",
    ("gas", "stat_energy_from"): "gas used",
    ("grid", "stat_energy_from"): "taken from the grid",
    ("grid", "stat_energy_to"): "given to the grid",
    ("solar", "stat_energy_from"): "made by the sun",
    ("water", "stat_energy_from"): "water used",
}


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
        told = [text for entity_id, text in meters.items() if viewer.sees(entity_id)]
        return [self.line("today", f"Energy today: {', '.join(told)}", 0.15)] if told else []

    async def _async_today(self) -> dict[str, str]:
        told: dict[str, str] = {}
        for entity_id, name in _meters(await _async_preferences(self.hass)):
            state = self.hass.states.get(entity_id)
            figures = await async_figures(self.hass, entity_id, dt_util.start_of_local_day(), dt_util.utcnow())
            if state is not None and figures.total is not None:
                told[entity_id] = f"{figures.total:.1f} {state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, '')} {name}"
        return told


def _meters(preferences: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the entities that count, and what each counts."""
    for source in preferences.get("energy_sources", ()):
        for (kind, field), name in _METERS.items():
            if source["type"] == kind and source.get(field):
                yield source[field], name


async def _async_preferences(hass: HomeAssistant) -> Mapping[str, Any]:
    """Return the energy dashboard's settings, none in a home without it."""
    if "energy" not in hass.config.components:
        return {}
    # A home without the dashboard need not load it for this.
    from homeassistant.components.energy.data import async_get_manager  # noqa: PLC0415

    manager = await async_get_manager(hass)
    return manager.data or {}
