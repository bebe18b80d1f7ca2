"""Tell the weather: now, today and tomorrow."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import override

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import translation
from homeassistant.util import dt as dt_util

from ...access import Source
from ..entity import ENGLISH, WORDS, describe, label
from ..forecast import Part, async_days
from ..kept import Kept
from ..lines import Line
from ..viewer import Viewer
from .source import Cost, LiveSource

_SEVERE = frozenset({"exceptional", "hail", "lightning", "lightning-rainy", "pouring"})
_SHOWN_DAYS = 2


class Weather(LiveSource):
    """The weather of the first exposed weather service: its state at this moment, and its forecast."""

    source = Source.WEATHER
    cost = Cost.CALL
    freshness = timedelta(minutes=30)

    def __init__(self, hass: HomeAssistant) -> None:
        """Know of no forecast yet."""
        super().__init__(hass)
        self._forecasts = Kept(hass, "forecast", self._async_forecasts, self.freshness)

    @override
    @callback
    def start(self) -> None:
        self.follow("weather", self._forecasts)

    @override
    async def async_lines(self, now: datetime, viewer: Viewer) -> list[Line]:
        """Return a line for now and one for each of the next days."""
        state = next(iter(viewer.states("weather")), None)
        if state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
            return []
        days = (await self._forecasts.async_get() or {}).get(state.entity_id) or ()
        text = f"Weather now: {describe(self.hass, state)} [{label(self.hass, state)}]"
        current = self.line(state.entity_id, text, 0.9 if state.state in _SEVERE else 0.42)
        return [current, *self._days(state, days, now)]

    def _days(self, state: State, days: Sequence[Part], now: datetime) -> Iterator[Line]:
        today = dt_util.as_local(now).date()
        names = {today: "today", today + timedelta(days=1): "tomorrow"}
        for part in [part for part in days if part.day in names][:_SHOWN_DAYS]:
            text = f"Weather {names[part.day]}: {told(self.hass, state, part)}"
            urgency = 0.7 if part.condition in _SEVERE else 0.4 if part.day == today else 0.28
            yield self.line(part.day.isoformat(), text, urgency)

    async def _async_forecasts(self) -> dict[str, list[Part] | None]:
        states = [self.hass.states.get(entity_id) for entity_id in self.exposed("weather")[:1]]
        return {state.entity_id: await async_days(self.hass, state) for state in states if state is not None}


def condition_word(hass: HomeAssistant, condition: str) -> str:
    """Return a condition as people say it in English."""
    words = translation.async_get_cached_translations(hass, ENGLISH, WORDS, "weather")
    return words.get(f"component.weather.{WORDS}._.state.{condition}", condition).lower()


def told(hass: HomeAssistant, state: State, part: Part) -> str:
    """Return a forecast of a weather service in words, in its units."""
    unit = state.attributes.get("temperature_unit") or ""
    parts = [condition_word(hass, part.condition)] if part.condition else []
    if part.low is not None and part.high is not None:
        parts.append(f"{part.low} to {part.high} {unit}")
    elif part.high is not None:
        parts.append(f"{part.high} {unit}")
    if part.precipitation:
        parts.append(f"{part.precipitation} {state.attributes.get('precipitation_unit') or ''} of rain or snow")
    if part.probability:
        parts.append(f"{part.probability} % likely")
    return ", ".join(parts)
