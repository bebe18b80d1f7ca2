"""Test that what changes by the minute stands at the prompt's end."""

from collections.abc import AsyncGenerator
from datetime import timedelta
import json

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.engine import ChatEvent, ChatRequest, EngineClient
from tests.hearthd import Hearthd

from .conftest import Talk


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[ChatRequest]:
    """Return the requests that go to the engine, which answers them for real."""
    seen: list[ChatRequest] = []
    send = EngineClient.async_chat

    async def record(client: EngineClient, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        seen.append(request)
        async for event in send(client, request):
            yield event

    monkeypatch.setattr(EngineClient, "async_chat", record)
    return seen


def until_newest_words(request: ChatRequest) -> str:
    """Return everything of a request that stands before the newest words of the user."""
    newest = max(i for i, message in enumerate(request.messages) if message["role"] == "user")
    return json.dumps([request.tools, request.messages[:newest]])


async def test_minutes_and_satellites_share_the_whole_prefix(
    home: HomeAssistant,
    hearthd: Hearthd,
    talk: Talk,
    satellite: str,
    requests: list[ChatRequest],
    freezer: FrozenDateTimeFactory,
) -> None:
    """Turns a minute apart, from different places, people and states of the home, begin exactly alike."""
    hearthd.script([{"reply": {"content": "Hello."}}] * 3)
    await talk("tell me something", conversation_id="one")
    freezer.tick(timedelta(minutes=1, seconds=7))
    await home.services.async_call("light", "turn_on", {"entity_id": "light.kitchen_lights"}, blocking=True)
    await talk("tell me something", conversation_id="two", device_id=satellite)
    await talk("tell me something else", conversation_id="three", user_id="anna")
    assert len({until_newest_words(request) for request in requests}) == 1
    assert len({json.dumps(request.messages[-1]) for request in requests}) == 3


async def test_a_conversation_only_grows(hearthd: Hearthd, talk: Talk, requests: list[ChatRequest]) -> None:
    """The second turn of a conversation begins with everything the first had before its words."""
    hearthd.script([{"reply": {"content": "Hello."}}] * 2)
    await talk("tell me something")
    await talk("tell me more")
    first, second = requests
    assert second.messages[: len(first.messages) - 1] == first.messages[:-1]
    assert [message["role"] for message in second.messages] == ["system", "user", "assistant", "user"]
    assert second.messages[1]["content"] == "tell me something"


async def test_the_newest_words_carry_the_moment(hearthd: Hearthd, talk: Talk, requests: list[ChatRequest]) -> None:
    """Time and place come right before the words, and the words come last."""
    hearthd.script([{"reply": {"content": "Hello."}}])
    await talk("tell me something")
    content = requests[0].messages[-1]["content"]
    assert content.startswith("(It is ")
    assert content.endswith("\ntell me something")


@pytest.mark.parametrize(("device", "priority"), [(True, "voice"), (False, "chat")])
async def test_voice_goes_first(
    hearthd: Hearthd, talk: Talk, requests: list[ChatRequest], satellite: str, device: bool, priority: str
) -> None:
    """What is spoken to a satellite has the priority of a voice."""
    hearthd.script([{"reply": {"content": "Hello."}}])
    await talk("tell me something", device_id={True: satellite, False: None}[device])
    assert (requests[0].priority, requests[0].session) == (priority, "one")
