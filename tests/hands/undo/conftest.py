"""Let the one who undoes be somebody whom Home Assistant knows, and see everything."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.hearth.access import Access, Asker, Kind, Principal, View
from custom_components.hearth.hands import Scope
from tests.conftest import AGENT_ID, hearth_entry


@pytest.fixture
def scope(hass: HomeAssistant) -> Scope:
    """Return a turn of Anna's with an agent that may tell her everything."""
    MockUser(id="anna", name="Anna", is_owner=True).add_to_hass(hass)
    access = Access(hass, hearth_entry("http://engine", "token", "instance"))
    view = View(access, Asker(Principal(Kind.PERSON, "person.anna", "anna"), AGENT_ID))
    return Scope("conversation", "conversation.hearth", "the words", "en", user_id="anna", view=view)
