"""Test what memory does at a word: with no model, and with no app."""

from collections.abc import Callable
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import CONF_SOURCES, Source
from custom_components.hearth.mind import Tier, Turn, TurnOutcome
from tests.stub_engine import StubEngine

from .conftest import Talk, speech

ROSA = "remember that the plumber is called Rosa"


@pytest.fixture
async def entry(stub: StubEngine, stub_entry: MockConfigEntry, people: None) -> MockConfigEntry:
    """Return an entry whose engine is gone."""
    stub.down = True
    await stub_entry.runtime_data.coordinator.async_refresh()
    return stub_entry


def vault(home: HomeAssistant) -> str:
    """Return everything that is written in the vault."""
    return "\n".join(path.read_text() for path in Path(home.config.path("hearth", "vault")).rglob("*.md"))


async def test_a_fact_is_remembered_found_told_and_forgotten(
    home: HomeAssistant, talk: Talk, last_turn: Callable[[], Turn]
) -> None:
    """Everything about it works by voice, under the guard, while nothing but Home Assistant runs."""
    assert speech(await talk(ROSA, user_id="anna")) == "I'll remember that."
    assert (last_turn().tier, last_turn().outcome) == (Tier.REFLEX, TurnOutcome.DONE)
    assert [call.name for call in last_turn().calls] == ["hearth__remember"]
    assert "The plumber is called Rosa" in vault(home)

    assert speech(await talk("remember that the plumber is called Rosa", user_id="anna")) == "I knew that already."
    told = speech(await talk("who is the plumber?", user_id="anna"))
    assert told.startswith("The plumber is called Rosa. You told me on ")
    assert speech(await talk("what do you know about me?", user_id="anna")) == (
        "This is what I know: The plumber is called Rosa."
    )
    forgot = await talk("forget that the plumber is called Rosa", user_id="anna")
    assert speech(forgot) == "Forgotten: The plumber is called Rosa."
    assert speech(await talk("what do you know about me?", user_id="anna")) == "I know nothing about you yet."
    assert speech(await talk("forget that we like tea", user_id="anna")) == "I remember nothing of the kind."


async def test_a_newer_fact_takes_an_older_ones_place(home: HomeAssistant, talk: Talk) -> None:
    """What gave way is said."""
    await talk(ROSA, user_id="anna")
    said = speech(await talk("remember that the plumber is called Paul", user_id="anna"))
    assert said == "I'll remember that. Until now it was: The plumber is called Rosa."


@pytest.mark.parametrize("words", ["undo that", "forget that"])
async def test_the_last_change_is_undone(home: HomeAssistant, talk: Talk, words: str) -> None:
    """What was just remembered goes again, but only if that was the last thing done."""
    await talk(ROSA, user_id="anna")
    assert speech(await talk(words, user_id="anna")) == "Undone."
    assert "Rosa" not in speech(await talk("what do you know about me?", user_id="anna"))
    again = speech(await talk(words, user_id="anna"))
    assert ("once more" if words == "undo that" else "language model") in again


async def test_one_persons_facts_are_not_anothers(talk: Talk) -> None:
    """Bert, a guest and the household's satellite are told nothing of what Anna said."""
    await talk("remember that my present for Bert is a kite", user_id="anna")
    for who in ("bert", "guest", None):
        for words in ("what do you know about me?", "what is the present for Bert?"):
            assert "kite" not in speech(await talk(words, conversation_id=str(who), user_id=who))


async def test_guests_and_a_memory_that_is_switched_off_keep_nothing(
    home: HomeAssistant, talk: Talk, entry: MockConfigEntry
) -> None:
    """Who may not see it may not change it either."""
    assert speech(await talk(ROSA, user_id="guest")) == "I may not tell you that here."
    home.config_entries.async_update_entry(entry, options={CONF_SOURCES: {Source.MEMORY: False}})
    await home.async_block_till_done()
    assert speech(await talk(ROSA, user_id="anna")) == "I may not tell you that here."
    assert "Rosa" not in vault(home)


async def test_off_the_record_nothing_is_kept_anywhere(home: HomeAssistant, talk: Talk, entry: MockConfigEntry) -> None:
    """Not in vault, audit, trace or conversations; what was done to the home is audited all the same."""
    data = entry.runtime_data
    before = len(data.turns.recent())
    assert speech(await talk("off the record please", user_id="anna")).startswith("All right")
    assert speech(await talk(ROSA, user_id="anna")) == "We are off the record, so I keep nothing."
    await talk("turn on the kitchen lights", user_id="anna")
    await talk("tell me about Rosa the secret plumber", user_id="anna")
    await home.async_block_till_done()
    assert "Rosa" not in vault(home)
    assert len(data.turns.recent()) == before
    (row, *_) = [row for row in await data.hands.audit.async_rows() if row["kind"] == "call"]
    assert (row["words"], row["effects"][0]["entity_id"]) == (None, "light.kitchen_lights")
    page = await data.memory.recall.async_search(("household", "person:anna"), "")
    assert page.turns == ()


async def test_what_was_said_is_kept_for_later(home: HomeAssistant, talk: Talk, entry: MockConfigEntry) -> None:
    """Every other turn is recalled, as whoever's it was."""
    await talk("turn on the kitchen lights", user_id="anna")
    await talk("turn off the kitchen lights", user_id="guest", conversation_id="two")
    await home.async_block_till_done()
    page = await entry.runtime_data.memory.recall.async_search(("household", "person:anna"), "kitchen")
    (turn,) = page.turns
    assert (turn.owner, turn.words, turn.agent) == ("person:anna", "turn on the kitchen lights", "conversation.hearth")
