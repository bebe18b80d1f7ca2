"""Tell who is home and who is where."""

from datetime import datetime
from typing import override

from homeassistant.const import STATE_HOME, STATE_NOT_HOME, STATE_UNKNOWN
from homeassistant.core import State

from ...access import Source
from ..entity import label
from ..lines import Line, clean
from ..times import when
from ..viewer import Viewer
from .source import LiveSource


class Presence(LiveSource):
    """The people of the home whose whereabouts are exposed; read at this moment."""

    source = Source.PRESENCE

    @override
    async def async_lines(self, now: datetime, viewer: Viewer) -> list[Line]:
        """Return where each of them is, and since when."""
        return [self._line(state, now) for state in viewer.states("person") if state.state != STATE_UNKNOWN]

    def _line(self, state: State, now: datetime) -> Line:
        text = f"{label(self.hass, state)} {_place(state)} since {when(state.last_changed, now)}"
        return self.line(state.entity_id, text, 0.45)


def _place(state: State) -> str:
    match state.state:
        case str() as place if place == STATE_HOME:
            return "is home"
        case str() as place if place == STATE_NOT_HOME:
            return "is away"
        case zone:
            return f"is in the zone {clean(zone)}"
