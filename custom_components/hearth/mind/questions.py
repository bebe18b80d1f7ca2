"""Recognise the few questions that code can answer as well as a model: what is on, what came, what will the day be."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ..speech import asked_about, named_day, say, spoken_day

_SATURDAY = 5
_DAYS_AHEAD = {"yesterday": -1, "today": 0, "tomorrow": 1, "day_after_tomorrow": 2}


class Topic(StrEnum):
    """What a question may be about; each is a key of speech's QUESTIONS."""

    CALENDAR = "calendar"
    NOTIFICATIONS = "notifications"
    LIST = "list"
    WEATHER = "weather"


@dataclass(frozen=True, slots=True)
class Question:
    """A question about the days from `first` to `last`, local and both included; `when` is how they are called."""

    topic: Topic
    first: date
    last: date
    when: str


def read_question(language: str, text: str, today: date) -> Question | None:
    """Return the question that an utterance is, None for any that code does not understand."""
    if (topic := asked_about(language, text)) is None:
        return None
    first, last, when = _days(language, named_day(language, text), today)
    return Question(Topic(topic), first, last, when)


def _days(language: str, named: str | int | None, today: date) -> tuple[date, date, str]:
    """Return the first and the last of the days that were named, today where none was, and what to call them."""
    monday = today - timedelta(days=today.weekday())
    match named:
        case int(weekday):
            day = today + timedelta(days=(weekday - today.weekday()) % 7)
            return day, day, spoken_day(language, day, today)
        case "this_week":
            return today, monday + timedelta(days=6), say(language, named)
        case "next_week":
            return monday + timedelta(days=7), monday + timedelta(days=13), say(language, named)
        case "weekend":
            saturday = max(monday + timedelta(days=_SATURDAY), today)
            return saturday, monday + timedelta(days=6), say(language, named)
        case _:
            day = today + timedelta(days=_DAYS_AHEAD[named or "today"])
            return day, day, spoken_day(language, day, today)
