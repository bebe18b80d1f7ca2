"""Test that the logbook tells what Hearth did, refused and asked, and that it is seen as the cause."""

from typing import Any

from homeassistant.core import Context, Event, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.hearth import logbook
from custom_components.hearth.const import DOMAIN, EVENT_ACTION
from tests.hearthd import Hearthd
from tests.mind.conftest import AGENT, Talk, entry, home, people, satellite, talk

__all__ = ["entry", "home", "people", "satellite", "talk"]


@pytest.fixture(autouse=True)
def silent_model(hearthd: Hearthd) -> None:
    """Let any question that reaches the model fail."""
    hearthd.script([])


def _messages(hass: HomeAssistant, events: list[Event[Any]]) -> list[str]:
    described: dict[tuple[str, str], Any] = {}
    logbook.async_describe_events(hass, lambda domain, kind, how: described.update({(domain, kind): how}))
    told = [described[DOMAIN, EVENT_ACTION](event) for event in events]
    assert {one["name"] for one in told} <= {"Hearth"}
    return [one["message"] for one in told]


async def test_what_hearth_does_is_told(home: HomeAssistant, people: None, talk: Talk) -> None:
    """Tell of each act, question and refusal; a light's change comes from the turn's event."""
    events = async_capture_events(home, EVENT_ACTION)
    await talk("turn on the kitchen lights", user_id="anna")
    await talk("unlock the front door", user_id="anna")
    await talk("no", user_id="anna")
    assert _messages(home, events) == [
        "does: turn on Kitchen Lights",
        "asks: unlock Front Door",
        "unlock Front Door: the answer was no",
    ]
    assert {event.data["agent"] for event in events} == {AGENT}
    assert {event.context.user_id for event in events} == {"anna"}
    light = home.states.get("light.kitchen_lights")
    assert light is not None
    assert light.context.id == events[0].context.id


async def test_what_did_not_work_is_told(home: HomeAssistant, people: None, talk: Talk) -> None:
    """Tell of a device that did not follow."""
    events = async_capture_events(home, EVENT_ACTION)
    await talk("turn on the stuck light", user_id="anna")
    assert [event.data["outcome"] for event in events] == ["begun", "unchanged"]
    assert _messages(home, events)[1].endswith(": it did not react")


async def test_questions_leave_no_entry(home: HomeAssistant, people: None, talk: Talk) -> None:
    """Who only asks does nothing."""
    events = async_capture_events(home, EVENT_ACTION)
    await talk("is the front door locked?", user_id="anna")
    assert events == []


def test_a_call_that_nobody_can_see_into_is_told(hass: HomeAssistant) -> None:
    """Say that there was one."""
    data = {"actions": [], "entities": [], "outcome": "denied", "agent": AGENT}
    assert _messages(hass, [Event(EVENT_ACTION, data, context=Context())]) == ["refused: ?"]
