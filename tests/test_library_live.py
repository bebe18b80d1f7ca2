"""Test the way from a home into a real library and out of it again."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import Access
from custom_components.hearth.const import DOMAIN
from custom_components.hearth.engine import SearchRequest
from custom_components.hearth.memory import Fact, StoredTurn
from tests import hearthd as real_engine
from tests.conftest import SetUp, hearth_entry
from tests.hearthd import Hearthd
from tests.memory.connectors.sources import CalendarInTest, FolderInTest, MailInTest, SourceInTest

OURS, ANNA = "household", "person:anna-id"
SECRET = "heliotrope"


@pytest.fixture(scope="module")
def engine_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the engine keeps its data."""
    return tmp_path_factory.mktemp("engine")


@pytest.fixture(scope="module")
def engine(engine_folder: Path) -> Generator[Hearthd]:
    """Return an engine whose data can be looked into."""
    with real_engine.running(engine_folder) as engine:
        yield engine


@pytest.fixture
async def entry(hass: HomeAssistant, set_up: SetUp, engine: Hearthd, socket_enabled: None) -> MockConfigEntry:
    """Return an entry that is loaded with the engine, in a home with Anna."""
    hass.states.async_set("person.anna", "home", {"id": "anna-id", "friendly_name": "Anna"})
    return await set_up(hearth_entry(engine.url, engine.token, engine.instance_id))


async def _call(hass: HomeAssistant, name: str, **data: Any) -> Any:
    return await hass.services.async_call(DOMAIN, name, data, blocking=True, return_response=True)


async def test_from_a_note_to_nothing(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Take in, find, show what would be forgotten, forget, and find nothing any more."""
    told = await _call(hass, "ingest", title="Boiler", text="The boiler was serviced by Rosa in March.")
    assert told["status"] == "stored"
    again = await _call(hass, "ingest", title="Boiler", text="The boiler was serviced by Rosa in April.")
    assert again["item"] == told["item"]
    (passage,) = (await _call(hass, "search", query="Who serviced the boiler?"))["passages"]
    assert passage["text"] == "The boiler was serviced by Rosa in April."
    shown = await _call(hass, "forget", query="boiler")
    assert [item["item"] for item in shown["items"]] == [told["item"]]
    assert (await _call(hass, "forget", query="boiler", dry_run=False))["forgotten"] == 1
    assert (await _call(hass, "search", query="Who serviced the boiler?"))["passages"] == []


@pytest.mark.parametrize("kind", [CalendarInTest, FolderInTest, MailInTest])
async def test_from_a_source_to_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path, kind: type[SourceInTest]
) -> None:
    """Find what a source holds, only for its owner, and nothing of it once it is switched off."""
    folder = tmp_path / "documents"
    folder.mkdir()
    source = kind(hass, folder, entry.runtime_data.memory.recall)
    hass.config_entries.async_update_entry(entry, options=source.options)
    await source.begin()
    await source.begin_listening()
    data = entry.runtime_data
    connector = source.connector(Access(hass, entry))
    runner = data.connectors.runners[connector.collection]
    await runner.async_run()
    assert runner.status.engine_error is None
    for person, finds in (("household", source.owner == OURS), (ANNA, True)):
        owners = (OURS,) if person == OURS else (OURS, ANNA)
        assert bool(await _found(entry, owners, source.first)) is finds
    off = {**source.options, "sources": {connector.source.value: False}}
    hass.config_entries.async_update_entry(entry, options=off)
    await runner.async_run()
    assert await _found(entry, (OURS, ANNA), source.first) == []


async def _found(entry: MockConfigEntry, owners: tuple[str, ...], words: str) -> list[str]:
    reply = await entry.runtime_data.client.async_search(SearchRequest(words, owners, mode="keyword"))
    return [passage.item for passage in reply.passages]


def _files_with(secret: str, *folders: Path) -> list[Path]:
    files = (file for folder in folders for file in folder.rglob("*") if file.is_file())
    return [file for file in files if secret.encode() in file.read_bytes()]


async def test_an_erasure_leaves_no_byte(
    hass: HomeAssistant, entry: MockConfigEntry, engine_folder: Path, tmp_path: Path
) -> None:
    """Overwrite the text wherever it was kept, in the engine's folder and in Home Assistant's."""
    data = entry.runtime_data
    for number in range(3):
        text = f"The {SECRET} number {number} is under the stairs."
        await _call(hass, "ingest", title=f"Hiding place {number}", text=text, person="person.anna")
        await data.memory.vault.async_remember(ANNA, Fact("", f"The {SECRET} is number {number}"), by=ANNA)
        turn = StoredTurn(ANNA, f"talk {number}", dt_util.utcnow(), "conversation.hearth", text, "I see.")
        await data.memory.recall.async_store(turn)
    await data.connectors.runners["conversations"].async_run()
    config = Path(hass.config.path())
    assert _files_with(SECRET, engine_folder)
    assert _files_with(SECRET, config)
    await _call(hass, "erase", confirm="erase", person="person.anna")
    assert _files_with(SECRET, engine_folder, config) == []
    await data.connectors.runners["conversations"].async_run()
    assert await _found(entry, (OURS, ANNA), SECRET) == []


async def test_an_export_brings_everything_back(
    hass: HomeAssistant, entry: MockConfigEntry, engine_folder: Path
) -> None:
    """Find after an erasure and an import what was found before."""
    await _call(hass, "ingest", title="Piano", text="Ben tunes the piano in June.", household=True)
    exported = await _call(hass, "export", everything=True)
    assert exported["items"] == 1
    await _call(hass, "erase", confirm="erase", everything=True)
    assert (await _call(hass, "search", query="piano"))["passages"] == []
    await _call(hass, "import", folder=Path(exported["folder"]).name)
    (passage,) = (await _call(hass, "search", query="piano"))["passages"]
    assert (passage["text"], passage["title"]) == ("Ben tunes the piano in June.", "Piano")
