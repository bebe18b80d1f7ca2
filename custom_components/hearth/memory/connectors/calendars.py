"""Feed the library with the events of the calendars that the home shows to assistants."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, override

from homeassistant.util import dt as dt_util

from ...access import Source
from ...engine import LibraryItem
from .connector import digest
from .entities import EntityConnector

if TYPE_CHECKING:
    from homeassistant.components.calendar import CalendarEvent

_URL = "/calendar"
_PAST = timedelta(days=365)
_FUTURE = timedelta(days=365)


class Calendars(EntityConnector):
    """The events of a year back and a year ahead; each recurrence is one of its own."""

    source = Source.CALENDAR
    collection = "calendar"
    prefix = "calendar/"
    domain = "calendar"

    @override
    async def _async_items(self, entity: Any, prefix: str, name: str, owner: str) -> AsyncIterator[LibraryItem]:
        now = dt_util.now()
        for event in await entity.async_get_events(self._hass, now - _PAST, now + _FUTURE):
            yield _item(prefix, name, owner, event)


def _item(prefix: str, calendar: str, owner: str, event: CalendarEvent) -> LibraryItem:
    start = event.start_datetime_local
    identity = (event.uid, event.recurrence_id or "") if event.uid else (event.summary, start.isoformat())
    lines = [event.summary, _when(event), f"Calendar: {calendar}"]
    if event.location:
        lines.append(f"Place: {event.location}")
    if event.description:
        lines.append(event.description)
    return LibraryItem(
        id=prefix + digest(*identity),
        owner=owner,
        title=event.summary or calendar,
        content="\n".join(lines),
        time=start,
        url=_URL,
    )


def _when(event: CalendarEvent) -> str:
    """Return when an event is, as a person would write it; an all-day event ends on the day before its end."""
    start, end = event.start_datetime_local, event.end_datetime_local
    if event.all_day:
        last = end - timedelta(days=1)
        return f"{start:%A, %d %B %Y}, all day" if last <= start else f"{start:%d %B %Y} to {last:%d %B %Y}, all day"
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%A, %d %B %Y, %H:%M}"
    return f"{start:%A, %d %B %Y, %H:%M} to {until}"
