"""Test what is shown of the library, and what is raised when a source of it keeps failing."""

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.const import DOMAIN
from custom_components.hearth.memory.connectors import Trouble
from custom_components.hearth.memory.connectors.runner import Runner
from tests.conftest import state_of
from tests.stub_engine import StubEngine
from tests.test_translations import TEXTS

ITEMS = "sensor.hearth_engine_library_items"
DOCUMENTS = "sensor.hearth_engine_documents_in_the_library"
NOTES = "sensor.hearth_engine_notes_in_the_library"


def _collection(name: str, items: int, **fields: object) -> dict[str, object]:
    counts = {"items": items, "chunks": 3 * items, "pending": 0, "words_only": 0, "errors": 0}
    return {"name": name, **counts, "updated": "2026-11-21T12:00:00Z", **fields}


async def _refresh(entry: MockConfigEntry, hass: HomeAssistant) -> None:
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done()


async def test_what_the_library_holds_is_shown(hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine) -> None:
    """Show how much there is, in all and of each source, and what could not be read."""
    assert state_of(hass, ITEMS) == "0"
    stub.answers["/v1/collections"] = {
        "collections": [
            _collection("documents", 5, pending=4, words_only=2, errors=1),
            _collection("somebodys_own", 2),
        ],
        "embedding": {"model": "minilm", "dimension": 384, "state": "indexing", "rebuilding": False},
        "problem": "The library's file was damaged.",
    }
    await _refresh(entry, hass)
    items = hass.states.get(ITEMS)
    assert items is not None
    assert items.attributes["problem"] == "The library's file was damaged."
    assert (state_of(hass, ITEMS), state_of(hass, DOCUMENTS), state_of(hass, NOTES)) == ("7", "5", "0")
    documents = hass.states.get(DOCUMENTS)
    assert documents is not None
    attributes = documents.attributes
    assert (attributes["pending_chunks"], attributes["unreadable_items"], attributes["waiting_items"]) == (4, 1, 0)
    assert attributes["words_only_chunks"] == 2
    assert attributes["last_error"] is None
    notes = hass.states.get(NOTES)
    assert notes is not None
    assert "last_error" not in notes.attributes


async def test_an_engine_without_a_library_shows_none(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine
) -> None:
    """Know nothing of a library where the engine says nothing, and nothing at all while it is away."""
    stub.answers["/v1/collections"] = {"error": {"code": "not_found", "message": "no"}}
    await _refresh(entry, hass)
    assert {state_of(hass, ITEMS), state_of(hass, DOCUMENTS)} == {"unknown"}
    stub.down = True
    await _refresh(entry, hass)
    assert {state_of(hass, ITEMS), state_of(hass, DOCUMENTS)} == {"unavailable"}


@pytest.mark.parametrize("trouble", list(Trouble))
async def test_a_source_that_keeps_failing_is_told_of(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch, trouble: Trouble
) -> None:
    """Raise an issue after the third time, show the error at once, and withdraw both when it works again."""
    runner = entry.runtime_data.connectors.runners["documents"]
    issues = ir.async_get(hass)
    listing = await runner.connector.async_list()

    async def fail() -> object:
        return type(listing)({}, {"folder/x/": ("/media/papers", trouble)})

    with monkeypatch.context() as failing:
        failing.setattr(runner.connector, "async_list", fail)
        for time in range(3):
            assert issues.async_get_issue(DOMAIN, "source_of_documents") is None, time
            await runner.async_run()
            shown = hass.states.get(DOCUMENTS)
            assert shown is not None
            assert shown.attributes["last_error"] == {"/media/papers": trouble.value}
    issue = issues.async_get_issue(DOMAIN, "source_of_documents")
    assert issue is not None
    assert issue.translation_key == f"source_{trouble}"
    assert issue.translation_placeholders == {"source": "documents", "things": "/media/papers"}
    assert issue.translation_key in TEXTS["issues"]
    await runner.async_run()
    assert issues.async_get_issue(DOMAIN, "source_of_documents") is None


async def test_an_engine_that_comes_back_gets_what_waited(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine
) -> None:
    """Go on as soon as the engine answers again, without waiting for the next time."""
    runner = entry.runtime_data.connectors.runners["devices"]
    hass.states.async_set("input_boolean.boiler", "on")
    async_expose_entity(hass, "conversation", "input_boolean.boiler", should_expose=True)
    stub.down = True
    await _refresh(entry, hass)
    await runner.async_run()
    assert runner.status.engine_error == "engine_unreachable"
    stub.down = False
    await _refresh(entry, hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert runner.status.engine_error is None
    assert len(stub.library.ids("devices")) == 1


async def test_nothing_is_followed_once_the_entry_is_unloaded(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine
) -> None:
    """Let go of every source with the entry."""
    connectors = entry.runtime_data.connectors
    assert await hass.config_entries.async_unload(entry.entry_id)
    stub.library.asked.clear()
    hass.bus.async_fire("feedreader", {"feed_url": "https://example.org", "title": "News"})
    for runner in connectors.runners.values():
        runner.look()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert stub.library.asked == []


async def test_damage_is_heard_of_once(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every source looks at once for what the library has lost, and not again with each look at the engine."""
    heard: list[bool] = []
    monkeypatch.setattr(Runner, "resume", lambda _runner, *, has_lost=False: heard.append(has_lost))
    sources = len(entry.runtime_data.connectors.runners)
    embedding = {"model": "minilm", "dimension": 384, "state": "ready", "rebuilding": False}
    looks = ((None, False), ("It was damaged.", True), ("It was damaged.", False), (None, False))
    for items, (problem, has_lost) in enumerate(looks, 1):
        collections = [_collection("mail", items)]
        stub.answers["/v1/collections"] = {"collections": collections, "embedding": embedding, "problem": problem}
        heard.clear()
        await _refresh(entry, hass)
        assert heard == [has_lost] * sources
