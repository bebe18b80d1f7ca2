"""Share the furnished home with the tests of what acts on it."""

from collections.abc import AsyncGenerator

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import Access, Asker, Kind, Principal, View
from custom_components.hearth.const import DOMAIN
from custom_components.hearth.hands import Hands, Scope
from tests.furnished_home import home, satellite

__all__ = ["home", "satellite"]


@pytest.fixture
async def hands(home: HomeAssistant) -> AsyncGenerator[Hands]:
    """Return the hands of the furnished home, with a real audit on the disk."""
    hands = await Hands.async_create(home)
    yield hands
    await hands.async_close()


@pytest.fixture
def scope(hass: HomeAssistant) -> Scope:
    """Return a turn in which a person who is known is there to answer."""
    access = Access(hass, MockConfigEntry(domain=DOMAIN))
    view = View(access, Asker(Principal(Kind.PERSON, "person.anna", "anna")))
    return Scope("conversation", "conversation.hearth", "the words", "en", user_id="anna", view=view)
