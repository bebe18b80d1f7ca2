"""Test that the chunks of a reply become events."""

from collections.abc import AsyncGenerator
import json
from typing import Any

import pytest

from custom_components.hearth.engine import (
    ChatEvent,
    EngineAuthError,
    EngineError,
    EngineProtocolError,
    EngineUnreachable,
    Finished,
    ReasoningDelta,
    TextDelta,
    ToolCall,
)
from custom_components.hearth.engine.stream import read_chat


def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
    """Return a chunk as the engine writes it."""
    return json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more})


def piece(index: int, arguments: str = "", name: str | None = None, call_id: str | None = None) -> dict[str, Any]:
    """Return a delta with a piece of a tool call."""
    function = {"arguments": arguments} | ({"name": name} if name else {})
    return {"tool_calls": [{"index": index, "function": function} | ({"id": call_id} if call_id else {})]}


async def collect(*events: str) -> list[ChatEvent]:
    """Return what a stream of events holds."""

    async def stream() -> AsyncGenerator[str]:
        for event in events:
            yield event

    return [event async for event in read_chat(stream())]


END = chunk({}, "stop", timings={"cache_n": 3}, model="tiny")
FINISHED = Finished("stop", {"cache_n": 3}, "tiny")


@pytest.mark.parametrize(
    ("chunks", "events"),
    [
        ([chunk({"role": "assistant"}), END], [FINISHED]),
        ([chunk({"content": "a"}), chunk({"content": "b"}), END], [TextDelta("a"), TextDelta("b"), FINISHED]),
        (
            [chunk({"reasoning_content": "hm"}), chunk({"content": "a"}), END],
            [ReasoningDelta("hm"), TextDelta("a"), FINISHED],
        ),
        ([chunk({"content": "last"}, "stop")], [TextDelta("last"), Finished("stop", {})]),
        ([json.dumps({"choices": []}), END, "[DONE]"], [FINISHED]),
        (
            [chunk(piece(0, '{"a"', "on", "x")), chunk(piece(0, ": 1}")), END],
            [ToolCall("x", "on", '{"a": 1}'), FINISHED],
        ),
        (
            [chunk(piece(0, "{}", "on", "x")), chunk(piece(1, "", "off", "y")), chunk(piece(1, "{}")), END],
            [ToolCall("x", "on", "{}"), ToolCall("y", "off", "{}"), FINISHED],
        ),
        ([chunk(piece(0, "", "on")), END], [ToolCall("call_0", "on", ""), FINISHED]),
        (
            [chunk(piece(0, "{}", "on", "x")), chunk({"content": "and text"}), END],
            [TextDelta("and text"), ToolCall("x", "on", "{}"), FINISHED],
        ),
    ],
)
async def test_events(chunks: list[str], events: list[ChatEvent]) -> None:
    """Text, reasoning and parallel tool calls come out whole and in order."""
    assert await collect(*chunks) == events


@pytest.mark.parametrize(
    ("chunks", "error"),
    [
        ([chunk({"content": "a"})], EngineUnreachable),
        ([], EngineUnreachable),
        (["[DONE]"], EngineUnreachable),
        (["{not json"], EngineProtocolError),
        (["[1]"], EngineProtocolError),
        ([json.dumps({"choices": [{"delta": None}]})], EngineProtocolError),
        ([json.dumps({"choices": ["?"]})], EngineProtocolError),
        ([chunk({"tool_calls": [{"function": {"name": "on"}}]})], EngineProtocolError),
        ([chunk({"tool_calls": ["?"]})], EngineProtocolError),
        ([chunk(piece(0, "{}"))], EngineProtocolError),
        ([chunk(piece(0, "{}", "on")), chunk(piece(1, "{}", "off")), chunk(piece(0, "more"))], EngineProtocolError),
        ([json.dumps({"error": "?"})], EngineProtocolError),
        ([json.dumps({"error": {"code": "invalid_api_key"}})], EngineAuthError),
    ],
)
async def test_malformed_replies(chunks: list[str], error: type[EngineError]) -> None:
    """A reply that is cut off or makes no sense is an error of its kind."""
    with pytest.raises(error):
        await collect(*chunks)


async def test_an_error_in_the_stream_keeps_its_code() -> None:
    """What the engine says of its failure reaches the caller."""
    error = {"error": {"code": "engine_busy", "message": "full", "retry_after": 2}}
    with pytest.raises(EngineError) as caught:
        await collect(chunk({"content": "a"}), json.dumps(error))
    assert (caught.value.code, caught.value.retry_after) == ("engine_busy", 2)
