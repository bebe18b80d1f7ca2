"""Test that the home goes on being served while the engine is away."""

from collections.abc import Callable

from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.mind import Turn, TurnOutcome
from tests.stub_engine import StubEngine, error, health, info, role

from .conftest import Talk, speech


@pytest.fixture
async def entry(stub_entry: MockConfigEntry) -> MockConfigEntry:
    """Return an entry in the furnished home whose engine a test can spoil."""
    return stub_entry


SPOILED = [
    ({"down": True}, {}, "engine_unreachable", "I can't reach my language model. Controlling the home still works."),
    (
        {"health": health(protocol_version=99)},
        {},
        "engine_protocol",
        "Hearth's app and its integration don't fit together. Please update both.",
    ),
    (
        {},
        {CONF_TOKEN: "old"},
        "invalid_api_key",
        "My language model no longer accepts my token. Please reconnect Hearth in the settings.",
    ),
    (
        {"answers": {"/v1/chat/completions": error("does_not_fit")}},
        {},
        "does_not_fit",
        "My language model could not be loaded.",
    ),
    ({"info": info(fast=role())}, {}, None, "I found nothing in your home that fits. For everything else I need a"),
]


async def test_a_model_that_stands_in_answers(
    home: HomeAssistant, talk: Talk, stub: StubEngine, entry: MockConfigEntry
) -> None:
    """A role whose own model is gone is no role without a model while another stands in."""
    stub.info = info(fast=role("gone", "missing", error="model_missing", fallback=["tiny"], serving="tiny"))
    await entry.runtime_data.coordinator.async_refresh()
    assert speech(await talk("tell me a story")) == "Hello."


@pytest.mark.parametrize(("spoiled", "data", "error", "said"), SPOILED)
async def test_the_home_is_served_and_the_rest_is_owned_up_to(
    home: HomeAssistant,
    talk: Talk,
    stub: StubEngine,
    entry: MockConfigEntry,
    last_turn: Callable[[], Turn],
    spoiled: dict[str, object],
    data: dict[str, str],
    error: str | None,
    said: str,
) -> None:
    """Whatever is wrong with the engine, devices obey, questions of consent work, and words say what is wrong."""
    for name, value in spoiled.items():
        setattr(stub, name, value)
    home.config_entries.async_update_entry(entry, data={CONF_URL: stub.url, CONF_TOKEN: stub.token, **data})
    await home.async_block_till_done()
    await entry.runtime_data.coordinator.async_refresh()

    await talk("turn on the kitchen lights")
    assert home.states.is_state("light.kitchen_lights", "on")
    await talk("unlock the front door")
    await talk("yes")
    assert home.states.is_state("lock.front_door", "unlocked")

    result = await talk("tell me a story")
    assert speech(result).startswith(said)
    assert last_turn().error == error
    assert last_turn().outcome in (TurnOutcome.ENGINE_ERROR, TurnOutcome.NO_MODEL)
