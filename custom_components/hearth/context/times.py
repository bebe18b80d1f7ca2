"""Write and read times as people of this home do: in its own time zone."""

from datetime import date, datetime, timedelta

from homeassistant.util import dt as dt_util
import probatio

from .lines import clean

_YEAR_DAYS = 300


def when(moment: datetime, now: datetime) -> str:
    """Return a time of day, with its day unless that is today's."""
    local = dt_util.as_local(moment)
    day = day_of(local.date(), now)
    return f"{local:%H:%M}" if day == "today" else f"{day} {local:%H:%M}"


def day_of(day: date, now: datetime) -> str:
    """Return a day by its name in this week of now, and always by its date but for today."""
    today = dt_util.as_local(now).date()
    if day == today:
        return "today"
    written = f"{day:%a} {day.day} {day:%b}"
    if abs((day - today).days) > _YEAR_DAYS:
        written = f"{written} {day.year}"
    names = {today + timedelta(days=1): "tomorrow", today - timedelta(days=1): "yesterday"}
    return f"{names[day]} {written}" if day in names else written


def span(start: datetime, end: datetime, now: datetime) -> str:
    """Return two times, the second without its day where that is the first one's."""
    first, last = dt_util.as_local(start), dt_util.as_local(end)
    tail = f"{last:%H:%M}" if first.date() == last.date() else when(last, now)
    return when(first, now) if first == last else f"{when(first, now)} to {tail}"


def iso(moment: datetime) -> str:
    """Return a time as RFC 3339 in the home's time zone, to the second."""
    return dt_util.as_local(moment).replace(microsecond=0).isoformat()


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s"))
    parts = [f"{number} {unit}" for number, unit in units if number]
    return " ".join(parts[:2]) or "0 s"


def start_of(value: object) -> datetime:
    """Read when a period begins: a date, from its midnight on, or a time; raises probatio.Invalid."""
    moment = _read(value)
    return moment if isinstance(moment, datetime) else dt_util.start_of_local_day(moment)


def end_of(value: object) -> datetime:
    """Read when a period ends: a date, up to its last moment, or a time; raises probatio.Invalid."""
    moment = _read(value)
    return moment if isinstance(moment, datetime) else dt_util.start_of_local_day(moment + timedelta(days=1))


def _read(value: object) -> datetime | date:
    """Return a date or a time in the home's zone; one without a zone is meant in the home's."""
    text = str(value).strip()
    try:
        if (day := dt_util.parse_date(text)) is not None and "T" not in text and ":" not in text:
            return day
        if (moment := dt_util.parse_datetime(text)) is not None:
            return dt_util.as_local(moment)
    except ValueError, OverflowError:
        pass
    raise probatio.Invalid(f"'{clean(text, 40)}' is no date or time; write 2026-11-21 or 2026-11-21T18:30")
