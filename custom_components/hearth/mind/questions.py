"""Recognise the few questions that code can answer as well as a model: what is on, what came, what was when."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ..speech import asked_about, heard, named_day, named_state, say, spoken_day

_SATURDAY = 5
_WEEK = timedelta(days=7)
_DAYS_AHEAD = {"yesterday": -1, "today": 0, "tomorrow": 1, "day_after_tomorrow": 2}
# How far the next event may be away.
_WEEKS_AHEAD = 8


class Topic(StrEnum):
    """What a question may be about; each is a key of speech's QUESTIONS."""

    AMOUNT = "amount"
    CALENDAR = "calendar"
    LIST = "list"
    NEXT_EVENT = "next_event"
    NOTIFICATIONS = "notifications"
    PAST = "past"
    WEATHER = "weather"


_BACKWARDS = frozenset({Topic.AMOUNT, Topic.PAST})


@dataclass(frozen=True, slots=True)
class Question:
    """A question about the days from `first` to `last`, local and both included; `when` is how they are called.

    `name` is what it says of a thing, `state` which of its states is meant, as Home Assistant calls it; `any_event` is
    whether just the next event is asked for, and no particular one.
    """

    topic: Topic
    first: date
    last: date
    when: str
    name: str = ""
    state: str = ""
    any_event: bool = False


def read_question(language: str, text: str, today: date) -> Question | None:
    """Return the question that an utterance is, None for any that code does not understand."""
    # Whoever names a note wants it read, whatever it is about.
    if heard(language, "about", text) is not None or (asked := asked_about(language, text)) is None:
        return None
    topic, parts = Topic(asked[0]), asked[1]
    if topic is Topic.NEXT_EVENT and named_day(language, text) is None:
        last = today + _WEEKS_AHEAD * _WEEK
        return Question(topic, today, last, say(language, "coming_weeks"), any_event="next" in parts)
    if topic is Topic.NEXT_EVENT:
        topic = Topic.CALENDAR
    first, last, when = days_of(language, named_day(language, text), today, backwards=topic in _BACKWARDS)
    state = named_state(language, parts.get("state", "")) or ""
    return Question(topic, first, last, when, parts.get("name", ""), state)


def days_of(language: str, named: str | int | None, today: date, *, backwards: bool) -> tuple[date, date, str]:
    """Return the first and the last of the days that were named, today where none was, and what to call them."""
    monday, first_of_month = today - timedelta(days=today.weekday()), today.replace(day=1)
    match named:
        case int(weekday):
            day = today + timedelta(days=(weekday - today.weekday()) % 7)
            day -= _WEEK if backwards and day > today else timedelta()
            return day, day, spoken_day(language, day, today)
        case "this_week":
            first, last = (monday, today) if backwards else (today, monday + timedelta(days=6))
        case "next_week":
            first, last = monday + _WEEK, monday + timedelta(days=13)
        case "last_week":
            first, last = monday - _WEEK, monday - timedelta(days=1)
        case "this_month":
            first, last = first_of_month, today
        case "last_month":
            last = first_of_month - timedelta(days=1)
            first = last.replace(day=1)
        case "weekend":
            first, last = max(monday + timedelta(days=_SATURDAY), today), monday + timedelta(days=6)
        case _:
            day = today + timedelta(days=_DAYS_AHEAD[named or "today"])
            return day, day, spoken_day(language, day, today)
    return first, last, say(language, named)
