"""Test that all that Hearth knows of somebody can be taken out, brought back and erased."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.memory import Fact, StoredTurn
from tests.noted_home import ANNA, OURS, TOM, call, hearth, people
from tests.stub_engine import StubEngine, error

__all__ = ["hearth", "people"]


async def _remember(entry: MockConfigEntry) -> None:
    memory = entry.runtime_data.memory
    for owner in (OURS, ANNA, TOM):
        await memory.vault.async_remember(owner, Fact("", f"The secret of {owner} is blue."), by=owner)
        turn = StoredTurn(owner, owner, dt_util.utcnow(), "conversation.hearth", f"hello from {owner}", "Hello.")
        await memory.recall.async_store(turn)


async def _known(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, owner: str
) -> tuple[set[str], list[str], int]:
    """Return what is known of somebody: items, facts, turns."""
    memory = entry.runtime_data.memory
    items = {item_id for item_id, item in stub.library.collections["notes"].items() if item["owner"] == owner}
    pages = await memory.vault.async_pages([owner])
    facts = [fact.text for page in pages.values() for fact in page.facts]
    return items, facts, len((await memory.recall.async_search([owner])).turns)


def _everything(owner: str) -> tuple[set[str], list[str], int]:
    return {f"note/{owner}"}, [f"The secret of {owner} is blue."], 1


NOTHING: tuple[set[str], list[str], int] = (set(), [], 0)


@pytest.mark.parametrize(
    ("who", "data", "gone"),
    [
        ("tom", {}, {TOM}),
        ("anna", {}, {ANNA}),
        ("anna", {"person": "person.tom"}, {TOM}),
        ("anna", {"everything": True}, {OURS, ANNA, TOM}),
        (None, {}, {OURS}),
        (None, {"everything": True}, {OURS, ANNA, TOM}),
    ],
)
async def test_erasing_and_bringing_back(
    hass: HomeAssistant,
    hearth: StubEngine,
    entry: MockConfigEntry,
    people: dict[str, str],
    who: str | None,
    data: dict[str, Any],
    gone: set[str],
) -> None:
    """Erase all that somebody has and nothing else; an export that was made before brings everything back."""
    await _remember(entry)
    user_id = people[who] if who else None
    exported = await call(hass, "export", people["anna"], everything=True)
    assert (exported["items"], exported["pages"], exported["turns"]) == (3, 3, 3)
    erased = await call(hass, "erase", user_id, confirm="erase", **data)
    assert erased == {"items": len(gone), "facts": len(gone), "turns": len(gone)}
    for owner in (OURS, ANNA, TOM):
        assert await _known(hass, entry, hearth, owner) == (NOTHING if owner in gone else _everything(owner))
    newest = (await entry.runtime_data.hands.audit.async_rows(limit=1))[0]
    assert (newest["kind"], newest["items"], newest["user_id"]) == ("erased", len(gone), user_id)
    await call(hass, "import", people["anna"], folder=Path(exported["folder"]).name)
    for owner in (OURS, ANNA, TOM):
        assert await _known(hass, entry, hearth, owner) == _everything(owner)


async def test_an_export_of_ones_own_holds_nobody_elses(
    hass: HomeAssistant, hearth: StubEngine, entry: MockConfigEntry, people: dict[str, str]
) -> None:
    """Write one person's things, for that person to read."""
    await _remember(entry)
    exported = await call(hass, "export", people["tom"])
    assert (exported["items"], exported["pages"], exported["turns"]) == (1, 1, 1)
    folder = Path(exported["folder"])
    assert folder.parent == Path(hass.config.path("hearth", "export"))
    texts = [path.read_text() for path in folder.rglob("*") if path.is_file()]
    assert len(texts) == 3
    assert all(TOM in text or "secret" in text for text in texts)
    assert not [text for text in texts if ANNA in text]


async def test_importing_twice_doubles_nothing(
    hass: HomeAssistant, hearth: StubEngine, entry: MockConfigEntry, people: dict[str, str]
) -> None:
    """Bring back only what is not there."""
    await _remember(entry)
    exported = await call(hass, "export", people["anna"], everything=True)
    told = await call(hass, "import", people["anna"], folder=Path(exported["folder"]).name)
    assert (told["items"], told["pages"], told["turns"]) == (3, 0, 0)
    for owner in (OURS, ANNA, TOM):
        assert await _known(hass, entry, hearth, owner) == _everything(owner)


async def test_what_is_no_export(hass: HomeAssistant, hearth: StubEngine) -> None:
    """Change nothing before all of it is understood, and read no other folder of the machine."""
    for number, (file, text) in enumerate(
        (
            ("library/notes.jsonl", "{"),
            ("library/notes.jsonl", '{"id": "note/1"}'),
            ("library/notes.jsonl", "[]"),
            ("conversations.jsonl", "nonsense"),
            ("conversations.jsonl", "5"),
        )
    ):
        path = Path(hass.config.path("hearth", "export", str(number), file))
        path.parent.mkdir(parents=True)
        path.write_text(text)
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, "import", folder=str(number))
        assert caught.value.translation_key == "archive_damaged", text
    for folder in ("missing", "..", "../..", ".", "/etc", "0/library"):
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, "import", folder=folder)
        assert caught.value.translation_key == "no_such_archive", folder
    assert hearth.library.asked == []


async def test_a_half_export_is_none(
    hass: HomeAssistant, hearth: StubEngine, entry: MockConfigEntry, people: dict[str, str]
) -> None:
    """Leave nothing behind when the engine goes away half-way."""
    hearth.answers["/v1/collections/notes/items/note/household"] = error("library_busy")
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "export")
    assert caught.value.translation_key == "library_busy"
    assert list(Path(hass.config.path("hearth", "export")).iterdir()) == []


async def test_erasing_wants_its_word(hass: HomeAssistant, hearth: StubEngine) -> None:
    """Do nothing without the very word."""
    for confirm in ("yes", "Erase", "erase "):
        with pytest.raises(ServiceValidationError) as caught:
            await call(hass, "erase", confirm=confirm)
        assert caught.value.translation_key == "not_confirmed"
    assert hearth.library.asked == []


async def test_nothing_is_erased_while_the_library_can_not_be(
    hass: HomeAssistant, hearth: StubEngine, entry: MockConfigEntry
) -> None:
    """Erase all or nothing: what the engine has would bring it back."""
    await _remember(entry)
    hearth.down = True
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "erase", confirm="erase", everything=True)
    assert caught.value.translation_key == "engine_unreachable"
    hearth.down = False
    assert await _known(hass, entry, hearth, ANNA) == _everything(ANNA)


async def test_an_item_comes_through_an_export_as_it_was(
    hass: HomeAssistant, hearth: StubEngine, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Write and read everything of an item, also of one that is too long for one piece."""
    monkeypatch.setattr("custom_components.hearth.memory.archive._BATCH_CHARACTERS", 100)
    notes = hearth.library.collections["notes"]
    long = "A long story. " * 20_000
    notes["note/long"] = {**notes[f"note/{ANNA}"], "id": "note/long", "text": long}
    exported = await call(hass, "export", people["anna"])
    assert exported["items"] == 2
    hearth.library.collections.clear()
    await call(hass, "import", people["anna"], folder=Path(exported["folder"]).name)
    notes = hearth.library.collections["notes"]
    assert notes["note/long"]["text"] == long
    item = notes[f"note/{ANNA}"]
    assert datetime.fromisoformat(item["time"]) == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert (item["title"], item["kind"], item["owner"]) == ("Boiler", "markdown", ANNA)


async def test_a_disk_that_is_full_is_told_of(hass: HomeAssistant, hearth: StubEngine, people: dict[str, str]) -> None:
    """Say in words that an export could not be written."""
    Path(hass.config.path("hearth", "export")).write_text("no folder")
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "export", people["anna"])
    assert caught.value.translation_key == "archive_unavailable"
