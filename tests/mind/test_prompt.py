"""Test that what changes by the minute stands at the prompt's end."""

from collections.abc import AsyncGenerator
from datetime import timedelta
import json

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.conversation import ChatLog
from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.access import HOUSEHOLD
from custom_components.hearth.engine import ChatEvent, ChatRequest, EngineClient
from custom_components.hearth.mind import Conversations
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


async def test_a_conversation_only_grows(
    hearthd: Hearthd, talk: Talk, requests: list[ChatRequest], satellite: str, freezer: FrozenDateTimeFactory
) -> None:
    """A later turn begins with everything that was sent before it, and says of its moment only what is new."""
    freezer.move_to("2026-11-22 07:57:00+00:00")
    hearthd.script([{"reply": {"content": "Hello."}}] * 3)
    await talk("tell me something")
    freezer.tick(timedelta(minutes=1))
    await talk("turn on the kitchen lights")
    freezer.tick(timedelta(minutes=1))
    await talk("tell me more", device_id=satellite)
    freezer.tick(timedelta(minutes=1))
    await talk("and more")
    first, second, third = requests
    assert second.messages[: len(first.messages)] == first.messages
    assert third.messages[: len(second.messages)] == second.messages
    asked = [message["content"] for message in third.messages if message["role"] == "user"]
    assert [words.rpartition("\n")[0] for words in asked] == [
        "(date: Saturday, 21 November 2026, time: 23:57)",
        "",
        "(time: 23:59, area: Kitchen)",
        "(date: Sunday, 22 November 2026, time: 00:00, area: unknown)",
    ]


async def test_only_the_last_conversations_are_kept(hass: HomeAssistant) -> None:
    """Whoever talks to the home all day does not fill its memory."""
    conversations = Conversations()
    chat_logs = [ChatLog(hass, str(number)) for number in range(1000)]
    first = conversations.of(chat_logs[0], HOUSEHOLD)
    assert conversations.of(chat_logs[0], HOUSEHOLD) is first
    for chat_log in chat_logs[1:]:
        conversations.of(chat_log, HOUSEHOLD)
    assert conversations.of(chat_logs[0], HOUSEHOLD) is not first


async def test_whoever_goes_on_with_anothers_conversation_is_told_nothing_of_it(
    people: None, hearthd: Hearthd, talk: Talk, requests: list[ChatRequest]
) -> None:
    """A conversation's name is no secret; what was said in it is."""
    hearthd.script([{"reply": {"content": "The present is a kite."}}, {"reply": {"content": "Hello."}}])
    await talk("what did I buy for Bert?", user_id="anna")
    await talk("what did we talk about?", user_id="bert")
    assert "kite" not in json.dumps(requests[1].messages)
    assert [message["role"] for message in requests[1].messages] == ["system", "user"]


async def test_the_newest_words_carry_the_moment(hearthd: Hearthd, talk: Talk, requests: list[ChatRequest]) -> None:
    """Time and place come right before the words, and the words come last."""
    hearthd.script([{"reply": {"content": "Hello."}}])
    await talk("tell me something")
    content = requests[0].messages[-1]["content"]
    assert content.startswith("(date: ")
    assert content.endswith("\ntell me something")


@pytest.mark.parametrize(("device", "priority"), [(True, "voice"), (False, "chat")])
async def test_voice_goes_first(
    hearthd: Hearthd, talk: Talk, requests: list[ChatRequest], satellite: str, device: bool, priority: str
) -> None:
    """What is spoken to a satellite has the priority of a voice."""
    hearthd.script([{"reply": {"content": "Hello."}}])
    await talk("tell me something", device_id={True: satellite, False: None}[device])
    assert (requests[0].priority, requests[0].session) == (priority, "one")
