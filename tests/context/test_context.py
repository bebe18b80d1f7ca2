"""Test what a model is told of the home."""

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.hearth.context import describe_moment, home_index
from tests.furnished_home import home, satellite

__all__ = ["home", "satellite"]


async def test_the_index_lists_the_home_without_states(home: HomeAssistant) -> None:
    """Everything exposed stands under its area and kind, and a change of state changes nothing."""
    er.async_get(home).async_update_entity("light.kitchen_lights", aliases=[er.COMPUTED_NAME, "Cooking Lights"])
    index = home_index(home, "conversation")
    assert "- Kitchen — cover: Kitchen Blind; light: Kitchen Lights (Cooking Lights)" in index.splitlines()
    await home.services.async_call("light", "turn_on", {"entity_id": "light.kitchen_lights"}, blocking=True)
    assert home_index(home, "conversation") == index


async def test_what_is_not_exposed_is_not_told(home: HomeAssistant) -> None:
    """An entity that the user hides from assistants is hidden."""
    async_expose_entity(home, "conversation", "lock.front_door", should_expose=False)
    assert "Front Door" not in home_index(home, "conversation")


async def test_an_empty_home_says_so(hass: HomeAssistant) -> None:
    """A model that is shown no device knows it."""
    assert "No device" in home_index(hass, "conversation")


@pytest.mark.freeze_time("2026-11-21 08:05:09+00:00")
async def test_the_moment(home: HomeAssistant, satellite: str) -> None:
    """The time, the satellite's area and the person are told."""
    await home.config.async_set_time_zone("Europe/Paris")
    now = {"date": "Saturday, 21 November 2026", "time": "09:05"}
    assert describe_moment(home, None, None) == now
    assert describe_moment(home, satellite, "Anna") == now | {"area": "Kitchen", "person": "Anna"}
