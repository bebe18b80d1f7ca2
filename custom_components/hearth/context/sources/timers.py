"""Tell which timers run and which alarm clock rings next."""

from collections.abc import Iterator
from datetime import datetime, timedelta
import time
from typing import override

from homeassistant.components.intent.const import TIMER_DATA
from homeassistant.components.intent.timers import TimerInfo, TimerManager
from homeassistant.core import State
from homeassistant.helpers import area_registry as ar
from homeassistant.util import dt as dt_util

from ...access import Source, source_of_entity
from ..entity import label
from ..lines import Line
from ..times import duration, when
from ..viewer import Viewer
from .source import LiveSource

_SOON = timedelta(hours=12)


class Timers(LiveSource):
    """The timers that were set by voice, those that are entities, and alarm clocks; read at this moment."""

    source = Source.TIMERS

    @override
    async def async_lines(self, now: datetime, viewer: Viewer) -> list[Line]:
        """Return a line for each that runs or waits."""
        return [*self._spoken(now), *self._entities(now, viewer), *self._alarms(now, viewer)]

    def _spoken(self, now: datetime) -> Iterator[Line]:
        manager: TimerManager | None = self.hass.data.get(TIMER_DATA)
        for timer in manager.timers.values() if manager else ():
            yield self.line(timer.id, f"{self._name(timer)}: {_until(timer, now)}", 0.85)

    def _name(self, timer: TimerInfo) -> str:
        name = f"Timer {timer.name}" if timer.name else f"Timer of {duration(timer.created_seconds)}"
        area = ar.async_get(self.hass).async_get_area(timer.area_id) if timer.area_id else None
        return f"{name} ({area.name})" if area else name

    def _entities(self, now: datetime, viewer: Viewer) -> Iterator[Line]:
        for state in viewer.states("timer"):
            if state.state == "active" and (end := dt_util.parse_datetime(state.attributes.get("finishes_at", ""))):
                yield self.line(state.entity_id, f"Timer {label(self.hass, state)}: ends at {_second(end, now)}", 0.85)
            elif state.state == "paused":
                left = state.attributes.get("remaining", "")
                yield self.line(state.entity_id, f"Timer {label(self.hass, state)}: paused, {left} left", 0.5)

    def _alarms(self, now: datetime, viewer: Viewer) -> Iterator[Line]:
        for state in self.hass.states.async_all("sensor"):
            rings = _rings_at(state)
            if rings is not None and rings > now and viewer.sees(state.entity_id):
                urgency = 0.5 if rings - now < _SOON else 0.25
                yield self.line(state.entity_id, f"{label(self.hass, state)}: {when(rings, now)}", urgency)


def _until(timer: TimerInfo, now: datetime) -> str:
    if not timer.is_active:
        return f"paused, {duration(timer.seconds_left)} left"
    # Told by its end, a timer's line stays the same from second to second.
    left = timer.seconds - (time.monotonic_ns() - timer.updated_at) / 1e9
    return f"ends at {_second(now + timedelta(seconds=left), now)}"


def _second(moment: datetime, now: datetime) -> str:
    rounded = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    return f"{when(rounded, now)}:{dt_util.as_local(rounded):%S}"


def _rings_at(state: State) -> datetime | None:
    """Return when an alarm clock rings, None for what is none and for one that is off."""
    is_clock = source_of_entity(state.entity_id) is Source.TIMERS
    return dt_util.parse_datetime(state.state) if is_clock else None
