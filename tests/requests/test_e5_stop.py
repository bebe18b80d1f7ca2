"""E5: "STOP": understood before any model, and nothing acts afterwards."""

import asyncio
from typing import Any

from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Event
import pytest

from custom_components.hearth.engine import EngineClient, EngineUnreachable

from .conftest import House, calls, says

STORY: dict[str, Any] = {"reply": {"content": "Once upon a time", "hang": True}}
LIGHT = ("intent__HassTurnOn", {"name": "Kitchen Lights"})


def _acts(house: House) -> list[str]:
    """Return the names of the actions that are called from now on."""
    called: list[str] = []

    def note(event: Event[dict[str, Any]]) -> None:
        called.append(f"{event.data['domain']}.{event.data['service']}")

    house.hass.bus.async_listen(EVENT_CALL_SERVICE, note)
    return called


async def _begun(house: House, requests: int) -> None:
    """Wait until the model was asked so often."""
    async with asyncio.timeout(30):
        while len(house.requests) < requests:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("words", ["stop", "Stopp!", "para", "arrête", "stop ermee"])
async def test_nothing_acts_after_a_stop(house: House, words: str) -> None:
    """What is said, what is planned and what waits for a yes all end, in whatever language it is said."""
    assert (await house.say("unlock the front door", conversation_id="door")).endswith("?")
    house.script(STORY, calls(LIGHT))
    story = asyncio.create_task(house.say("tell me a long story"))
    await _begun(house, 1)
    assert await house.say(words, conversation_id="another") == "Stopped."
    acts = _acts(house)
    assert await story == "Stopped."
    house.script(says("Yes to what?"))
    await house.say("yes", conversation_id="door")
    assert acts == []
    assert house.hass.states.is_state("lock.front_door", "locked")
    assert house.hass.states.is_state("light.kitchen_lights", "off")
    rows = await house.hearth.hands.audit.async_rows()
    (stop,) = [row for row in rows if row["kind"] == "halt"]
    assert (stop["ended"]["turns"], stop["ended"]["approvals"]) == (1, 1)


async def test_it_works_without_the_app(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop, the switch and the word to go on need neither engine nor model."""

    async def gone(_client: EngineClient, *_args: Any, **_fields: Any) -> Any:
        raise EngineUnreachable("gone")

    await house.say("unlock the front door")
    monkeypatch.setattr(EngineClient, "async_stop", gone)
    monkeypatch.setattr(EngineClient, "async_chat", gone)
    assert await house.say("stop") == "Stopped."
    assert house.hearth.hands.approvals.open == []
    switch = {"entity_id": "switch.hearth_enabled"}
    await house.hass.services.async_call("switch", "turn_off", switch, blocking=True)
    acts = _acts(house)
    await house.say("turn on the kitchen lights")
    assert acts == []
    await house.say("resume")
    await house.say("turn on the kitchen lights")
    assert house.hass.states.is_state("light.kitchen_lights", "on")
