"""Test that the engine is told which collections of its library are kept at home."""

from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.hearth.access import CONF_PRIVATE
from custom_components.hearth.engine import LibraryItem
from tests.stub_engine import StubEngine, error

NOTE = LibraryItem("note/1", "household", "Boiler", "Serviced by Rosa.")
COLLECTIONS = "/v1/collections"


@pytest.fixture
async def filled(hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine) -> MockConfigEntry:
    """Return an entry whose library holds something."""
    for name in ("notes", "feeds"):
        await entry.runtime_data.client.async_store(name, [NOTE])
    assert stub.library.at_home == set()
    return entry


async def keep(hass: HomeAssistant, entry: MockConfigEntry, *sources: str) -> None:
    """Keep sources at home."""
    hass.config_entries.async_update_entry(entry, options={**entry.options, CONF_PRIVATE: list(sources)})
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_it_follows_the_options(hass: HomeAssistant, filled: MockConfigEntry, stub: StubEngine) -> None:
    """A change reaches what the library holds already; what comes later says it by itself."""
    await keep(hass, filled, "documents", "memory")
    assert stub.library.at_home == {"notes"}
    await filled.runtime_data.client.async_store("documents", [NOTE])
    assert stub.library.at_home == {"notes", "documents"}
    await keep(hass, filled, "feeds")
    assert stub.library.at_home == {"feeds"}
    await keep(hass, filled)
    assert stub.library.at_home == set()


async def test_an_engine_that_knows_it_otherwise_is_told(
    hass: HomeAssistant, filled: MockConfigEntry, stub: StubEngine
) -> None:
    """One that was away while the options changed hears of it once it is back, and so does one that has lost it."""
    stub.answers[COLLECTIONS] = error("library_unavailable")
    await keep(hass, filled, "documents")
    assert stub.library.at_home == set()
    del stub.answers[COLLECTIONS]
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=1))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert stub.library.at_home == {"notes"}
    await filled.runtime_data.coordinator.async_refresh()
    stub.library.at_home.clear()
    await filled.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert stub.library.at_home == {"notes"}
