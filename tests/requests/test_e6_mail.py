"""E6: "fetch emails every 10 minutes": what is new is taken in, once."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.hearth.access import CONF_OWNERS

from .conftest import House


def _came(house: House, uid: int) -> None:
    data: dict[str, Any] = {
        "entry_id": "mailbox",
        "uid": str(uid),
        "folder": "INBOX",
        "sender": "school@example.org",
        "subject": f"Letter {uid}",
        "text": f"The school trip number {uid} is on Friday.",
        "date": dt_util.utcnow(),
        "headers": {"Message-ID": (f"<{uid}@example.org>",)},
    }
    house.hass.bus.async_fire("imap_content", data)


async def _ten_minutes(house: House, freezer: FrozenDateTimeFactory) -> set[str]:
    """Let ten minutes pass and return the titles of the mail in the library, with when each was stored."""
    for _ in range(2):
        freezer.tick(timedelta(minutes=5, seconds=1))
        async_fire_time_changed(house.hass)
        await house.hass.async_block_till_done(wait_background_tasks=True)
    page = await house.hearth.client.async_items("mail", owners=("person:anna",))
    return {row.title for row in page.rows}


async def test_only_new_messages_are_taken_in(house: House, freezer: FrozenDateTimeFactory) -> None:
    """A message that is told of again is not stored again, and each is its mailbox's owner's alone."""
    house.hass.config_entries.async_update_entry(house.entry, options={CONF_OWNERS: {"entry:mailbox": "person:anna"}})
    await house.hass.async_block_till_done()
    _came(house, 1)
    _came(house, 2)
    assert await _ten_minutes(house, freezer) == {"Letter 1", "Letter 2"}
    _came(house, 2)
    assert await _ten_minutes(house, freezer) == {"Letter 1", "Letter 2"}
    _came(house, 3)
    assert await _ten_minutes(house, freezer) == {"Letter 1", "Letter 2", "Letter 3"}
    assert set(await house.numbers("school trip", "mail")) != set()
    assert await house.numbers("school trip", "mail", owner="person:bert") == {}
