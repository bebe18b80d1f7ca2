"""Test how what was looked up is put into words."""

from datetime import UTC, date, datetime
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.engine import Passage
from custom_components.hearth.memory import Fact
from custom_components.hearth.mind.answers import (
    events_told,
    fact_told,
    lists_told,
    notifications_told,
    passage_quoted,
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


def asked(topic: Topic, first: int = 22, last: int = 22, when: str = "tomorrow") -> Question:
    """Return a question about some days of this month."""
    return Question(topic, TODAY.replace(day=first), TODAY.replace(day=last), when)


@pytest.mark.parametrize(
    ("language", "events", "question", "said"),
    [
        ("en", [DENTIST, PIANO], asked(Topic.CALENDAR), "Tomorrow: Dentist at 9:00 and Piano at 16:00."),
        ("de", [DENTIST], asked(Topic.CALENDAR, when="morgen"), "Morgen: Dentist um 9:00."),
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
