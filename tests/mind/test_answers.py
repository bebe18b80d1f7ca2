"""Test how what was looked up is put into words."""

from datetime import UTC, date, datetime
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.engine import Passage
from custom_components.hearth.memory import Fact
from custom_components.hearth.mind.answers import (
    amount_told,
    events_told,
    fact_told,
    last_time_told,
    lists_told,
    next_event_told,
    notifications_told,
    passage_quoted,
    todays_weather_told,
    weather_told,
)
from custom_components.hearth.mind.questions import Question, Topic

TODAY = date(2026, 11, 21)
DENTIST = {"summary": "Dentist", "start": "2026-11-22T09:00:00-08:00", "end": "2026-11-22T09:45:00-08:00"}
PIANO = {"summary": "Piano", "start": "2026-11-22T16:00:00-08:00", "end": "2026-11-22T17:00:00-08:00"}
FAIR = {"summary": "Fair", "start": "2026-11-23", "end": "2026-11-24", "all_day": True}


def row(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event as the tool tells it."""
    return {"all_day": False, **event}


def asked(
    topic: Topic, first: int = 22, last: int = 22, when: str = "tomorrow", *, any_event: bool = False
) -> Question:
    """Return a question about some days of this month."""
    return Question(topic, TODAY.replace(day=first), TODAY.replace(day=last), when, any_event=any_event)


@pytest.mark.parametrize(
    ("language", "events", "question", "said"),
    [
        ("en", [DENTIST, PIANO], asked(Topic.CALENDAR), "Tomorrow: Dentist at 9:00 and Piano at 16:00."),
        ("de", [DENTIST], asked(Topic.CALENDAR, when="morgen"), "Morgen: Dentist um 9:00."),
        ("fr", [DENTIST], asked(Topic.CALENDAR, when="demain"), "Demain : Dentist à 9:00."),
        ("en", [], asked(Topic.CALENDAR), "There is nothing on the calendar tomorrow."),
        (
            "en",
            [DENTIST, FAIR],
            asked(Topic.CALENDAR, 21, 27, "this week"),
            "Tomorrow: Dentist at 9:00. The day after tomorrow: Fair all day.",
        ),
        # It began before the day that was asked about.
        ("en", [FAIR], asked(Topic.CALENDAR, 24, 24, "on Tuesday"), "On Tuesday: Fair all day."),
    ],
)
async def test_every_event_is_named(
    hass: HomeAssistant, language: str, events: list[dict[str, Any]], question: Question, said: str
) -> None:
    """Each event is said with its time, by day."""
    assert events_told(language, [row(event) for event in events], question, TODAY) == said


@pytest.mark.parametrize(
    ("words", "any_event", "said"),
    [
        ("when is my next appointment?", True, "Tomorrow: Dentist at 9:00."),
        ("when is the piano lesson?", False, "Tomorrow: Piano at 16:00."),
        ("when is the football meeting?", False, None),
    ],
)
async def test_the_next_event_is_told(hass: HomeAssistant, words: str, any_event: bool, said: str | None) -> None:
    """The one that was named, or the first that is still to come; never another than was asked for."""
    past = {**DENTIST, "summary": "Football meeting", "start": "2026-11-21T08:00:00-08:00"}
    question = asked(Topic.NEXT_EVENT, 21, 30, "in the coming weeks", any_event=any_event)
    now = datetime.fromisoformat("2026-11-21T09:00:00-08:00")
    assert next_event_told("en", [row(PIANO), row(past), row(DENTIST)], question, words, now) == said


async def test_no_next_event_is_told(hass: HomeAssistant) -> None:
    """Where nothing comes, that is said."""
    question = asked(Topic.NEXT_EVENT, 21, 30, "in the coming weeks", any_event=True)
    told = next_event_told("en", [], question, "when is my next appointment?", datetime(2026, 11, 21, tzinfo=UTC))
    assert told == "There is nothing on the calendar in the coming weeks."


@pytest.mark.parametrize(
    ("language", "rows", "said"),
    [
        (
            "en",
            [
                {"name": "Back Door", "times": 1, "last": "2026-11-20T08:05:00-08:00"},
                {"name": "Back Door Contact", "times": 3, "last": "2026-11-21T08:00:00-08:00"},
            ],
            "Back Door Contact: the last time was today at 8:00.",
        ),
        (
            "de",
            [{"name": "Tür", "times": 1, "last": "2026-11-18T18:30:00-08:00"}],
            "Tür: zuletzt am 18. November um 18:30.",
        ),
        ("en", [{"name": "Door", "times": 0}], "Door: not in the last 10 days."),
        # It has been so all the time, or can't be so.
        ("en", [{"name": "Door", "times": 0, "was_so_at_start": True}], None),
        ("en", [{"name": "Lamp", "problem": "It is never in such a state."}], None),
        ("en", [], None),
    ],
)
def test_the_last_time_is_told(language: str, rows: list[dict[str, Any]], said: str | None) -> None:
    """The latest of the things that were meant, or that there was none in the time that was looked at."""
    assert last_time_told(language, rows, 10, TODAY) == said


@pytest.mark.parametrize(
    ("language", "unit", "said"),
    [("en", "kWh", "Fridge: 4.73 kWh this week."), ("de", "kWh", "Fridge: 4,73 kWh this week."), ("en", None, None)],
)
def test_an_amount_is_told(language: str, unit: str | None, said: str | None) -> None:
    """The figure has its unit, if there is one, and its language's comma."""
    assert amount_told(language, "Fridge", 4.73, unit, "this week") == (said or "Fridge: 4.73 this week.")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "There are no notifications."),
        ([{"title": "Washer", "message": "Done"}], "Notifications: Washer: Done."),
        ([{"title": "", "message": "Hello"}, {"title": None, "message": "Bye"}], "Notifications: Hello, Bye."),
        ([{"message": str(number)} for number in range(14)], None),
    ],
)
def test_notifications_are_told(rows: list[dict[str, Any]], said: str | None) -> None:
    """Titles and messages are said, and how many more there are."""
    told = notifications_told("en", rows)
    assert told == said or (said is None and told.endswith("11 … (+2)."))


def test_the_right_list_is_told() -> None:
    """The list that was named, or all of them."""
    lists = [
        {"name": "Shopping list", "items": [{"summary": "Milk"}, {"summary": "Bread"}]},
        {"name": "Household", "items": []},
    ]
    assert lists_told("en", lists, "what is on the shopping list") == "Shopping list: Milk, Bread."
    assert lists_told("en", lists, "what is to be done") == "Shopping list: Milk, Bread. There is nothing on Household."


def test_the_forecast_is_told() -> None:
    """Only the days that were asked about, with what is known of them."""
    days = [
        {"date": "2026-11-21", "condition": "sunny"},
        {"date": "2026-11-22", "condition": "rainy", "high": 9.6, "low": 4, "precipitation_probability": 80},
    ]
    said = weather_told("en", days, asked(Topic.WEATHER), TODAY, {"rainy": "rainy weather"})
    assert said == "Tomorrow: rainy weather, 4 to 10 degrees, chance of rain 80 %."
    assert weather_told("en", days[:1], asked(Topic.WEATHER), TODAY, {}) == "I have no forecast for that."
    told = todays_weather_told("fr", days[1:], {"rainy": "pluvieux"})
    assert told == "Météo : pluvieux, de 4 à 10 degrés, risque de pluie 80 %."
    assert todays_weather_told("en", [], {}) == ""


@pytest.mark.parametrize(
    ("fact", "asker", "said"),
    [
        (Fact("1", "It is Rosa", day=TODAY, said_by="Anna"), "Anna", "It is Rosa. You told me on 21 November."),
        (Fact("1", "It is Rosa.", day=TODAY, said_by="Anna"), "Ben", "It is Rosa. Anna told me on 21 November."),
        (Fact("1", "It is Rosa", day=TODAY), None, "It is Rosa. I noted that on 21 November."),
        (Fact("1", "It is Rosa"), "Anna", "It is Rosa."),
    ],
)
def test_a_fact_is_told_with_where_it_is_from(fact: Fact, asker: str | None, said: str) -> None:
    """Who said it and when belongs to what is known."""
    assert fact_told("en", fact, asker, TODAY) == said


@pytest.mark.parametrize(
    ("collection", "time", "text", "said"),
    [
        (
            "notes",
            datetime(2026, 5, 3, 12, tzinfo=UTC),
            "# Boiler\nThe cellar is damp. The boiler was serviced in May. Pressure 1.5 bar.",
            "Your note “Boiler” of 3 May says: The boiler was serviced in May. Pressure 1.5 bar.",
        ),
        ("notes", None, "The boiler " + "is old and " * 60, None),
        ("feeds", None, "The boiler is new", "“Boiler” says: The boiler is new."),
    ],
)
async def test_a_passage_is_quoted_with_its_source(
    hass: HomeAssistant, collection: str, time: datetime | None, text: str, said: str | None
) -> None:
    """The sentences that a question is about come first, and no more than anybody listens to."""
    passage = Passage(
        collection, "boiler", "0", "household", "Boiler", text, time, None, False, 0.9, {}, (0, len(text))
    )
    told = passage_quoted("en", passage, "what do my notes say about the boiler?", TODAY)
    assert told == said or (said is None and len(told) < 360 and told.endswith(" …"))
