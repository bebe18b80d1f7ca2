"""Hold every backend to the same contract, through the whole engine and a real socket."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
import json
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from hearthd.settings import LocalRef, ModelRef, RemoteRef, Wishes
from tests.engine.test_local import ENDLESS, LIGHT, TIMER
from tests.running_engine import TOKEN, RunningEngine, StartEngine, WriteScript, read_events

TOOLS = [
    {"type": "function", "function": {"name": tool.name, "parameters": tool.parameters}} for tool in (LIGHT, TIMER)
]
SHAPE = {
    "type": "object",
    "properties": {"room": {"enum": ["kitchen", "hall"]}, "on": {"type": "boolean"}},
    "required": ["room", "on"],
    "additionalProperties": False,
}
FORMAT = {"type": "json_schema", "json_schema": {"name": "shape", "schema": SHAPE}}
LONG = {"type": "json_schema", "json_schema": {"name": "long", "schema": ENDLESS}}
# What a model is asked for, and what the one that follows a script says to it.
WORDS: Mapping[str, Any] = {"seed": 1, "max_tokens": 12}
CALL: Mapping[str, Any] = {"seed": 1, "max_tokens": 200, "tools": TOOLS, "tool_choice": "required"}
JSON: Mapping[str, Any] = {"seed": 1, "max_tokens": 200, "response_format": FORMAT}
ENDLESSLY: Mapping[str, Any] = {"seed": 1, "response_format": LONG}
SAID_WORDS = {"content": "It is warm in here."}
SAID_CALL = {"tool_calls": [{"name": "light", "arguments": {"area": "kitchen"}}]}
SAID_JSON = {"content": '{"room": "hall", "on": true}'}
SAID_ENDLESSLY = {"content": "[1", "hang": True}

type StartBackend = Callable[..., Awaitable[RunningEngine]]


@pytest.fixture(params=["scripted", "local", "remote"])
def start_backend(
    request: pytest.FixtureRequest, start_engine: StartEngine, write_script: WriteScript, tiny_model: Path
) -> StartBackend:
    """Return a function that starts an engine with one kind of backend; the remote one is a second engine."""

    async def start(*replies: Mapping[str, Any]) -> RunningEngine:
        script = write_script(*replies, loop=True)
        refs: dict[str, ModelRef] = {"scripted": script, "local": LocalRef(tiny_model)}
        if request.param == "remote":
            other = await start_engine(script)
            refs["remote"] = RemoteRef(f"http://127.0.0.1:{other.port}/v1", "fast")
        engine = await start_engine(
            refs[request.param], remote_key=TOKEN, wishes=Wishes(context_length=4096, threads=1)
        )
        async with asyncio.timeout(30):
            while (await engine.client.get("/health")).json()["status"] != "ok":
                await asyncio.sleep(0.05)
        return engine

    return start


def joined(events: list[Any]) -> dict[str, Any]:
    """Return the message that a stream's chunks add up to."""
    message: dict[str, Any] = {"content": "", "tool_calls": {}}
    for delta in (event["choices"][0]["delta"] for event in events):
        message["content"] += delta.get("content", "")
        for piece in delta.get("tool_calls", []):
            call = message["tool_calls"].setdefault(piece["index"], {"name": "", "arguments": ""})
            call["name"] += piece["function"].get("name", "")
            call["arguments"] += piece["function"]["arguments"]
    return message


async def test_stream_and_whole_agree(start_backend: StartBackend) -> None:
    """The same request gives the same words in both forms, with figures that fit."""
    engine = await start_backend(SAID_WORDS)
    whole = (await engine.chat(**WORDS)).json()
    *events, done = await read_events(await engine.chat(**WORDS, stream=True))
    assert done == "[DONE]"
    assert joined(events)["content"] == (whole["choices"][0]["message"]["content"] or "")
    assert events[-1]["choices"][0]["finish_reason"] == whole["choices"][0]["finish_reason"]
    for reply in (whole, events[-1]):
        usage, timings = reply["usage"], reply["timings"]
        assert usage["prompt_tokens"] == timings["cache_n"] + timings["prompt_n"] > 0
        assert usage["completion_tokens"] == timings["predicted_n"] > 0
        assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
        assert all(value >= 0 for value in timings.values())


async def test_required_call(start_backend: StartBackend) -> None:
    """A required call names a declared tool, and its arguments satisfy the tool's schema."""
    engine = await start_backend(SAID_CALL)
    choice = (await engine.chat(**CALL)).json()["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    for call in choice["message"]["tool_calls"]:
        assert call["id"]
        schemas = {LIGHT.name: LIGHT.parameters, TIMER.name: TIMER.parameters}
        jsonschema.validate(json.loads(call["function"]["arguments"]), schemas[call["function"]["name"]])
    *events, _ = await read_events(await engine.chat(**CALL, stream=True))
    assert list(joined(events)["tool_calls"].values()) == [call["function"] for call in choice["message"]["tool_calls"]]


async def test_reply_with_schema(start_backend: StartBackend) -> None:
    """A reply that was asked for with a schema satisfies it."""
    engine = await start_backend(SAID_JSON)
    choice = (await engine.chat(**JSON)).json()["choices"][0]
    jsonschema.validate(json.loads(choice["message"]["content"]), SHAPE)


async def test_client_that_leaves_makes_room(start_backend: StartBackend) -> None:
    """A stream that is closed in its middle leaves the model free for the next."""
    engine = await start_backend(SAID_ENDLESSLY, SAID_WORDS)
    body = {"model": "fast", "messages": [{"role": "user", "content": "hello"}], "stream": True, **ENDLESSLY}
    async with engine.client.stream("POST", "/v1/chat/completions", json=body) as response:
        assert (await anext(response.aiter_lines())).startswith("data: ")
    assert (await engine.chat(**WORDS)).status_code == 200


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
async def test_deadline(start_backend: StartBackend, stream: bool) -> None:
    """A deadline ends any model."""
    engine = await start_backend(SAID_ENDLESSLY)
    response = await engine.chat(**ENDLESSLY, stream=stream, hearth={"deadline_ms": 150})
    assert '"code":"deadline_exceeded"' in response.text


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
async def test_shutdown(start_backend: StartBackend, stream: bool) -> None:
    """An engine that stops tells those who wait."""
    engine = await start_backend(SAID_ENDLESSLY)
    asking = asyncio.create_task(engine.chat(**ENDLESSLY, stream=stream))
    while not engine.server.server_state.tasks:
        await asyncio.sleep(0.01)
    engine.server.should_exit = True
    response: httpx.Response = await asyncio.wait_for(asking, 5)
    assert '"code":"shutting_down"' in response.text
