"""Test the briefing: every event named, nothing invented, in a model's words only if these say the same."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import persistent_notification
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
)

from custom_components.hearth.mind import Briefing
from custom_components.hearth.mind.briefing import is_faithful
from tests.stub_engine import StubEngine, says

EVENTS = {"Dentist": (9, 10), "Piano lesson": (16, 17), "Dinner": (19, 21)}
PLAIN = (
    "Today: Dentist at 9:00, Piano lesson at 16:00 and Dinner at 19:00. Household: Pay rent. "
    "Notifications: Washer: It is done."
)


@pytest.fixture
async def entry(stub_entry: MockConfigEntry, people: None) -> MockConfigEntry:
    """Return an entry in the furnished home."""
    return stub_entry


@pytest.fixture
async def day(home: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory) -> None:
    """Fill a day of the home, and let it be almost eight in the morning."""
    Path(home.config.path(".storage")).mkdir(exist_ok=True)
    await home.config.async_set_time_zone("Europe/Amsterdam")
    freezer.move_to("2026-11-23 06:59:30+00:00")
    for domain, data in (
        ("local_calendar", {"calendar_name": "Family", "storage_key": "family"}),
        ("local_todo", {"todo_list_name": "Household", "storage_key": "household"}),
    ):
        kept = MockConfigEntry(domain=domain, data=data, title=str(data))
        kept.add_to_hass(home)
        assert await home.config_entries.async_setup(kept.entry_id)
    await home.async_block_till_done()
    midnight = dt_util.start_of_local_day()
    for summary, (start, end) in {**EVENTS, "Tomorrow's fair": (30, 31)}.items():
        times = {"start_date_time": midnight + timedelta(hours=start), "end_date_time": midnight + timedelta(hours=end)}
        await _call(home, "calendar.create_event", entity_id="calendar.family", summary=summary, **times)
    today = dt_util.now().date()
    for item, due in (("Pay rent", today), ("Call mum", today + timedelta(days=3)), ("Read", None)):
        data = {} if due is None else {"due_date": due.isoformat()}
        await _call(home, "todo.add_item", entity_id="todo.household", item=item, **data)
    for entity_id in ("calendar.family", "todo.household"):
        async_expose_entity(home, "conversation", entity_id, should_expose=True)
    assert await async_setup_component(home, "persistent_notification", {})
    persistent_notification.async_create(home, "It is done", "Washer")
    await home.async_block_till_done()


async def _call(home: HomeAssistant, action: str, **data: Any) -> None:
    domain, _, name = action.partition(".")
    await home.services.async_call(domain, name, data, blocking=True)


async def _brief(home: HomeAssistant, user_id: str | None = None, **data: Any) -> Any:
    return await home.services.async_call(
        "hearth", "briefing", data, blocking=True, return_response=True, context=Context(user_id=user_id)
    )


async def test_every_event_of_today_is_named_and_nothing_else(home: HomeAssistant, day: None) -> None:
    """What is said is exactly what the calendars, lists and notifications hold for today."""
    briefing = await _brief(home)
    assert briefing["text"] == PLAIN
    assert set(briefing["items"]) == {*EVENTS, "Pay rent", "Washer"}
    assert briefing["polished"] is False
    german = await _brief(home, language="de")
    assert german["text"].startswith("Heute: Dentist um 9:00, Piano lesson um 16:00 und Dinner um 19:00.")


async def test_only_who_runs_the_home_asks_for_anothers_day(home: HomeAssistant, day: None) -> None:
    """A person gets their own, a guest none."""
    assert (await _brief(home, person="person.anna"))["text"] == PLAIN
    with pytest.raises(HomeAssistantError):
        await _brief(home, "guest")
    with pytest.raises(HomeAssistantError):
        await _brief(home, person="person.nobody")


@pytest.mark.parametrize(
    ("reply", "polished"),
    [
        (
            "At 9:00 there is the Dentist, at 16:00 the piano lesson, at 19:00 dinner. Pay rent! The washer is done.",
            True,
        ),
        ("Good morning! Dentist at 9:00.", False),
        (f"{PLAIN} And 20 degrees.", False),
        (f"{PLAIN} {'word ' * 300}", False),
        ("", False),
    ],
)
async def test_a_models_words_are_used_only_if_they_say_the_same(
    home: HomeAssistant, day: None, stub: StubEngine, reply: str, polished: bool
) -> None:
    """What leaves an event out, adds a number or goes on and on is not said."""
    stub.replies = [says(reply)]
    briefing = await _brief(home, polish=True)
    assert (briefing["text"], briefing["polished"]) == ((reply if polished else PLAIN), polished)


async def test_without_a_model_the_plain_text_is_said(home: HomeAssistant, day: None, stub: StubEngine) -> None:
    """A dead engine costs a briefing its charm and nothing else."""
    stub.down = True
    assert (await _brief(home, polish=True))["text"] == PLAIN


def test_numbers_must_be_the_same() -> None:
    """A time that was changed is an invention."""
    briefing = Briefing("Today: Dentist at 9:00.", ("Dentist",))
    assert is_faithful(briefing, "The dentist is at 9:00 today.", 50)
    assert not is_faithful(briefing, "The dentist is at 9:30 today.", 50)


async def test_not_today(home: HomeAssistant, day: None) -> None:
    """A briefing that somebody does not want today is empty until tomorrow, or until they want it again."""
    await home.services.async_call("hearth", "not_today", {"what": "briefing"}, blocking=True)
    assert await _brief(home) == {"text": "", "items": [], "polished": False}
    await home.services.async_call("hearth", "resume", {"what": "briefing"}, blocking=True)
    assert (await _brief(home))["text"] == PLAIN
