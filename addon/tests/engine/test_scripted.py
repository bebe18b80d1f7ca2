"""Test that the scripted model says exactly what its script says, and fails on anything else."""

import asyncio
from collections.abc import Mapping
import json
import os
from pathlib import Path
from typing import Any

import pytest

from hearthd.engine.backend import (
    ChatEvent,
    ChatRequest,
    Finish,
    FinishReason,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
)
from hearthd.engine.metrics import Metrics
from hearthd.engine.scripted import ScriptedBackend
from hearthd.errors import ApiError, ErrorCode

HELLO = {"reply": {"content": "Hello."}}
BYE = {"reply": {"content": "Bye."}}


def play(path: Path) -> ScriptedBackend:
    """Return the model that a script describes."""
    return ScriptedBackend(path, Metrics().of("script"))


def ask(content: str | None = "hello", role: str = "user") -> ChatRequest:
    """Return a request whose last message is the given one."""
    return ChatRequest(messages=({"role": "system", "content": "system words"}, {"role": role, "content": content}))


def script(path: Path, *exchanges: Mapping[str, Any], **fields: Any) -> Path:
    """Write a script."""
    path.write_text(json.dumps({"exchanges": exchanges} | fields))
    return path


async def events_of(backend: ScriptedBackend, request: ChatRequest | None = None) -> list[ChatEvent]:
    """Return all events of one reply."""
    return [event async for event in backend.chat(request or ask())]


async def text_of(backend: ScriptedBackend, request: ChatRequest | None = None) -> str:
    """Return the text of one reply."""
    events = await events_of(backend, request)
    return "".join(event.text for event in events if isinstance(event, TextDelta))


async def test_replies_come_in_order(tmp_path: Path) -> None:
    """Each request takes the next exchange, whoever asks."""
    backend = play(script(tmp_path / "s.json", HELLO, BYE))
    assert [await text_of(backend), await text_of(backend)] == ["Hello.", "Bye."]


async def test_requests_at_once_take_one_exchange_each(tmp_path: Path) -> None:
    """Nothing is said twice."""
    backend = play(script(tmp_path / "s.json", HELLO, BYE))
    assert set(await asyncio.gather(text_of(backend), text_of(backend))) == {"Hello.", "Bye."}


async def test_everything_in_one_reply(tmp_path: Path) -> None:
    """Reasoning, text and calls come in this order, cut as the script says."""
    reply = {
        "reasoning": "hm",
        "content": "abc",
        "tool_calls": [{"name": "f", "arguments": {"ä": 1}}, {"name": "g", "arguments": "{bad"}, {"name": "h"}],
        "chunk_size": 2,
    }
    backend = play(script(tmp_path / "s.json", {"reply": reply}))
    *events, finish = await events_of(backend)
    assert events == [
        ReasoningDelta("hm"),
        TextDelta("ab"),
        TextDelta("c"),
        ToolCallDelta(0, id="call_1", name="f"),
        *(ToolCallDelta(0, arguments=piece) for piece in ('{"', 'ä"', ": ", "1}")),
        ToolCallDelta(1, id="call_2", name="g"),
        *(ToolCallDelta(1, arguments=piece) for piece in ("{b", "ad")),
        ToolCallDelta(2, id="call_3", name="h"),
        ToolCallDelta(2, arguments="{}"),
    ]
    assert isinstance(finish, Finish)
    assert finish.reason is FinishReason.TOOL_CALLS
    assert (finish.timings.prompt_n, finish.timings.predicted_n) == (3, len(events))


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ({}, FinishReason.STOP),
        ({"content": "a"}, FinishReason.STOP),
        ({"tool_calls": [{"name": "f"}]}, FinishReason.TOOL_CALLS),
        ({"content": "a", "finish_reason": "length"}, FinishReason.LENGTH),
        ({"tool_calls": [{"name": "f"}], "finish_reason": "stop"}, FinishReason.STOP),
    ],
)
async def test_finish_reason(tmp_path: Path, reply: Mapping[str, Any], reason: FinishReason) -> None:
    """The reason follows from the reply unless the script says otherwise."""
    finish = (await events_of(play(script(tmp_path / "s.json", {"reply": reply}))))[-1]
    assert isinstance(finish, Finish)
    assert finish.reason is reason


@pytest.mark.parametrize(
    ("expect", "request_"),
    [
        ({}, ask()),
        ({"role": "user"}, ask()),
        ({"contains": "ell"}, ask()),
        ({"role": "tool", "contains": "done"}, ask("it is done", "tool")),
    ],
)
async def test_expected_request(tmp_path: Path, expect: Mapping[str, Any], request_: ChatRequest) -> None:
    """A request that fits gets its reply."""
    backend = play(script(tmp_path / "s.json", HELLO | {"expect": expect}))
    assert await text_of(backend, request_) == "Hello."


@pytest.mark.parametrize(
    ("expect", "request_"),
    [
        ({"role": "tool"}, ask()),
        ({"contains": "light"}, ask()),
        ({"contains": "system words"}, ask()),
        ({"contains": "hello"}, ask(None, "assistant")),
    ],
)
async def test_unexpected_request(tmp_path: Path, expect: Mapping[str, Any], request_: ChatRequest) -> None:
    """A request that does not fit fails and leaves the exchange for one that does."""
    backend = play(script(tmp_path / "s.json", HELLO | {"expect": expect}))
    with pytest.raises(ApiError, match="Exchange 1 ") as raised:
        await events_of(backend, request_)
    assert raised.value.code is ErrorCode.SCRIPT_MISMATCH


@pytest.mark.parametrize("fields", [{}, {"loop": False}])
async def test_script_ends(tmp_path: Path, fields: Mapping[str, Any]) -> None:
    """One request too many fails."""
    backend = play(script(tmp_path / "s.json", HELLO, **fields))
    await events_of(backend)
    with pytest.raises(ApiError, match="ended after 1 ") as raised:
        await events_of(backend)
    assert raised.value.code is ErrorCode.SCRIPT_MISMATCH


async def test_script_loops(tmp_path: Path) -> None:
    """A looping script starts again."""
    backend = play(script(tmp_path / "s.json", HELLO, BYE, loop=True))
    assert [await text_of(backend) for _ in range(5)] == ["Hello.", "Bye.", "Hello.", "Bye.", "Hello."]


async def test_empty_script_loops_nowhere(tmp_path: Path) -> None:
    """A script without exchanges fails at once."""
    with pytest.raises(ApiError) as raised:
        await events_of(play(script(tmp_path / "s.json", loop=True)))
    assert raised.value.code is ErrorCode.SCRIPT_MISMATCH


async def test_changed_script_starts_again(tmp_path: Path) -> None:
    """A rewritten script is read again, also when only its time has changed."""
    path = script(tmp_path / "s.json", HELLO, BYE)
    backend = play(path)
    await backend.start()
    assert await text_of(backend) == "Hello."
    os.utime(path, (1, 1))
    assert await text_of(backend) == "Hello."
    script(path, BYE)
    assert await text_of(backend) == "Bye."


async def test_failure_after_words(tmp_path: Path) -> None:
    """An error comes after what was said before it."""
    backend = play(script(tmp_path / "s.json", {"reply": {"content": "Well", "error": "engine_busy"}}))
    stream = backend.chat(ask())
    assert await anext(stream) == TextDelta("Well")
    with pytest.raises(ApiError) as raised:
        await anext(stream)
    assert raised.value.code is ErrorCode.ENGINE_BUSY


async def test_hanging_model_can_be_cancelled(tmp_path: Path) -> None:
    """A model that hangs after its words is silent until it is cancelled."""
    backend = play(script(tmp_path / "s.json", {"reply": {"content": "Well", "hang": True}}))
    stream = backend.chat(ask())
    assert await anext(stream) == TextDelta("Well")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await anext(stream)


BROKEN: dict[str, tuple[str, str]] = {
    "words": ("hello", "its start"),
    "list": ("[]", "its start"),
    "no exchanges": ("{}", "exchanges"),
    "no reply": ('{"exchanges": [{}]}', "exchanges.0.reply"),
    "misspelt": ('{"exchanges": [{"reply": {"text": "a"}}]}', "exchanges.0.reply.text"),
    "unknown code": ('{"exchanges": [{"reply": {"error": "bad_luck"}}]}', "exchanges.0.reply.error"),
    "unknown role": (
        '{"exchanges": [{"expect": {"role": "cat"}, "reply": {}}]}',
        "exchanges.0.expect.role",
    ),
    "chunk of nothing": ('{"exchanges": [{"reply": {"chunk_size": 0}}]}', "exchanges.0.reply.chunk_size"),
}


@pytest.mark.parametrize(("text", "place"), BROKEN.values(), ids=BROKEN)
async def test_broken_script(tmp_path: Path, text: str, place: str) -> None:
    """A mistake in a script is found at the start, and named."""
    path = tmp_path / "s.json"
    path.write_text(text)
    with pytest.raises(ApiError) as raised:
        await play(path).start()
    assert raised.value.code is ErrorCode.MODEL_FAILED
    assert raised.value.message == f"The model's script is wrong at: {place}."


async def test_missing_script(tmp_path: Path) -> None:
    """A script that is not there makes a missing model, at the start and later."""
    backend = play(tmp_path / "s.json")
    with pytest.raises(ApiError) as raised:
        await backend.start()
    assert raised.value.code is ErrorCode.MODEL_MISSING
    path = script(tmp_path / "s.json", HELLO)
    assert (await backend.start()).model == "s"
    path.unlink()
    with pytest.raises(ApiError) as raised:
        await events_of(backend)
    assert raised.value.code is ErrorCode.MODEL_MISSING
