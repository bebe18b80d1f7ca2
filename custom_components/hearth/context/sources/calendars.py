"""Tell what is in the calendars: now, next, and in the days to come."""

from datetime import datetime, timedelta
from typing import override

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ...access import Source
from ..entity import label
from ..events import Event, async_events
from ..kept import Kept
from ..lines import Line, clean
from ..viewer import Viewer
from .source import Cost, LiveSource

_DAYS = 7
_MOST_EVENTS = 12


class Calendars(LiveSource):
    """The events of the exposed calendars in the coming week."""

    source = Source.CALENDAR
    cost = Cost.CALL
    freshness = timedelta(minutes=15)

    def __init__(self, hass: HomeAssistant) -> None:
        """Know of no event yet."""
        super().__init__(hass)
        self._week = Kept(hass, "calendars", self._async_week, self.freshness)

    @override
    @callback
    def start(self) -> None:
        self.follow("calendar", self._week)

    @override
    async def async_lines(self, now: datetime, viewer: Viewer) -> list[Line]:
        """Return the next events, one a line."""
        events = [
            event for event in await self._week.async_get() or () if event.ends > now and viewer.sees(event.entity_id)
        ]
        return [self._line(event, now) for event in events[:_MOST_EVENTS]]

    def _line(self, event: Event, now: datetime) -> Line:
        state = self.hass.states.get(event.entity_id)
        calendar = f" [{label(self.hass, state)}]" if state else ""
        place = f", {clean(event.location, 60)}" if event.location else ""
        text = f"{event.told(now)}: {clean(event.summary, 80)}{place}{calendar}"
        about = f"{event.entity_id}:{event.begins.isoformat()}:{event.summary}"
        return self.line(about, text, _urgency(event, now))

    async def _async_week(self) -> tuple[Event, ...]:
        start = dt_util.start_of_local_day()
        end = dt_util.start_of_local_day(start.date() + timedelta(days=_DAYS))
        return (await async_events(self.hass, self.exposed("calendar"), start, end)).events


def _urgency(event: Event, now: datetime) -> float:
    """Return how soon somebody has to think of an event."""
    ahead = event.begins - now
    today = dt_util.as_local(event.begins).date() <= dt_util.as_local(now).date()
    if event.all_day:
        return 0.6 if today else 0.3
    if ahead <= timedelta(0):
        return 0.7
    if ahead <= timedelta(hours=2):
        return 0.85
    if today:
        return 0.65
    return 0.5 if ahead <= timedelta(hours=36) else 0.25
