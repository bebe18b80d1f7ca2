"""Read the events of calendars, whichever integration keeps them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util

from .asking import async_ask
from .times import day_of, iso, span


@dataclass(frozen=True, slots=True)
class Event:
    """One event, or one occurrence of one that recurs; `end` is exclusive, dates are those of an all-day event."""

    entity_id: str
    summary: str
    start: datetime | date
    end: datetime | date
    location: str = ""
    description: str = ""

    @property
    def all_day(self) -> bool:
        """Tell whether it fills whole days, in whatever time zone one looks at it."""
        return not isinstance(self.start, datetime)

    @property
    def begins(self) -> datetime:
        """Return when it begins in this home's time zone."""
        return _moment(self.start)

    @property
    def ends(self) -> datetime:
        """Return when it is over in this home's time zone."""
        return _moment(self.end)

    def told(self, now: datetime) -> str:
        """Return when it is, in words."""
        if isinstance(self.start, datetime):
            return span(self.begins, self.ends, now)
        first, last = self.start, _last_day(self)
        days = day_of(first, now) if first >= last else f"{day_of(first, now)} to {day_of(last, now)}"
        return f"{days}, all day"

    def as_dict(self) -> dict[str, Any]:
        """Return its times for a tool's result: local times, or of an all-day event its first and its last day."""
        if isinstance(self.start, datetime):
            return {"start": iso(self.begins), "end": iso(self.ends), "all_day": False}
        return {"start": self.start.isoformat(), "end": _last_day(self).isoformat(), "all_day": True}


@dataclass(frozen=True, slots=True)
class Read:
    """What calendars answered: their events by time, and which of them did not answer."""

    events: tuple[Event, ...]
    failed: tuple[str, ...] = ()


async def async_events(
    hass: HomeAssistant, entity_ids: Sequence[str], start: datetime, end: datetime, context: Context | None = None
) -> Read:
    """Return the events of calendars that touch a period; one that fails or is too slow does not stop the others."""
    period = {"start_date_time": start.isoformat(), "end_date_time": end.isoformat()}
    answers = await async_ask(hass, "calendar.get_events", entity_ids, context, **period)
    events = [
        event
        for entity_id, answer in answers.items()
        for event in _parsed(entity_id, answer["events"] if answer else ())
        if _touches(event, start, end)
    ]
    failed = tuple(entity_id for entity_id, answer in answers.items() if answer is None)
    return Read(tuple(sorted(events, key=lambda event: (event.begins, event.ends, event.summary))), failed)


def _parsed(entity_id: str, rows: Iterable[Mapping[str, str]]) -> Iterable[Event]:
    for row in rows:
        start, end = _read(row["start"]), _read(row["end"])
        yield Event(
            entity_id, row.get("summary", ""), start, end, row.get("location") or "", row.get("description") or ""
        )


def _read(text: str) -> datetime | date:
    """Return what a calendar wrote: a date, or a time with its zone; raises ValueError for anything else."""
    moment = dt_util.parse_datetime(text, raise_on_error=True) if "T" in text else date.fromisoformat(text)
    return dt_util.as_local(moment) if isinstance(moment, datetime) else moment


def _moment(value: datetime | date) -> datetime:
    return value if isinstance(value, datetime) else dt_util.start_of_local_day(value)


def _last_day(event: Event) -> date:
    return max(_date(event.start), _date(event.end) - timedelta(days=1))


def _date(value: datetime | date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _touches(event: Event, start: datetime, end: datetime) -> bool:
    # One that takes no time at all still happens.
    return event.begins < end and (event.ends > start or event.begins >= start)
