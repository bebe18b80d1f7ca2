"""Keep a note for each person of a home and one for all, for the tests of the actions on what Hearth knows."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.hearth.const import DOMAIN
from tests.stub_engine import StubEngine

ANNA, TOM, OURS = "person:anna-id", "person:tom-id", "household"


@pytest.fixture
def people(hass: HomeAssistant, hass_admin_user: MockUser, hass_read_only_user: MockUser) -> dict[str, str]:
    """Let Anna run the home and Tom live in it; a third user is nobody's. Return the users' IDs by name."""
    guest = MockUser(name="Guest").add_to_hass(hass)
    users = {"anna": hass_admin_user.id, "tom": hass_read_only_user.id}
    for name, user_id in users.items():
        attributes = {"id": f"{name}-id", "friendly_name": name.capitalize(), "user_id": user_id}
        hass.states.async_set(f"person.{name}", "home", attributes)
    return {**users, "guest": guest.id}


@pytest.fixture
async def hearth(hass: HomeAssistant, people: dict[str, str], entry: MockConfigEntry, stub: StubEngine) -> StubEngine:
    """Return the engine of a home in which each person, and all together, have a note about the boiler."""
    for owner in (OURS, ANNA, TOM):
        text = f"The boiler note of {owner}"
        stub.library.collections["notes"][f"note/{owner}"] = {
            "id": f"note/{owner}",
            "owner": owner,
            "title": "Boiler",
            "kind": "markdown",
            "text": text,
            "time": "2026-11-21T12:00:00+00:00",
            "url": None,
            "pinned": False,
            "meta": {},
            "error": None,
        }
    stub.library.asked.clear()
    return stub


async def call(hass: HomeAssistant, name: str, user_id: str | None = None, **data: Any) -> Any:
    """Call one of Hearth's actions as somebody, or as the home itself, and return its answer."""
    context = Context(user_id=user_id)
    return await hass.services.async_call(DOMAIN, name, data, blocking=True, return_response=True, context=context)
