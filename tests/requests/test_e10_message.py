"""E10: "send an email to John saying I'll be late": shown first, sent once after a yes, never otherwise."""

from datetime import timedelta
from typing import override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.notify import NotifyEntity
from homeassistant.components.notify.const import DOMAIN as NOTIFY_DOMAIN
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from .conftest import House, calls, says

LATE = "I'll be late to the meeting."


class Letterbox(NotifyEntity):
    """Where John gets his mail."""

    _attr_name = "John"

    def __init__(self) -> None:
        """Begin empty."""
        self.letters: list[str] = []

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        self.letters.append(message)


@pytest.fixture
async def john(house: House) -> Letterbox:
    """Return John's letterbox, to which a model may ask to write."""
    assert await async_setup_component(house.hass, NOTIFY_DOMAIN, {})
    letterbox = Letterbox()
    await house.hass.data[DATA_INSTANCES][NOTIFY_DOMAIN].async_add_entities([letterbox])
    async_expose_entity(house.hass, "conversation", letterbox.entity_id, should_expose=True)
    options = {**house.entry.options, "actions": {"notify.send_message": {}}}
    house.hass.config_entries.async_update_entry(house.entry, options=options)
    await house.hass.async_block_till_done(wait_background_tasks=True)
    return letterbox


async def write(house: House) -> str:
    """Ask for the message, of which a model makes a call, twice over."""
    send = ("notify__send_message", {"target": ["John"], "message": LATE})
    house.script(calls(send), calls(send), says("I have asked you."), *[says("All right.")] * 3)
    return await house.say("send John a message that I'll be late to the meeting")


@pytest.mark.parametrize(("answer", "letters"), [("yes", [LATE]), ("no", []), ("stop", [])])
async def test_it_is_sent_once_after_a_yes(house: House, john: Letterbox, answer: str, letters: list[str]) -> None:
    """A second yes sends nothing more."""
    asked = "The message says: “I'll be late to the meeting.” I need your yes before I send a message to John. Shall I?"
    assert (await write(house)).endswith(asked)
    assert john.letters == []
    for words in (answer, "yes"):
        await house.say(words)
    assert john.letters == letters


async def test_it_is_not_sent_when_nobody_answers(
    freezer: FrozenDateTimeFactory, house: House, john: Letterbox
) -> None:
    """After its time, no way to say yes is left."""
    await write(house)
    freezer.tick(timedelta(minutes=11))
    async_fire_time_changed(house.hass, dt_util.utcnow())
    await house.say("yes")
    assert (john.letters, house.hearth.hands.approvals.open) == ([], [])
