"""Test what is told of a device, and what never is."""

from pathlib import Path

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.access import Access
from custom_components.hearth.memory import Recall

from .sources import DevicesInTest

pytestmark = pytest.mark.usefixtures("in_paris")


async def test_a_device_is_told_with_its_place_and_maker_and_no_state(
    hass: HomeAssistant, access: Access, tmp_path: Path, recall: Recall
) -> None:
    """Say what there is, never how it is; people and calendars are others' to tell of."""
    source = DevicesInTest(hass, tmp_path, recall)
    await source.begin()
    hass.states.async_set("input_boolean.guests", "on", {"friendly_name": "Guest mode"})
    for entity_id in ("input_boolean.guests", "person.anna"):
        async_expose_entity(hass, "conversation", entity_id, should_expose=True)
    entries = (await source.connector(access).async_list()).entries
    items = [await entry.read() for entry in entries.values()]
    assert [item.content for item in items if item] == [
        "Input boolean: Guest mode",
        "Rosa mends the boiler in Cellar.\nMade by: Lumen L1.\nLight: Rosa mends the boiler",
    ]
    assert all(item.url for item in items if item)
