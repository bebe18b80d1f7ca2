"""Test what becomes of what the home tells people: each, once, for whom it was."""

from homeassistant.components import persistent_notification
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.hearth.access import Access
from custom_components.hearth.engine import LibraryItem
from custom_components.hearth.memory.connectors.notifications import Notifications

from .sources import ANNA

pytestmark = pytest.mark.usefixtures("in_paris")


async def test_what_is_sent_to_people_is_a_notification(
    hass: HomeAssistant, entry: MockConfigEntry, access: Access
) -> None:
    """Take what is sent by the home, to each of whom something is known, and no command to a phone."""
    async_mock_service(hass, "notify", "family")
    async_mock_service(hass, "notify", "mobile_app_anna")
    async_mock_service(hass, "notify", "send_message")
    hass.config_entries.async_update_entry(
        entry, options={"owners": {"notify.family": "household", "notify.mobile_app_anna": ANNA}}
    )
    pushed: list[LibraryItem] = []
    stops = Notifications(hass, access).async_listen(pushed.append, lambda: None)
    for service, data in (
        ("family", {"message": "Dinner!\nCome down.", "title": None}),
        ("mobile_app_anna", {"message": "Window open", "title": "Rain"}),
        ("mobile_app_anna", {"message": "clear_notification"}),
        ("send_message", {"message": "Hello", "entity_id": ["notify.family", "notify.unknown"]}),
        ("family", {"message": 5}),
    ):
        await hass.services.async_call("notify", service, data, blocking=True, context=Context())
    await hass.services.async_call("notify", "family", {"message": "Dinner!"}, blocking=True)
    for stop in stops:
        stop()
    told = [(item.title, str(item.content).partition("\nNotified on ")[0], item.owner) for item in pushed]
    assert told == [
        ("Dinner!", "Dinner!\nCome down.", "household"),
        ("Rain", "Window open", ANNA),
        ("Hello", "Hello", "household"),
        ("Dinner!", "Dinner!", "household"),
    ]
    assert len({item.id for item in pushed}) == len(pushed)


async def test_a_notification_under_an_old_id_is_another(hass: HomeAssistant, access: Access) -> None:
    """Keep each in the history, although the sidebar shows only the last."""
    assert await async_setup_component(hass, "persistent_notification", {})
    pushed: list[LibraryItem] = []
    stops = Notifications(hass, access).async_listen(pushed.append, lambda: None)
    for message in ("The washing is done", "The dryer is done"):
        persistent_notification.async_create(hass, message, "Laundry", "laundry")
    persistent_notification.async_dismiss(hass, "laundry")
    for stop in stops:
        stop()
    assert [str(item.content).partition("\n")[0] for item in pushed] == ["The washing is done", "The dryer is done"]
    assert len({item.id for item in pushed}) == 2
