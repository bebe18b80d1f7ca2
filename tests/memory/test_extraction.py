"""Test that what people say is learnt from once they rest, by a model of this home, and by no other."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import timedelta
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.hearth.access import CONF_LEARN, CONF_SOURCES
from custom_components.hearth.engine import ChatRequest, EngineClient, RoleInfo
from custom_components.hearth.memory import Memory, StoredTurn
from tests.hearthd import Hearthd

from .conftest import ANNA, ANNAS, OURS, add_people, texts

WORDS = "I can't eat nuts, they make me ill"
NUTS = {"evidence": "I can't eat nuts", "text": "I can't eat nuts.", "kind": "constraint"}


def turn(words: str = WORDS, **fields: Any) -> StoredTurn:
    """Return a turn of Anna's that has just been."""
    said = StoredTurn(ANNAS, "one", dt_util.utcnow(), "conversation.hearth", words, "All right.")
    return replace(said, **fields)


def replies(*facts: dict[str, str]) -> dict[str, Any]:
    """Return what a model says that found some facts."""
    return {"reply": {"content": json.dumps({"facts": facts})}}


@pytest.fixture
async def memory(hass: HomeAssistant, live_entry: MockConfigEntry) -> Memory:
    """Return the memory of a home with a real engine."""
    add_people(hass)
    memory: Memory = live_entry.runtime_data.memory
    return memory


async def own(memory: Memory) -> list[str]:
    """Return what is known of Anna."""
    return texts((await memory.async_tell(ANNA)).own)


async def rest(hass: HomeAssistant, minutes: float = 5) -> None:
    """Let some time pass in which nobody speaks."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=minutes, seconds=1))
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_conversation_that_rests_is_learnt_from(hass: HomeAssistant, hearthd: Hearthd, memory: Memory) -> None:
    """What it taught stands on the person's page, with where it is from, once."""
    hearthd.script([{"expect": {"role": "user", "contains": WORDS}, **replies(NUTS)}])
    await memory.async_store(turn("good morning to you"))
    await memory.async_store(turn())
    await rest(hass, minutes=4)
    assert await own(memory) == []
    await rest(hass)
    fact = (await memory.async_tell(ANNA)).own[0]
    assert (fact.text, fact.learnt, fact.said_by, fact.conversation) == ("I can't eat nuts.", True, "Anna", "one")
    assert await memory.recall.async_turns("one", unconsidered=True) == ()
    await rest(hass)
    assert await own(memory) == ["I can't eat nuts."]
    undone = await memory.async_undo(ANNA)
    assert undone is not None
    assert await own(memory) == []


async def test_every_word_puts_it_off(hass: HomeAssistant, hearthd: Hearthd, memory: Memory) -> None:
    """A conversation that goes on is not asked about."""
    hearthd.script([])
    await memory.async_store(turn())
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=4))
    await memory.async_store(turn("and I like tea a lot"))
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=4, seconds=59))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(await memory.recall.async_turns("one", unconsidered=True)) == 2


@pytest.mark.parametrize(
    "fields",
    [{"owner": OURS}, {"outside": True}, {"tools": ("HassTurnOn",)}, {"words": "is that so, I can't eat nuts?"}],
    ids=["household", "outside", "command", "question"],
)
async def test_what_is_not_learnt_from(
    hass: HomeAssistant, hearthd: Hearthd, memory: Memory, fields: dict[str, Any]
) -> None:
    """Unknown voices, text from outside, commands and questions cost no model anything."""
    hearthd.script([replies(NUTS)])
    await memory.async_store(turn(**fields))
    await rest(hass)
    assert await memory.extraction.async_learn("one") == 0
    assert await own(memory) == []
    assert json.loads(hearthd.script_file.read_text())["exchanges"] != []


@pytest.mark.parametrize("options", [{CONF_LEARN: False}, {CONF_SOURCES: {"memory": False}}], ids=["option", "switch"])
async def test_who_does_not_want_it_is_not_learnt_from(
    hass: HomeAssistant, hearthd: Hearthd, live_entry: MockConfigEntry, memory: Memory, options: dict[str, Any]
) -> None:
    """The option and the switch hold at once."""
    hass.config_entries.async_update_entry(live_entry, options=options)
    hearthd.script([replies(NUTS)])
    await memory.async_store(turn())
    assert await memory.extraction.async_learn("one") == 0
    assert await own(memory) == []


async def test_a_full_page_and_a_known_fact_stop_nothing(hearthd: Hearthd, memory: Memory) -> None:
    """What memory does not take is left out, and is not asked about again."""
    await memory.async_remember_words(ANNA, "I can't eat nuts")
    for number in range(19):
        await memory.async_remember_words(ANNA, f"{'word ' * 98}n{number}", household=False)
    more = {"evidence": "they make me ill", "text": f"Nuts make me ill {'nuts ' * 90}", "kind": "fact"}
    hearthd.script([replies(NUTS, more)])
    await memory.async_store(turn())
    assert await memory.extraction.async_learn("one") == 0
    assert await memory.recall.async_turns("one", unconsidered=True) == ()


class Eavesdropper(EngineClient):
    """A client that counts what it is asked, and has no answer."""

    asked: int = 0

    async def async_chat(self, request: ChatRequest) -> AsyncGenerator[Any]:
        """Count."""
        self.asked += 1
        none: tuple[Any, ...] = ()
        for event in none:
            yield event


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"backend": "remote"}, 0),
        ({"backend": None}, 0),
        ({"state": "loading"}, 0),
        ({"model": None}, 0),
        ({"backend": "local"}, 1),
    ],
)
async def test_only_a_model_of_this_home_is_asked(memory: Memory, fields: dict[str, Any], asked: int) -> None:
    """Nothing is sent to a server of others, and what waits for a model of this home goes on waiting."""
    extraction = memory.extraction
    info = extraction.role_info("fast")
    assert info is not None

    def role_info(_role: str) -> RoleInfo | None:
        return replace(info, **fields)

    client = Eavesdropper.__new__(Eavesdropper)
    extraction.client, extraction.role_info = client, role_info
    await memory.async_store(turn())
    await extraction.async_learn("one")
    assert client.asked == asked
    assert len(await memory.recall.async_turns("one", unconsidered=True)) == 1 - asked


async def test_an_engine_that_fails_is_asked_another_time(
    hass: HomeAssistant, hearthd: Hearthd, memory: Memory
) -> None:
    """An error loses no conversation."""
    hearthd.script([])
    await memory.async_store(turn())
    await rest(hass)
    assert await own(memory) == []
    hearthd.script([replies(NUTS)])
    await memory.extraction.async_consolidate()
    assert await own(memory) == ["I can't eat nuts."]


async def test_what_was_left_over_is_learnt_after_a_restart(
    hass: HomeAssistant, hearthd: Hearthd, live_entry: MockConfigEntry, memory: Memory
) -> None:
    """A conversation that Home Assistant's end cut off is learnt from after it."""
    await memory.async_store(turn())
    assert await hass.config_entries.async_unload(live_entry.entry_id)
    hearthd.script([replies(NUTS)])
    assert await hass.config_entries.async_setup(live_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await rest(hass)
    assert await own(live_entry.runtime_data.memory) == ["I can't eat nuts."]


async def test_nights_tidy_up(hass: HomeAssistant, hearthd: Hearthd, memory: Memory) -> None:
    """Doubles are merged, what is too old goes, and long conversations of long ago get a summary."""
    await memory.async_remember_words(ANNA, "I like tea")
    page = (await memory.vault.async_export([ANNAS]))[ANNAS]
    await memory.vault.async_erase(ANNAS)
    await memory.vault.async_import({ANNAS: f"{page}- i like teas\n"})
    ago = dt_util.utcnow() - timedelta(days=40)
    for number in range(3):
        await memory.async_store(turn(f"what about zebra {number}?", at=ago, conversation="old"))
    await memory.async_store(turn("too old to keep", at=ago - timedelta(days=60), conversation="older"))
    hearthd.script([{"reply": {"content": '{"summary": "Anna asked about zebras."}'}}])
    await memory.extraction.async_consolidate()
    assert await own(memory) == ["i like teas"]
    found = (await memory.recall.async_search((ANNAS,))).turns
    assert {said.summary for said in found} == {"Anna asked about zebras."}
    assert len(found) == 3


def test_exchanges_are_strict() -> None:
    """The helper above says what a model says."""
    facts: Sequence[dict[str, str]] = (NUTS,)
    assert json.loads(replies(*facts)["reply"]["content"]) == {"facts": [NUTS]}
