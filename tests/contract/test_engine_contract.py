"""Test that the real engine and the real client keep the same protocol, whichever model answers."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
import json
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.hearth.engine import (
    PROTOCOL_VERSION,
    ChatEvent,
    ChatRequest,
    EngineAuthError,
    EngineClient,
    EngineError,
    Finished,
    ReasoningDelta,
    TextDelta,
    ToolCall,
)
from custom_components.hearth.engine.sse import read_events
from custom_components.hearth.engine.stream import read_chat
from tests.hearthd import Hearthd

TIMINGS = {
    "cache_n",
    "prompt_n",
    "prompt_ms",
    "prompt_per_token_ms",
    "prompt_per_second",
    "predicted_n",
    "predicted_ms",
    "predicted_per_token_ms",
    "predicted_per_second",
    "queue_ms",
    "preemptions",
    "draft_n",
    "draft_n_accepted",
}
LAMP = {
    "type": "function",
    "function": {
        "name": "lamp",
        "description": "Switch a lamp",
        "parameters": {
            "type": "object",
            "properties": {
                "state": {"enum": ["on", "off"]},
                "level": {"type": "integer", "minimum": 0, "maximum": 100},
            },
            "required": ["state", "level"],
            "additionalProperties": False,
        },
    },
}
SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string", "maxLength": 20}, "sure": {"type": "boolean"}},
    "required": ["word", "sure"],
    "additionalProperties": False,
}
HELLO = [{"role": "user", "content": "hello"}]


def body(**fields: Any) -> dict[str, Any]:
    """Return a request with a bounded, repeatable reply."""
    return {"model": "fast", "messages": HELLO, "max_tokens": 24, "temperature": 0, "seed": 1, **fields}


async def post(session: ClientSession, engine: Hearthd, fields: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Ask for a whole reply."""
    headers = {"Authorization": f"Bearer {engine.token}"}
    async with session.post(f"{engine.url}/v1/chat/completions", json=fields, headers=headers) as response:
        return response.status, await response.json()


async def stream(session: ClientSession, engine: Hearthd, fields: dict[str, Any]) -> AsyncGenerator[ChatEvent]:
    """Ask for a streamed reply and read it as the client does."""
    headers = {"Authorization": f"Bearer {engine.token}"}
    async with session.post(
        f"{engine.url}/v1/chat/completions", json={**fields, "stream": True}, headers=headers
    ) as response:
        assert response.status == 200
        async for event in read_chat(read_events(response.content.iter_any())):
            yield event


def text_of(events: list[ChatEvent]) -> str:
    """Return what was said, reasoning included, for a model of random weights may take to reasoning."""
    return "".join(event.text for event in events if isinstance(event, TextDelta | ReasoningDelta))


async def test_health_and_info(session: ClientSession, engine: Hearthd) -> None:
    """The engine tells what it is in a form that the client reads strictly."""
    client = EngineClient(session, engine.url, engine.token)
    health = await client.async_health()
    info = await client.async_info()
    assert (health.status, health.protocol_version) == ("ok", PROTOCOL_VERSION)
    assert (info.instance_id, info.protocol_version) == (engine.instance_id, PROTOCOL_VERSION)
    assert {name: role.state for name, role in info.roles.items()} == {
        "router": "missing",
        "fast": "ready",
        "reasoning": "missing",
        "embedding": "ready",
    }


async def test_the_token_is_asked_for(session: ClientSession, engine: Hearthd) -> None:
    """Without the right token only the health is told."""
    client = EngineClient(session, engine.url, "wrong")
    assert (await client.async_health()).status == "ok"
    with pytest.raises(EngineAuthError):
        await client.async_info()
    with pytest.raises(EngineAuthError):
        await anext(client.async_chat(ChatRequest("fast", HELLO)))


async def test_a_stream_ends_with_its_timings(session: ClientSession, engine: Hearthd) -> None:
    """Text comes in pieces, then the end with every timing."""
    engine.script([{"reply": {"content": "Hello to you, whoever you are.", "chunk_size": 5}}])
    events = [event async for event in stream(session, engine, body())]
    assert len(text_of(events)) > 0
    assert isinstance(events[-1], Finished)
    assert events[-1].timings.keys() >= TIMINGS
    assert events[-1].timings["predicted_n"] > 0


async def test_whole_and_streamed_replies_are_the_same(session: ClientSession, engine: Hearthd) -> None:
    """How a reply travels changes nothing of it."""
    engine.script([{"reply": {"content": "Hello to you."}}] * 2)
    status, whole = await post(session, engine, body())
    events = [event async for event in stream(session, engine, body())]
    message = whole["choices"][0]["message"]
    assert status == 200
    assert text_of(events) == (message.get("reasoning_content") or "") + (message["content"] or "")
    assert whole["usage"]["total_tokens"] == whole["usage"]["prompt_tokens"] + whole["usage"]["completion_tokens"]
    assert whole["timings"].keys() >= TIMINGS


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "lamp"}}])
async def test_a_tool_call_is_whole_and_valid(session: ClientSession, engine: Hearthd, choice: Any) -> None:
    """A demanded tool call comes, with arguments that fit the tool's schema."""
    engine.script([{"reply": {"tool_calls": [{"name": "lamp", "arguments": {"state": "on", "level": 7}}]}}])
    fields = body(tools=[LAMP], tool_choice=choice, parallel_tool_calls=False, max_tokens=400)
    events = [event async for event in stream(session, engine, fields)]
    calls = [event for event in events if isinstance(event, ToolCall)]
    arguments = json.loads(calls[0].arguments)
    assert calls[0].name == "lamp"
    assert arguments["state"] in ("on", "off")
    assert 0 <= arguments["level"] <= 100
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "tool_calls"


async def test_a_schema_is_kept(session: ClientSession, engine: Hearthd) -> None:
    """A structured reply is JSON of the asked form."""
    engine.script([{"reply": {"content": '{"word": "hearth", "sure": true}'}}])
    wanted = {"type": "json_schema", "json_schema": {"name": "reply", "schema": SCHEMA, "strict": True}}
    _, whole = await post(session, engine, body(response_format=wanted, max_tokens=400))
    reply = json.loads(whole["choices"][0]["message"]["content"])
    assert reply.keys() == {"word", "sure"}
    assert isinstance(reply["sure"], bool)


async def test_a_stream_survives_that_its_reader_leaves(session: ClientSession, engine: Hearthd) -> None:
    """Readers that hang up in the middle leave an engine that answers the next as if nothing had been."""
    engine.script(
        [{"reply": {"content": "word " * 200, "chunk_size": 5, "delay_ms": 20}}] * 3
        + [{"reply": {"content": "Hello."}}]
    )
    for _ in range(3):
        async with aclosing(stream(session, engine, body(max_tokens=400))) as events:
            assert await anext(events)
    assert [event async for event in stream(session, engine, body())]


async def test_many_at_once(session: ClientSession, engine: Hearthd) -> None:
    """Requests that come together are all answered, each with its own end."""
    engine.script([{"reply": {"content": "Hello."}}] * 6)

    async def ask() -> ChatEvent:
        return [event async for event in stream(session, engine, body(max_tokens=8))][-1]

    ends = await asyncio.gather(*(ask() for _ in range(6)))
    assert all(isinstance(end, Finished) for end in ends)


async def test_a_deadline_ends_a_reply(session: ClientSession, engine: Hearthd) -> None:
    """A reply that takes longer than its deadline ends with the error for it."""
    engine.script([{"reply": {"content": "word " * 2000, "chunk_size": 5, "delay_ms": 20}}])
    fields = body(max_tokens=100000, hearth={"deadline_ms": 1})
    status, error = await post(session, engine, fields)
    assert (status, error["error"]["code"]) == (504, "deadline_exceeded")


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"model": "gardener"}, 404, "unknown_model"),
        ({"model": "reasoning"}, 503, "model_missing"),
        ({"messages": []}, 400, "invalid_request"),
        ({"messages": [{"role": "wizard", "content": "hello"}]}, 400, "invalid_request"),
        ({"temperature": "hot"}, 400, "invalid_request"),
        ({"tools": [{"type": "function"}]}, 400, "invalid_request"),
        ({"tool_choice": {"type": "function", "function": {"name": "gone"}}}, 400, "invalid_request"),
        ({"hearth": {"priority": "urgent"}}, 400, "invalid_request"),
        ({"messages": [{"role": "user", "content": "x" * 30000}]}, 413, "body_too_large"),
    ],
)
async def test_bad_requests(
    session: ClientSession, engine: Hearthd, fields: dict[str, Any], status: int, code: str
) -> None:
    """Each kind of bad request has its status, its code and plain words, and the client knows the code."""
    engine.script([])
    got, error = await post(session, engine, body(**fields))
    assert (got, error["error"]["code"]) == (status, code)
    assert error["error"]["message"]
    assert "Traceback" not in error["error"]["message"]


async def test_a_prompt_that_does_not_fit(session: ClientSession, tiny_engine: Hearthd) -> None:
    """A prompt longer than the model's memory is refused as such."""
    client = EngineClient(session, tiny_engine.url, tiny_engine.token)
    with pytest.raises(EngineError) as caught:
        await anext(client.async_chat(ChatRequest("fast", [{"role": "user", "content": "x y z " * 1500}])))
    assert caught.value.code == "context_overflow"


async def test_what_begins_alike_is_not_computed_twice(session: ClientSession, tiny_engine: Hearthd) -> None:
    """The second request of a conversation finds its beginning computed."""
    story = [{"role": "system", "content": "You are the voice of a lighthouse. " * 8}, *HELLO]
    await post(session, tiny_engine, body(messages=story))
    _, again = await post(session, tiny_engine, body(messages=[*story[:1], {"role": "user", "content": "and now?"}]))
    assert again["timings"]["cache_n"] > again["timings"]["prompt_n"]
