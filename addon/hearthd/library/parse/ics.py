"""Read a calendar file (RFC 5545): every event and to-do in words, with its days, its zone and how it repeats."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from icalendar import Calendar, Component, vBroken

from ..document import Document
from .draft import Draft, single_line
from .encoding import decode

_KINDS = {"VEVENT", "VTODO", "VJOURNAL"}
_UNITS = {
    "SECONDLY": "second",
    "MINUTELY": "minute",
    "HOURLY": "hour",
    "DAILY": "day",
    "WEEKLY": "week",
    "MONTHLY": "month",
    "YEARLY": "year",
}
_DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_PLACES = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", "-1": "last", "-2": "last but one"}
_MONTHS = tuple(date(2000, month, 1).strftime("%B") for month in range(1, 13))
_MOST_NAMED = 20


def read(data: bytes) -> Document:
    """Return a section for each event, to-do and journal entry, whose time is when it starts or is due.

    Raises:
        UnreadableError: it is too long.
    """
    draft = Draft()
    title = ""
    for calendar in Calendar.from_ical(decode(data), multiple=True):
        title = title or _text(calendar, "X-WR-CALNAME")
        for entry in calendar.walk(select=lambda component: component.name in _KINDS):
            _write(draft, entry)
    return draft.document(title)


def _write(draft: Draft, entry: Component) -> None:
    start = _moment(entry, "DTSTART")
    due = _moment(entry, "DUE") if entry.name == "VTODO" else None
    summary = single_line(_text(entry, "SUMMARY"))
    draft.section(*filter(None, [summary]), time=_seconds(start or due))
    draft.block(summary)
    for line in _lines(entry, start, due):
        draft.block(line, "\n")
    draft.block(_text(entry, "DESCRIPTION"), "\n")


def _lines(entry: Component, start: date | None, due: date | None) -> Iterator[str]:
    """Yield what is known of an entry besides its name, a line each."""
    if start is not None:
        yield _span(start, _end(entry, start))
    if due is not None:
        yield f"Due: {_said(due)}"
    if rules := _listed(entry, "RRULE"):
        yield f"Repeats: {_repetition(rules[0])}"
    if days := list(_dates(entry, "EXDATE")):
        yield f"Not on: {'; '.join(_said(day) for day in days)}"
    if days := list(_dates(entry, "RDATE")):
        yield f"Also on: {'; '.join(_said(day) for day in days)}"
    if (moved := _moment(entry, "RECURRENCE-ID")) is not None:
        yield f"Instead of: {_said(moved)}"
    if where := single_line(_text(entry, "LOCATION")):
        yield f"Where: {where}"
    if people := [name for name in map(_person, _listed(entry, "ATTENDEE")[:_MOST_NAMED]) if name]:
        yield f"With: {', '.join(people)}"
    if status := single_line(_text(entry, "STATUS")):
        yield f"Status: {status.lower()}"


def _text(entry: Component, name: str) -> str:
    return "\n".join(str(value) for value in _listed(entry, name))


def _listed(entry: Component, name: str) -> list[Any]:
    """Return a property's values but for damaged ones; a file may have none, one, or several where one is allowed."""
    found = entry.get(name)
    values = found if isinstance(found, list) else [] if found is None else [found]
    return [value for value in values if not isinstance(value, vBroken)]


def _moment(entry: Component, name: str) -> date | None:
    """Return a day or, with a time, a moment; what is damaged is none."""
    found = next((getattr(value, "dt", None) for value in _listed(entry, name)), None)
    return found if isinstance(found, date) else None


def _dates(entry: Component, name: str) -> Iterator[date]:
    """Yield the first days of a list of them."""
    values = [value for listed in _listed(entry, name) for value in getattr(listed, "dts", ())]
    for value in values[:_MOST_NAMED]:
        if isinstance(value.dt, date):
            yield value.dt


def _end(entry: Component, start: date) -> date | None:
    """Return when an entry ends, by its own word or by how long it takes."""
    end = _moment(entry, "DTEND")
    if end is not None:
        return end
    length = next((getattr(value, "dt", None) for value in _listed(entry, "DURATION")), None)
    return start + length if isinstance(length, timedelta) else None


def _span(start: date, end: date | None) -> str:
    """Return from when to when, as a person would say it."""
    if not isinstance(start, datetime):
        # A day's end is the day after.
        last = end - timedelta(days=1) if end is not None and not isinstance(end, datetime) else start
        return _said(start) if last <= start else f"{_said(start)} to {_said(last)}"
    if not isinstance(end, datetime) or (end.tzinfo is None) != (start.tzinfo is None) or end <= start:
        return _said(start)
    if end.date() == start.date():
        return f"{_day(start)}, {start:%H:%M} to {end:%H:%M}{_zone(start)}"
    return f"{_day(start)}, {start:%H:%M} to {_day(end)}, {end:%H:%M}{_zone(start)}"


def _said(moment: date) -> str:
    return f"{_day(moment)}, {moment:%H:%M}{_zone(moment)}" if isinstance(moment, datetime) else _day(moment)


def _day(moment: date) -> str:
    return f"{moment:%A}, {moment.day} {moment:%B} {moment.year}"


def _zone(moment: datetime) -> str:
    """Return the zone of a moment; a floating one has none and is meant wherever one is."""
    if moment.tzinfo is None:
        return ""
    return f" ({getattr(moment.tzinfo, 'key', None) or moment.tzname() or moment.tzinfo})"


def _seconds(moment: date | None) -> float | None:
    """Return Unix seconds; a day begins, and a floating moment is, in UTC."""
    if moment is None:
        return None
    whole = moment if isinstance(moment, datetime) else datetime.combine(moment, time())
    return (whole if whole.tzinfo is not None else whole.replace(tzinfo=UTC)).timestamp()


def _repetition(rule: Any) -> str:
    """Return a rule in words, such as `every 2 weeks on Tuesday, until 1 June 2026`."""
    unit = _UNITS.get(_first(rule, "FREQ").upper(), "time")
    interval = _first(rule, "INTERVAL")
    said = f"every {unit}" if interval in {"", "1"} else f"every {interval} {unit}s"
    if days := [_weekday(str(day)) for day in rule.get("BYDAY", ())]:
        said += f" on {_enumerated(days)}"
    if days := [str(day) for day in rule.get("BYMONTHDAY", ())]:
        said += f" on day {_enumerated(days)}"
    if months := [_month(str(month)) for month in rule.get("BYMONTH", ())]:
        said += f" in {_enumerated(months)}"
    if count := _first(rule, "COUNT"):
        said += f", {count} times"
    until = next(iter(rule.get("UNTIL", ())), None)
    return f"{said}, until {_said(until)}" if isinstance(until, date) else said


def _first(rule: Any, name: str) -> str:
    return str(next(iter(rule.get(name, ())), ""))


def _weekday(day: str) -> str:
    """Return a rule's day in words: `TU`, or `-1FR` for a month's last Friday."""
    name = _DAYS.get(day[-2:].upper(), day)
    place = day[:-2].lstrip("+")
    return f"the {_PLACES.get(place, f'{place}.')} {name}" if place else name


def _month(month: str) -> str:
    return _MONTHS[int(month) - 1] if month.isdecimal() and 0 < int(month) <= len(_MONTHS) else month


def _enumerated(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _person(address: Any) -> str:
    """Return who somebody is: by name, or else by address."""
    name = getattr(address, "params", {}).get("CN")
    return single_line(str(name or address).removeprefix("mailto:").removeprefix("MAILTO:"))
