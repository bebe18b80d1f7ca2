"""Run a connector against a stub of the engine."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import Access
from custom_components.hearth.engine import EngineClient
from custom_components.hearth.memory import Recall
from custom_components.hearth.memory.connectors.connector import Connector
from custom_components.hearth.memory.connectors.runner import Runner
from tests.conftest import hearth_entry
from tests.stub_engine import INSTANCE_ID, StubEngine

from .sources import SourceInTest

type Start = Callable[[Connector], Awaitable[Runner]]


@pytest.fixture
def entry(hass: HomeAssistant, stub: StubEngine) -> MockConfigEntry:
    """Return an entry that is there but not loaded: nothing runs but what a test starts."""
    entry = hearth_entry(stub.url, stub.token, INSTANCE_ID)
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def access(hass: HomeAssistant, entry: MockConfigEntry) -> Access:
    """Return who may see what."""
    return Access(hass, entry)


@pytest.fixture
async def start(hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, access: Access) -> AsyncGenerator[Start]:
    """Return what starts a connector as after a start of Home Assistant."""
    runners: list[Runner] = []

    async def start(connector: Connector) -> Runner:
        while runners:
            await runners.pop().async_stop()
        client = EngineClient(async_get_clientsession(hass), stub.url, stub.token)
        runner = Runner(
            hass, entry, connector, client=client, access=access, turnstile=asyncio.Lock(), changed=lambda: None
        )
        await runner.async_start()
        runners.append(runner)
        return runner

    yield start
    for runner in runners:
        await runner.async_stop()


@pytest.fixture
async def source(
    request: pytest.FixtureRequest,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    people: None,
    tmp_path: Path,
    recall: Recall,
) -> SourceInTest:
    """Return a source of each kind in turn, with one thing in it."""
    folder = tmp_path / "documents"
    folder.mkdir()
    source: SourceInTest = request.param(hass, folder, recall)
    hass.config_entries.async_update_entry(entry, options=source.options)
    await source.begin()
    await hass.async_block_till_done()
    return source


@pytest.fixture
async def in_paris(hass: HomeAssistant, people: None) -> None:
    """Live somewhere, with two persons."""
    await hass.config.async_set_time_zone("Europe/Paris")
