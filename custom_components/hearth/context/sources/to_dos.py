"""Tell what is to be done: late, due today, and how much else."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import override

from homeassistant.core import HomeAssistant, State, callback
from homeassistant.util import dt as dt_util

from ...access import Source
from ..entity import label
from ..kept import Kept
from ..lines import Line, clean
from ..todo_lists import Item, async_items
from ..viewer import Viewer
from .source import Cost, LiveSource

_NAMED = 5


class ToDos(LiveSource):
    """The open items of the exposed to-do lists."""

    source = Source.TODO
    cost = Cost.CALL
    freshness = timedelta(minutes=5)

    def __init__(self, hass: HomeAssistant) -> None:
        """Know of no item yet."""
        super().__init__(hass)
        self._lists = Kept(hass, "to-do lists", self._async_lists, self.freshness)

    @override
    @callback
    def start(self) -> None:
        self.follow("todo", self._lists)

    @override
    async def async_lines(self, now: datetime, viewer: Viewer) -> list[Line]:
        """Return what is due soon, one a line, and one line for the rest of each list."""
        lists = await self._lists.async_get() or {}
        return [
            line
            for state in viewer.states("todo")
            for line in self._lines(state, lists.get(state.entity_id) or [], now)
        ]

    def _lines(self, state: State, items: list[Item], now: datetime) -> Iterator[Line]:
        name = label(self.hass, state)
        tonight = dt_util.start_of_local_day(dt_util.as_local(now).date() + timedelta(days=1))
        pressing = [item for item in items if item.due_at and item.due_at < tonight]
        for item in pressing:
            late = item.due_at is not None and item.due_at < now
            text = f"{name}: {clean(item.summary, 80)}, {item.told(now)}"
            yield self.line(f"{state.entity_id}:{item.uid}", text, 0.6 if late else 0.55)
        rest = [item for item in items if item not in pressing]
        if rest:
            names = ", ".join(clean(item.summary, 40) for item in rest[:_NAMED])
            more = f" and {len(rest) - _NAMED} more" if len(rest) > _NAMED else ""
            yield self.line(state.entity_id, f"{name}, open: {names}{more}", 0.3)

    async def _async_lists(self) -> dict[str, list[Item] | None]:
        return await async_items(self.hass, self.exposed("todo"))
