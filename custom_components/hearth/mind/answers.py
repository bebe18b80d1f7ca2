"""Put what was looked up into words, every part of it named and nothing added."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
import re
from typing import Any, Final

from homeassistant.util import dt as dt_util

from ..engine import Passage
from ..memory import Fact
from ..memory.claims import scores
from ..speech import join, knows, say, spoken_date, spoken_day, spoken_number
from .citations import Footnote
from .questions import Question
from .turn import TurnOutcome

type Row = Mapping[str, Any]

_MOST_QUOTED: Final = 300
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\s*\n\s*")
# Spoken lists beyond this are not listened to.
MOST_ITEMS: Final = 12


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say without a language model, and what it rests on."""

    text: str
    notes: tuple[Footnote, ...] = ()
    outcome: TurnOutcome = TurnOutcome.ANSWERED


def events_told(language: str, rows: Sequence[Row], question: Question, today: date) -> str:
    """Return the events of calendars as they are said, by day."""
    days: dict[date, list[str]] = {}
    for row in rows:
        day = max(_start(row).date(), question.first)
        days.setdefault(day, []).append(event_told(language, row))
    if not days:
        return say(language, "no_events", when=question.when)
    if question.first == question.last:
        return _on_day(language, question.when, join(language, days[question.first]))
    return " ".join(
        _on_day(language, spoken_day(language, day, today), join(language, events))
        for day, events in sorted(days.items())
    )


def next_event_told(language: str, rows: Sequence[Row], question: Question, words: str, now: datetime) -> str | None:
    """Return the next event that some words mean, None where they mean another than there is."""
    coming = sorted((row for row in rows if _start(row) > now), key=_start)
    fits = scores(words, [row["summary"] for row in coming], language)
    meant = [row for row, fit in zip(coming, fits, strict=True) if fit and fit == max(fits)]
    if not (meant or question.any_event):
        return None
    return events_told(language, (meant or coming)[:1], question, now.date())


def event_told(language: str, row: Row) -> str:
    """Return one event as it is said."""
    if row["all_day"]:
        return say(language, "all_day", summary=row["summary"])
    return say(language, "at_time", summary=row["summary"], time=f"{_start(row):%-H:%M}")


def notifications_told(language: str, rows: Sequence[Row]) -> str:
    """Return notifications as they are said."""
    items = [": ".join(filter(None, (row.get("title"), row.get("message")))) for row in rows]
    return (
        say(language, "notifications", items=_listed([item.rstrip(".") for item in items]))
        if items
        else say(language, "no_notifications")
    )


def lists_told(language: str, rows: Sequence[Row], words: str = "") -> str:
    """Return what is on the list that words name, or on all lists where none goes by them."""
    fits = scores(words, [row["name"] for row in rows], language)
    named = [row for row, fit in zip(rows, fits, strict=True) if fit and fit == max(fits)]
    told = [_list_told(language, row) for row in named or rows]
    return " ".join(told) or say(language, "nothing_found")


def weather_told(language: str, rows: Sequence[Row], question: Question, today: date, names: Mapping[str, str]) -> str:
    """Return the forecast of the days that were asked about, by day; `names` are those of the conditions."""
    told = []
    for row in rows:
        day = date.fromisoformat(str(row["date"])[:10])
        if question.first <= day <= question.last:
            told.append(_on_day(language, spoken_day(language, day, today), _weather(language, row, names)))
    return " ".join(told) or say(language, "no_forecast")


def todays_weather_told(language: str, rows: Sequence[Row], names: Mapping[str, str]) -> str:
    """Return the forecast of a day that needs no name, nothing where there is none."""
    return _on_day(language, say(language, "weather"), _weather(language, rows[0], names)) if rows else ""


def last_time_told(language: str, rows: Sequence[Row], days: int, today: date) -> str | None:
    """Return when things were last as was asked, of the one that was so latest; None where that can't be said."""
    began = [(datetime.fromisoformat(row["last"]), row["name"]) for row in rows if row.get("last")]
    if began:
        moment, name = max(began)
        when = spoken_day(language, moment.date(), today)
        return say(language, "last_time", name=name, when=when, time=f"{moment:%-H:%M}")
    # What has been so all the time did not begin to be so.
    never = [row["name"] for row in rows if row.get("times") == 0 and not row.get("was_so_at_start")]
    return say(language, "last_time_none", name=join(language, never), days=str(days)) if never else None


def amount_told(language: str, name: str, value: float, unit: str | None, when: str) -> str:
    """Return how much something came to in a time."""
    amount = " ".join(filter(None, (spoken_number(language, value), unit)))
    return say(language, "amount", name=name, amount=amount, when=when)


def fact_told(language: str, fact: Fact, asker: str | None, today: date) -> str:
    """Return something that is remembered, and from whom and when it is; `asker` is the name of whoever asks."""
    text = _ended(fact.text)
    if fact.day is None:
        return text
    when = spoken_date(language, fact.day, today)
    if fact.said_by is None or fact.learnt:
        return say(language, "fact_noted", text=text, date=when)
    if fact.said_by == asker:
        return say(language, "fact_yours", text=text, date=when)
    return say(language, "fact_by", text=text, name=fact.said_by, date=when)


def facts_told(facts: Iterable[Fact]) -> str:
    """Return remembered facts one after another."""
    return " ".join(_ended(fact.text) for fact in facts)


def passage_quoted(language: str, passage: Passage, words: str, today: date) -> str:
    """Return the part of a passage that some words are about, with where it is from."""
    key = f"quote_{passage.collection}"
    when = spoken_date(language, dt_util.as_local(passage.time).date(), today) if passage.time else None
    return say(
        language,
        key if knows(key) else "quote",
        title=passage.title or passage.item,
        of_date=say(language, "of_date", date=when) if when else "",
        text=_excerpt(language, passage.text, words),
    )


def _excerpt(language: str, text: str, words: str) -> str:
    """Return the sentences around the one that shares most with some words, as many as can be listened to."""
    # A heading says what the title has said.
    whole = [sentence for sentence in _SENTENCE.split(text) if not sentence.startswith("#")]
    sentences = [bare for sentence in whole if (bare := sentence.strip("*-> \t"))]
    if not sentences:
        return ""
    fits = scores(words, sentences, language)
    first = last = fits.index(max(fits))
    while last + 1 < len(sentences) and len(" ".join(sentences[first : last + 2])) <= _MOST_QUOTED:
        last += 1
    told = " ".join(map(_ended, sentences[first : last + 1]))
    return told if len(told) <= _MOST_QUOTED else f"{told[:_MOST_QUOTED].rsplit(' ', 1)[0]} …"


def _list_told(language: str, row: Row) -> str:
    items = [item["summary"] for item in row["items"]]
    if not items:
        return say(language, "list_empty", name=row["name"])
    return say(language, "list_items", name=row["name"], items=_listed(items))


def _weather(language: str, row: Row, names: Mapping[str, str]) -> str:
    low, high, chance = row.get("low"), row.get("high"), row.get("precipitation_probability")
    told = [names.get(row["condition"], row["condition"])] if row.get("condition") else []
    if low is not None and high is not None:
        told.append(say(language, "degrees", low=f"{low:.0f}", high=f"{high:.0f}"))
    if chance is not None:
        told.append(say(language, "chance_of_rain", chance=f"{chance:.0f}"))
    return ", ".join(told)


def _start(row: Row) -> datetime:
    moment = datetime.fromisoformat(row["start"])
    return moment if moment.tzinfo else dt_util.start_of_local_day(moment)


def _listed(items: list[str]) -> str:
    more = len(items) - MOST_ITEMS
    return ", ".join(items[:MOST_ITEMS]) + (f" … (+{more})" if more > 0 else "")


def _on_day(language: str, day: str, told: str) -> str:
    """Return what is told of a day, or of another thing, under its name."""
    return say(language, "on_day", day=f"{day[:1].upper()}{day[1:]}", told=told)


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…", ":")) else f"{text}."
