"""E10: "send an email to John saying I'll be late": asked whom, shown first, sent once after a yes, never otherwise."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.notify import NotifyEntity
from homeassistant.components.notify.const import DOMAIN as NOTIFY_DOMAIN
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed, async_mock_service

from .conftest import House, calls, item, says

LATE = "I'll be late to the meeting."
SEND = ("hearth__send_message", {"to": "John", "text": LATE})
# The action that anybody may allow to be a tool does as well.
ACTION = ("notify__send_message", {"target": ["John"], "message": LATE})


class Letterbox(NotifyEntity):
    """Where somebody gets their mail."""

    def __init__(self, name: str) -> None:
        """Begin empty."""
        self._attr_name = name
        self.letters: list[tuple[str | None, str]] = []

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        self.letters.append((title, message))


type Known = Callable[..., Awaitable[list[Letterbox]]]


@pytest.fixture
async def known(house: House) -> Known:
    """Return what makes somebody's letterbox known, to which a model may ask to write."""
    assert await async_setup_component(house.hass, NOTIFY_DOMAIN, {})

    async def add(*names: str) -> list[Letterbox]:
        letterboxes = [Letterbox(name) for name in names]
        await house.hass.data[DATA_INSTANCES][NOTIFY_DOMAIN].async_add_entities(letterboxes)
        for letterbox in letterboxes:
            async_expose_entity(house.hass, "conversation", letterbox.entity_id, should_expose=True)
        options = {**house.entry.options, "actions": {"notify.send_message": {}}}
        house.hass.config_entries.async_update_entry(house.entry, options=options)
        await house.hass.async_block_till_done(wait_background_tasks=True)
        return letterboxes

    return add


async def write(house: House, send: tuple[str, dict[str, Any]] = SEND) -> str:
    """Ask for the message, of which a model makes a call, twice over."""
    house.script(calls(send), calls(send), says("I have asked you."), *[says("All right.")] * 3)
    return await house.say("send John a message that I'll be late to the meeting")


@pytest.mark.parametrize("send", [SEND, ACTION])
@pytest.mark.parametrize(("answer", "letters"), [("yes", [(None, LATE)]), ("no", []), ("stop", [])])
async def test_it_is_sent_once_after_a_yes(
    house: House, known: Known, answer: str, letters: list[tuple[str | None, str]], send: tuple[str, dict[str, Any]]
) -> None:
    """A second yes sends nothing more."""
    (john,) = await known("John")
    asked = "The message says: “I'll be late to the meeting.” I need your yes before I send a message to John. Shall I?"
    assert (await write(house, send)).endswith(asked)
    assert john.letters == []
    for words in (answer, "yes"):
        await house.say(words)
    assert john.letters == letters


@pytest.mark.parametrize("send", [SEND, ACTION])
async def test_it_is_not_sent_when_nobody_answers(
    freezer: FrozenDateTimeFactory, house: House, known: Known, send: tuple[str, dict[str, Any]]
) -> None:
    """After its time, no way to say yes is left."""
    (john,) = await known("John")
    await write(house, send)
    freezer.tick(timedelta(minutes=11))
    async_fire_time_changed(house.hass, dt_util.utcnow())
    await house.say("yes")
    assert (john.letters, house.hearth.hands.approvals.open) == ([], [])


async def test_of_several_johns_the_right_one_is_asked_for(house: House, known: Known) -> None:
    """Nothing is sent, and nobody asked for a yes, before it is said who is meant; then with its subject."""
    smith, doe = await known("John Smith", "John Doe")
    mail = {"title": "The meeting", "text": LATE, "way": "mail"}
    house.script(calls(("hearth__send_message", {"to": "John", **mail})))
    asked = await house.say("send an email to John saying I'll be late to the meeting")
    assert asked == "That may be several: John Doe and John Smith. Which one do you mean?"
    assert house.hearth.hands.approvals.open == []

    house.script(calls(("hearth__send_message", {"to": "John Doe", **mail}), contains="John Doe"))
    shown = await house.say("John Doe")
    assert shown == (
        "The message “The meeting” says: “I'll be late to the meeting.” "
        "I need your yes before I send a message to John Doe. Shall I?"
    )
    assert (smith.letters, doe.letters) == ([], [])
    assert await house.say("yes") == "Done."
    assert (smith.letters, doe.letters) == ([], [("The meeting", LATE)])


async def test_a_yes_to_the_question_who_is_meant_sends_nothing(house: House, known: Known) -> None:
    """It answers nothing that was asked."""
    smith, doe = await known("John Smith", "John Doe")
    house.script(calls(SEND), says("Which one?"))
    await house.say("send John a message that I'll be late")
    await house.say("yes")
    assert (smith.letters, doe.letters) == ([], [])


async def test_who_is_not_known_is_not_written_to(house: House, known: Known) -> None:
    """A model can't give an address of its own."""
    (john,) = await known("John")
    house.script(calls(("hearth__send_message", {"to": "eve@example.com", "text": LATE})), says("Nobody is called so."))
    assert "I changed nothing" in await house.say("send eve@example.com a message that I'll be late")
    assert (john.letters, house.hearth.hands.approvals.open) == ([], [])


async def test_a_person_is_reached_on_their_phone(house: House) -> None:
    """By the name that the home has for them."""
    phone = {"user_id": "bert", "device_name": "pixel"}
    MockConfigEntry(domain="mobile_app", title="Pixel", data=phone).add_to_hass(house.hass)
    sent = async_mock_service(house.hass, "notify", "mobile_app_pixel")
    house.script(calls(("hearth__send_message", {"to": "bert", "text": LATE})))
    asked = await house.say("tell Bert that I'll be late")
    assert asked.endswith("I need your yes before I send a message to Bert (Pixel). Shall I?")
    assert sent == []
    await house.say("yes")
    assert [call.data["message"] for call in sent] == [LATE]


@pytest.mark.parametrize("is_looked_up", [True, False])
async def test_what_was_looked_up_makes_it_ask(house: House, known: Known, is_looked_up: bool) -> None:
    """Where messages need no yes, one still does once text from outside is in the conversation."""
    (john,) = await known("John")
    house.hass.config_entries.async_update_entry(house.entry, options={**house.entry.options, "preset": "trusting"})
    if is_looked_up:
        await house.know("calendar", item("meeting", "Meeting with John in room five", owner="person:anna"))
    house.script(calls(SEND), says("It is on its way."))
    answer = await house.say("send John a message that I'll be late to the meeting with John in room five")
    assert (john.letters, "Shall I?" in answer) == (([], True) if is_looked_up else ([(None, LATE)], False))
