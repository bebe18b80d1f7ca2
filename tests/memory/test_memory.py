"""Test that what was forgotten goes for good, and that no home depends on its memory."""

from datetime import timedelta
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.hearth.access import CONF_RETENTION_DAYS, CONF_SOURCES, HOUSEHOLD
from custom_components.hearth.const import DOMAIN
from custom_components.hearth.memory import Memory, StoredTurn
from tests.conftest import SetUp, hearth_entry
from tests.stub_engine import INSTANCE_ID, StubEngine

from .conftest import ANNA, ANNAS, OURS, TOM, TOMS, add_people, texts


@pytest.fixture
async def memory(hass: HomeAssistant, entry: MockConfigEntry) -> Memory:
    """Return the memory of a home."""
    add_people(hass)
    memory: Memory = entry.runtime_data.memory
    return memory


def turn(words: str, owner: str = ANNAS, conversation: str = "one") -> StoredTurn:
    """Return a turn that has just been."""
    return StoredTurn(owner, conversation, dt_util.utcnow(), "conversation.hearth", words, "All right.")


def kept(hass: HomeAssistant) -> bytes:
    """Return every byte in Hearth's folder, in lower case."""
    folder = Path(hass.config.path("hearth"))
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()).lower()


async def tick(hass: HomeAssistant, freezer: FrozenDateTimeFactory, minutes: float) -> None:
    """Let time pass."""
    freezer.tick(timedelta(minutes=minutes))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_forgetting_reaches_the_conversations(
    hass: HomeAssistant, memory: Memory, freezer: FrozenDateTimeFactory
) -> None:
    """An hour later nothing of a forgotten fact is left, and everything else is."""
    await memory.async_remember_words(ANNA, "the safe code is quill77")
    await memory.async_store(turn("remember that the safe code is quill77"))
    await memory.async_store(turn("what is for dinner", conversation="two"))
    await memory.async_store(turn("the safe code is quill77 he says", TOMS, "three"))
    await memory.async_forget_words(ANNA, "the safe code")
    await memory.async_store(turn("forget that the safe code is quill77"))
    await tick(hass, freezer, 30)
    assert b"quill77" in kept(hass)
    await tick(hass, freezer, 31)
    assert [said.words for said in (await memory.recall.async_search((ANNAS, TOMS))).turns] == [
        "the safe code is quill77 he says",
        "what is for dinner",
    ]
    await memory.recall.async_erase(TOMS)
    assert b"quill77" not in kept(hass)


async def test_what_everybody_knew_goes_from_everybody(
    hass: HomeAssistant, memory: Memory, freezer: FrozenDateTimeFactory
) -> None:
    """A household's fact is forgotten in each person's conversations."""
    await memory.async_remember_words(ANNA, "our gate code is 9731")
    await memory.async_store(turn("our gate code is 9731", TOMS))
    await memory.async_forget_words(TOM, "the gate code")
    await tick(hass, freezer, 61)
    assert b"9731" not in kept(hass)


async def test_an_undo_keeps_the_conversations(
    hass: HomeAssistant, memory: Memory, freezer: FrozenDateTimeFactory
) -> None:
    """What is remembered again was not forgotten."""
    await memory.async_remember_words(ANNA, "the safe code is quill77")
    await memory.async_store(turn("remember that the safe code is quill77"))
    await memory.async_forget_words(ANNA, "the safe code")
    assert await memory.async_undo(ANNA)
    await tick(hass, freezer, 61)
    assert len((await memory.recall.async_search((ANNAS,))).turns) == 1


async def test_a_restart_forgets_as_well(
    hass: HomeAssistant, entry: MockConfigEntry, memory: Memory, freezer: FrozenDateTimeFactory
) -> None:
    """What is past undoing while Home Assistant is off goes when it starts; what is not, later."""
    await memory.async_remember_words(ANNA, "the safe code is quill77")
    await memory.async_forget_words(ANNA, "the safe code")
    assert await hass.config_entries.async_unload(entry.entry_id)
    freezer.tick(timedelta(minutes=30))
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert b"quill77" in kept(hass)
    await tick(hass, freezer, 61)
    assert b"quill77" not in kept(hass)
    assert texts((await entry.runtime_data.memory.async_tell(ANNA)).own) == []


async def test_kept_days_are_an_option(hass: HomeAssistant, entry: MockConfigEntry, memory: Memory) -> None:
    """It counts from the next turn on."""
    await memory.async_store(turn("one"))
    hass.config_entries.async_update_entry(entry, options={CONF_RETENTION_DAYS: 0})
    await memory.async_store(turn("two"))
    assert [said.words for said in (await memory.recall.async_search((ANNAS,))).turns] == ["one"]


async def test_what_is_switched_off_is_not_kept(hass: HomeAssistant, entry: MockConfigEntry, memory: Memory) -> None:
    """While conversations are off nothing is added; what was kept before stays."""
    await memory.async_store(turn("one"))
    hass.config_entries.async_update_entry(entry, options={CONF_SOURCES: {"conversations": False}})
    await memory.async_store(turn("two"))
    assert [said.words for said in (await memory.recall.async_search((ANNAS,))).turns] == ["one"]


async def test_a_home_without_memory_is_still_a_home(
    hass: HomeAssistant, set_up: SetUp, stub: StubEngine, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk that holds no memory keeps Hearth from remembering, not from starting."""
    folder = Path(hass.config.path("hearth"))
    folder.mkdir(parents=True)
    (folder / "vault").write_text("in the way")
    (folder / "recall.db").mkdir()
    entry = await set_up(hearth_entry(stub.url, stub.token, INSTANCE_ID))
    assert entry.state is ConfigEntryState.LOADED
    assert "The memory could not be opened" in caplog.text
    await entry.runtime_data.memory.async_store(turn("hello"))
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_damaged_file_raises_an_issue(
    hass: HomeAssistant, set_up: SetUp, stub: StubEngine, issue_registry: ir.IssueRegistry
) -> None:
    """A person hears of every file that was set aside."""
    path = Path(hass.config.path("hearth", "recall.db"))
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is not a database" * 100)
    entry = await set_up(hearth_entry(stub.url, stub.token, INSTANCE_ID))
    await entry.runtime_data.memory.async_remember_words(HOUSEHOLD, "we eat at seven")
    Path(hass.config.path("hearth", "vault", "memory.md")).write_bytes(b"\xff\xff")
    assert await entry.runtime_data.memory.async_find(HOUSEHOLD, "when do we eat?") == ()
    await hass.async_block_till_done()
    found = [issue_id for domain, issue_id in issue_registry.issues if domain == DOMAIN]
    assert sorted(issue_id.partition("-")[0] for issue_id in found if issue_id.startswith("memory_copy")) == [
        "memory_copy_memory.damaged",
        "memory_copy_recall.damaged",
    ]


async def test_pages_lie_where_a_person_looks_for_them(hass: HomeAssistant, memory: Memory) -> None:
    """The vault is in the configuration folder, which is in every backup."""
    await memory.async_remember_words(ANNA, "I like tea")
    await memory.async_remember_words(ANNA, "we eat at seven")
    folder = Path(hass.config.path("hearth", "vault"))
    assert "I like tea." in (folder / "people" / "anna.md").read_text()
    assert "We eat at seven." in (folder / "memory.md").read_text()
    assert HOUSEHOLD.owner == OURS
