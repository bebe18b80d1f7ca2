"""Test learning with llama.cpp itself, its model of random weights: it talks nonsense, and none of it is believed."""

import asyncio
from collections.abc import Generator
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.memory import Memory, StoredTurn
from tests import hearthd as real_engine
from tests.hearthd import Hearthd

from .conftest import ANNA, ANNAS, add_people


@pytest.fixture(scope="module")
def hearthd(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Generator[Hearthd]:
    """Return an engine whose model llama.cpp runs, in the place of the scripted one."""
    options = ["--context-length", "16384"]
    with real_engine.running(tmp_path_factory.mktemp("llama"), tiny_model, options) as engine:
        yield engine


async def test_nonsense_is_read_and_not_believed(hass: HomeAssistant, live_entry: MockConfigEntry) -> None:
    """What comes has the form of facts, and the person's words bear none of them out."""
    add_people(hass)
    memory: Memory = live_entry.runtime_data.memory
    coordinator = live_entry.runtime_data.coordinator
    while coordinator.role_info("fast") is None or coordinator.role_info("fast").state != "ready":
        await asyncio.sleep(0.05)
        await coordinator.async_refresh()
    said = StoredTurn(ANNAS, "one", dt_util.utcnow(), "conversation.hearth", "I can't eat nuts at all", "All right.")
    await memory.recall.async_store(said)
    assert await memory.extraction.async_learn("one") == 0
    assert await memory.recall.async_turns("one", unconsidered=True) == ()
    assert (await memory.async_tell(ANNA)).own == ()
