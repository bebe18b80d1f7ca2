"""Test the answers that need no language model."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.mind import Tier, Turn, TurnOutcome
from tests.stub_engine import StubEngine, info, role

from .conftest import Talk, speech


@pytest.fixture
async def entry(stub: StubEngine, stub_entry: MockConfigEntry, people: None) -> MockConfigEntry:
    """Return an entry whose engine has a library and no language model."""
    stub.info = info(fast=role())
    await stub_entry.runtime_data.coordinator.async_refresh()
    return stub_entry


@pytest.fixture
async def things(home: HomeAssistant) -> None:
    """Give the home a calendar and a list."""
    Path(home.config.path(".storage")).mkdir(exist_ok=True)
    for domain in ("local_calendar", "local_todo"):
        name = {"local_calendar": "calendar_name", "local_todo": "todo_list_name"}[domain]
        entry = MockConfigEntry(domain=domain, data={name: "Family", "storage_key": "family"}, title="Family")
        entry.add_to_hass(home)
        assert await home.config_entries.async_setup(entry.entry_id)
    await home.async_block_till_done()
    for entity_id in ("calendar.family", "todo.family"):
        async_expose_entity(home, "conversation", entity_id, should_expose=True)
    start = dt_util.start_of_local_day() + timedelta(days=1, hours=9)
    event = {"summary": "Dentist", "start_date_time": start, "end_date_time": start + timedelta(hours=1)}
    await home.services.async_call("calendar", "create_event", {"entity_id": "calendar.family", **event}, blocking=True)
    await home.services.async_call("todo", "add_item", {"entity_id": "todo.family", "item": "Milk"}, blocking=True)


def note(item: str, owner: str, text: str, **fields: Any) -> dict[str, Any]:
    """Return an item of the library."""
    return {
        "id": item,
        "owner": owner,
        "title": item.capitalize(),
        "text": text,
        "time": "2025-05-03T10:00:00+00:00",
        "url": None,
        "pinned": False,
        **fields,
    }


@pytest.mark.parametrize(
    ("words", "language", "said", "tool"),
    [
        ("what's on my calendar tomorrow?", "en", "Tomorrow: Dentist at 9:00.", "hearth__calendar_events"),
        ("was steht morgen im Kalender?", "de", "Morgen: Dentist um 9:00.", "hearth__calendar_events"),
        ("what's on my calendar on 3 days?", "en", None, "hearth__calendar_events"),
        ("did I get any notifications?", "en", "Notifications: Washer: It is done.", "hearth__notifications"),
        ("what is on the family list?", "en", "Family: Milk.", "hearth__todo_items"),
        ("will it rain tomorrow?", "en", "I found nothing in your home that fits.", "hearth__weather"),
    ],
)
async def test_the_homes_own_sources_answer(
    home: HomeAssistant,
    things: None,
    talk: Talk,
    last_turn: Callable[[], Turn],
    words: str,
    language: str,
    said: str | None,
    tool: str,
) -> None:
    """What is on, what came and what is to be done needs no understanding; the guard sees each look."""
    assert await async_setup_component(home, "persistent_notification", {})
    persistent_notification.async_create(home, "It is done", "Washer")
    await home.async_block_till_done()
    told = speech(await talk(words, user_id="anna", language=language))
    assert told == said or (said is None and told.startswith("There is nothing on the calendar"))
    assert (last_turn().tier, [call.name for call in last_turn().calls]) == (Tier.ROUTER, [tool])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("when is my next appointment?", "Tomorrow: Dentist at 9:00."),
        # Nothing is recorded here, and the note knows.
        ("how much water does the boiler use?", "Your note “Boiler” of 3 May 2025 says: The boiler needs water."),
        ("what can you do?", "I switch what is in this home and tell how it is."),
    ],
)
async def test_what_no_tool_knows_is_looked_for_elsewhere(
    home: HomeAssistant, things: None, stub: StubEngine, talk: Talk, words: str, said: str
) -> None:
    """A question that a tool has nothing for is left to what was remembered and written."""
    stub.library.collections["notes"]["boiler"] = note("boiler", "person:anna", "The boiler needs water.")
    assert speech(await talk(words, user_id="anna")).startswith(said)


async def test_guests_are_not_told_of_what_is_personal(home: HomeAssistant, things: None, talk: Talk) -> None:
    """Who may not see the calendar hears that, and nothing of what is in it."""
    assert speech(await talk("what's on my calendar tomorrow?", user_id="guest")) == "I may not tell you that here."


async def test_the_best_passage_is_quoted_with_its_source(
    stub: StubEngine, talk: Talk, last_turn: Callable[[], Turn]
) -> None:
    """A note answers, is cited in the card and in the trace, and nothing is found where there is nothing."""
    stub.library.collections["notes"]["boiler"] = note("boiler", "person:anna", "The boiler needs water in May.")
    result = await talk("what do my notes say about the boiler?", user_id="anna")
    assert speech(result) == "Your note “Boiler” of 3 May 2025 says: The boiler needs water in May."
    assert result.response.card["simple"] == {"title": "Sources", "content": "[1] Boiler, 3 May 2025"}
    assert [cited["item"] for cited in last_turn().as_dict()["citations"]] == ["boiler"]
    assert last_turn().outcome is TurnOutcome.ANSWERED

    for who in ("bert", "guest"):
        nothing = await talk("what do my notes say about the boiler?", user_id=who, conversation_id=who)
        assert speech(nothing).startswith("I found nothing in your home that fits.")
        assert last_turn().outcome is TurnOutcome.NO_MODEL


async def test_a_model_that_fails_before_its_first_word_is_stood_in_for(
    stub: StubEngine, talk: Talk, last_turn: Callable[[], Turn], entry: MockConfigEntry
) -> None:
    """What the library has is said, and the trace tells what was wrong."""
    stub.info = info(fast=role("tiny", "ready"))
    stub.answers["/v1/chat/completions"] = {"error": {"message": "no", "code": "model_failed"}}
    stub.library.collections["notes"]["boiler"] = note("boiler", "household", "The boiler needs water.")
    await entry.runtime_data.coordinator.async_refresh()
    assert speech(await talk("tell me about the boiler")).endswith("says: The boiler needs water.")
    assert (last_turn().error, last_turn().outcome) == ("model_failed", TurnOutcome.ANSWERED)
