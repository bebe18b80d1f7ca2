"""Test that servers which call themselves OpenAI-compatible are understood, and that their failures are clear."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
import json
import logging
import socket
from typing import Any
from unittest.mock import ANY

import pytest

from hearthd.engine.backend import (
    ChatEvent,
    ChatRequest,
    Finish,
    FinishReason,
    Priority,
    ReasoningDelta,
    Sampling,
    TextDelta,
    Tool,
    ToolCallDelta,
    Warmth,
)
from hearthd.engine.metrics import Metrics
from hearthd.engine.remote import Patience, RemoteBackend
from hearthd.errors import ApiError, ErrorCode
from hearthd.settings import RemoteRef
from tests.engine.fake_server import STREAM, Act, FakeServer, Piece, chunk, event, reply, stream
from tests.running_engine import StartEngine, read_events

HASTE = Patience(connect_s=5, list_s=1, first_s=1, between_s=1, last_s=0.5)
REQUEST = ChatRequest(messages=({"role": "user", "content": "private words"},))
KEY = "key-of-the-tests"


@pytest.fixture
async def backend(server: FakeServer) -> AsyncGenerator[RemoteBackend]:
    """Return a backend that asks that server."""
    remote = make_backend(server.url, key=KEY)
    yield remote
    await remote.close()


def make_backend(url: str, key: str | None = None, **limits: int) -> RemoteBackend:
    """Return a backend that is not patient."""
    bounds = {"parallel": 2, "max_queue": 2} | limits
    return RemoteBackend(url, "qwen", key=key, metrics=Metrics().of("qwen"), patience=HASTE, **bounds)


async def read(backend: RemoteBackend, request: ChatRequest = REQUEST) -> list[ChatEvent]:
    """Return all events of one reply."""
    return [event async for event in backend.chat(request)]


async def read_joined(backend: RemoteBackend) -> tuple[str, str, list[tuple[str, str]], FinishReason]:
    """Return text, reasoning, calls and reason of one reply, having checked that its events are in order."""
    *events, finish = await read(backend)
    assert isinstance(finish, Finish)
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    reasoning = "".join(event.text for event in events if isinstance(event, ReasoningDelta))
    pieces = [event for event in events if isinstance(event, ToolCallDelta)]
    begun = [piece for piece in pieces if piece.name is not None]
    assert all(piece.id for piece in begun)
    assert len({piece.id for piece in begun}) == len(begun)
    assert [piece.index for piece in begun] == list(range(len(begun)))
    assert [piece.index for piece in pieces] == sorted(piece.index for piece in pieces)
    calls = [
        (call.name or "", "".join(piece.arguments for piece in pieces if piece.index == call.index)) for call in begun
    ]
    return text, reasoning, calls, finish.reason


def call(index: int | None = None, call_id: str | None = None, name: str | None = None, arguments: Any = None) -> Any:
    """Return a piece of a tool call with those fields only that are given."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    fields = {"index": index, "id": call_id, "function": function}
    return {key: value for key, value in fields.items() if value is not None}


def calls(*pieces: Any) -> dict[str, Any]:
    """Return a chunk with pieces of tool calls."""
    return chunk(tool_calls=list(pieces))


WHOLE = {
    "object": "chat.completion",
    "choices": [
        {
            "message": {
                "role": "assistant",
                "content": "Hi.",
                "reasoning_content": "hm",
                "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
            },
            "finish_reason": "tool_calls",
        }
    ],
}
USAGE = {"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 5}}
STOP, LENGTH, CALLS = FinishReason.STOP, FinishReason.LENGTH, FinishReason.TOOL_CALLS
F1, F2 = ("f", '{"a": 1}'), ("g", '{"b": 2}')

# What the server sends: text, reasoning, calls and reason that it means.
DIALECTS: dict[str, tuple[Sequence[Piece], tuple[str, str, list[tuple[str, str]], FinishReason]]] = {
    "openai": (
        stream(chunk(role="assistant", content=""), chunk(content="H"), chunk(content="i"), chunk("stop"), USAGE),
        ("Hi", "", [], STOP),
    ),
    "role only first": (stream(chunk(role="assistant"), chunk(content="Hi"), chunk("stop")), ("Hi", "", [], STOP)),
    "content with the end": (stream(chunk("stop", content="Hi")), ("Hi", "", [], STOP)),
    "nulls": (
        stream(
            chunk(role="assistant", content=None, tool_calls=None, reasoning_content=None),
            chunk(content="Hi"),
            chunk("stop", content=None),
        ),
        ("Hi", "", [], STOP),
    ),
    "length": (stream(chunk(content="Hi"), chunk("length")), ("Hi", "", [], LENGTH)),
    "length within a call": (
        stream(calls(call(0, "a", "f", '{"a"')), chunk("length")),
        ("", "", [("f", '{"a"')], LENGTH),
    ),
    "odd reason": (stream(chunk(content="Hi"), chunk("eos")), ("Hi", "", [], STOP)),
    "no reason": (stream(chunk(content="Hi")), ("Hi", "", [], STOP)),
    "no done": (stream(chunk("stop", content="Hi"), done=False), ("Hi", "", [], STOP)),
    "reasoning_content": (
        stream(chunk(reasoning_content="h"), chunk(reasoning_content="m"), chunk("stop", content="Hi")),
        ("Hi", "hm", [], STOP),
    ),
    "reasoning": (stream(chunk(reasoning="hm"), chunk("stop", content="Hi")), ("Hi", "hm", [], STOP)),
    "both reasonings": (
        stream(chunk(reasoning="hm", reasoning_content="hm"), chunk("stop", content="Hi")),
        ("Hi", "hm", [], STOP),
    ),
    "reasoning marks": (
        stream(chunk(content="<th"), chunk(content="ink>hm</thi"), chunk(content="nk>\n\nHi"), chunk("stop")),
        ("Hi", "hm", [], STOP),
    ),
    "pieces of calls": (
        stream(
            calls(call(0, "a", "f", "")),
            calls(call(0, arguments='{"a"')),
            calls(call(0, arguments=": 1}")),
            calls(call(1, "b", "g", "")),
            calls(call(1, arguments='{"b": 2}')),
            chunk("tool_calls"),
        ),
        ("", "", [F1, F2], CALLS),
    ),
    "calls after text": (
        stream(chunk(content="Hi"), calls(call(0, "a", *F1)), chunk("tool_calls")),
        ("Hi", "", [F1], CALLS),
    ),
    "whole calls in one chunk": (
        stream(calls(call(0, "a", *F1), call(1, "b", *F2)), chunk("tool_calls")),
        ("", "", [F1, F2], CALLS),
    ),
    "stop although calls came": (stream(calls(call(0, "a", *F1)), chunk("stop")), ("", "", [F1], CALLS)),
    "tool_calls although none came": (stream(chunk(content="Hi"), chunk("tool_calls")), ("Hi", "", [], STOP)),
    "no index": (
        stream(calls(call(None, "a", *F1)), calls(call(None, "b", *F2)), chunk("stop")),
        ("", "", [F1, F2], CALLS),
    ),
    "no index, pieces": (
        stream(
            calls(call(None, "a", "f")),
            calls(call(None, None, None, '{"a":')),
            calls(call(None, None, None, " 1}")),
            calls(call(None, "b", *F2)),
            chunk("stop"),
        ),
        ("", "", [F1, F2], CALLS),
    ),
    "no index, no id": (
        stream(calls(call(None, None, *F1)), calls(call(None, None, *F2)), chunk("stop")),
        ("", "", [F1, F2], CALLS),
    ),
    "index always zero": (
        stream(calls(call(0, "a", *F1)), calls(call(0, "b", *F2)), chunk("tool_calls")),
        ("", "", [F1, F2], CALLS),
    ),
    "index from one": (
        stream(calls(call(1, "a", *F1)), calls(call(2, "b", *F2)), chunk("stop")),
        ("", "", [F1, F2], CALLS),
    ),
    "name and id in each piece": (
        stream(calls(call(0, "a", "f", '{"a":')), calls(call(0, "a", "f", " 1}")), chunk("tool_calls")),
        ("", "", [F1], CALLS),
    ),
    "no id, name in each piece": (
        stream(calls(call(0, "", "f", '{"a":')), calls(call(0, "", "f", " 1}")), chunk("tool_calls")),
        ("", "", [F1], CALLS),
    ),
    "empty name in later pieces": (
        stream(calls(call(0, "a", "f", "")), calls(call(0, "", "", '{"a": 1}')), chunk("tool_calls")),
        ("", "", [F1], CALLS),
    ),
    "arguments as object": (stream(calls(call(0, "a", "f", {"a": 1})), chunk("tool_calls")), ("", "", [F1], CALLS)),
    "no arguments": (
        stream(calls(call(0, "a", "f")), calls(call(1, "b", "g", "")), chunk("tool_calls")),
        ("", "", [("f", "{}"), ("g", "{}")], CALLS),
    ),
    "arguments that are no json": (
        stream(calls(call(0, "a", "f", "{oops")), chunk("stop")),
        ("", "", [("f", "{oops")], CALLS),
    ),
    "no space after data": (
        [STREAM, *(event(data, prefix="data:") for data in (chunk(content="Hi"), chunk("stop"), "[DONE]"))],
        ("Hi", "", [], STOP),
    ),
    "carriage returns": (
        [STREAM, *(event(data, "\r\n\r\n") for data in (chunk(content="Hi"), chunk("stop"), "[DONE]"))],
        ("Hi", "", [], STOP),
    ),
    "single line feeds": (
        [STREAM, *(event(data, "\n") for data in (chunk(content="Hi"), chunk("stop"), "[DONE]"))],
        ("Hi", "", [], STOP),
    ),
    "comments and other fields": (
        [
            STREAM,
            b": ping\n\nevent: message\nid: 7\nretry: 10\n",
            event(chunk(content="Hi")),
            b"data:\n\n",
            event(chunk("stop")),
        ],
        ("Hi", "", [], STOP),
    ),
    "no line feed at the end": ([STREAM, event(chunk("stop", content="Hi"), "")], ("Hi", "", [], STOP)),
    "byte by byte": (
        [bytes([byte]) for byte in STREAM + event(chunk("stop", content="Hü 😀"))],
        ("Hü 😀", "", [], STOP),
    ),
    "separators that json may hold": (
        [STREAM, event(json.dumps(chunk("stop", content="a\u2028b\x85c"), ensure_ascii=False))],
        ("a\u2028b\x85c", "", [], STOP),
    ),
    "not streamed at all": ([reply(json.dumps(WHOLE).encode())], ("Hi.", "hm", [("f", "{}")], CALLS)),
    "cut behind the end": ([STREAM, event(chunk("stop", content="Hi")), Act.RESET], ("Hi", "", [], STOP)),
    "hanging behind the end": ([STREAM, event(chunk("stop", content="Hi")), Act.HANG], ("Hi", "", [], STOP)),
}


@pytest.mark.parametrize(("pieces", "meaning"), DIALECTS.values(), ids=DIALECTS)
async def test_dialect(
    server: FakeServer,
    backend: RemoteBackend,
    pieces: Sequence[Piece],
    meaning: tuple[str, str, list[tuple[str, str]], FinishReason],
) -> None:
    """Each way to stream a reply is read as it is meant."""
    server.chat = pieces
    assert await read_joined(backend) == meaning


def refused(status: str, body: Any, headers: str = "") -> list[Piece]:
    """Return a refusal with a JSON body."""
    return [reply(json.dumps(body).encode(), status, headers=headers)]


OVERFLOW = {"error": {"code": 400, "message": "private words exceed", "type": "exceed_context_size_error"}}
OVERFLOW_VLLM = {"object": "error", "message": "maximum context length is 4096 tokens", "code": 400}
LOADING = {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}
FAILURES: dict[str, tuple[Sequence[Piece], ErrorCode]] = {
    "wrong key": (refused("401 Unauthorized", {"error": {"message": "private words"}}), ErrorCode.REMOTE_AUTH),
    "forbidden": (refused("403 Forbidden", {"error": "private words"}), ErrorCode.REMOTE_AUTH),
    "unknown model": (refused("404 Not Found", {"error": "model 'qwen' not found"}), ErrorCode.REMOTE_FAILED),
    "bad request": (refused("400 Bad Request", {"detail": [{"input": "private words"}]}), ErrorCode.REMOTE_FAILED),
    "overflow": (refused("400 Bad Request", OVERFLOW), ErrorCode.CONTEXT_OVERFLOW),
    "overflow of vllm": (refused("400 Bad Request", OVERFLOW_VLLM), ErrorCode.CONTEXT_OVERFLOW),
    "overflow in the stream": (stream(OVERFLOW), ErrorCode.CONTEXT_OVERFLOW),
    "too many": (refused("429 Too Many Requests", {"error": "slow down"}), ErrorCode.ENGINE_BUSY),
    "no slot": (refused("503 Service Unavailable", {"error": {"message": "no slot"}}), ErrorCode.ENGINE_BUSY),
    "loading": (refused("503 Service Unavailable", LOADING), ErrorCode.MODEL_LOADING),
    "broken": (refused("500 Internal Server Error", {"error": {"message": "oops"}}), ErrorCode.REMOTE_FAILED),
    "page of a proxy": ([reply(b"<html>bad gateway", "502 Bad Gateway", "text/html")], ErrorCode.REMOTE_FAILED),
    "redirect": ([reply(b"", "302 Found", headers="Location: http://example.org/\r\n")], ErrorCode.REMOTE_FAILED),
    "error event": (stream(chunk(content="Hi"), {"error": {"message": "oops", "code": 500}}), ErrorCode.REMOTE_FAILED),
    "error event in words": (stream({"error": "oops"}), ErrorCode.REMOTE_FAILED),
    "error event without words": (stream({"error": None}), ErrorCode.REMOTE_FAILED),
    "error object of vllm": (stream({"object": "error", "message": "oops", "code": 400}), ErrorCode.REMOTE_FAILED),
    "error field": ([STREAM, b'error: {"code": 503, "message": "busy"}\n\n'], ErrorCode.ENGINE_BUSY),
    "error field in words": ([STREAM, b"error: oops\n\n"], ErrorCode.REMOTE_FAILED),
    "nothing": ([Act.RESET], ErrorCode.REMOTE_FAILED),
    "no http": ([b"hello\r\n\r\n"], ErrorCode.REMOTE_FAILED),
    "no json": ([STREAM, b"data: {hello\n\n"], ErrorCode.REMOTE_FAILED),
    "too deep": ([STREAM, b"data: " + b"[" * 200_000 + b"\n\n"], ErrorCode.REMOTE_FAILED),
    "no object": (stream([1]), ErrorCode.REMOTE_FAILED),
    "choices of another kind": (stream({"choices": 1}), ErrorCode.REMOTE_FAILED),
    "choice of another kind": (stream({"choices": [1]}), ErrorCode.REMOTE_FAILED),
    "delta of another kind": (stream({"choices": [{"delta": "Hi"}]}), ErrorCode.REMOTE_FAILED),
    "content of another kind": (stream(chunk(content=1)), ErrorCode.REMOTE_FAILED),
    "call of another kind": (stream(chunk(tool_calls=["f"])), ErrorCode.REMOTE_FAILED),
    "call without a name": (stream(calls(call(0, "a", None, "{}"))), ErrorCode.REMOTE_FAILED),
    "arguments of another kind": (stream(calls(call(0, "a", "f", 1))), ErrorCode.REMOTE_FAILED),
    "not utf-8": ([STREAM, b'data: {"choices": "\xff"}\n\n'], ErrorCode.REMOTE_FAILED),
    "endless line": ([STREAM, b"data: " + b"a" * 2_000_000], ErrorCode.REMOTE_FAILED),
    "endless body": ([reply(b"[" + b"1," * 5_000_000)], ErrorCode.REMOTE_FAILED),
    "empty stream": ([STREAM], ErrorCode.REMOTE_FAILED),
    "cut": (stream(chunk(content="Hi"), done=False), ErrorCode.REMOTE_FAILED),
    "cut within a line": ([STREAM, event(chunk(content="Hi")), b'data: {"cho'], ErrorCode.REMOTE_FAILED),
    "reset": ([STREAM, event(chunk(content="Hi")), Act.RESET], ErrorCode.REMOTE_FAILED),
    "silent": ([Act.HANG], ErrorCode.REMOTE_FAILED),
    "silent behind the head": ([STREAM, Act.HANG], ErrorCode.REMOTE_FAILED),
    "silent in between": ([STREAM, event(chunk(content="Hi")), Act.HANG], ErrorCode.REMOTE_FAILED),
    "whole reply that hangs": ([reply(b"{}")[:-1], Act.HANG], ErrorCode.REMOTE_FAILED),
    "whole reply without a choice": ([reply(b"{}")], ErrorCode.REMOTE_FAILED),
    "done without a word": (stream(), ErrorCode.REMOTE_FAILED),
    "whole reply that is none": ([reply(b"[]")], ErrorCode.REMOTE_FAILED),
}


@pytest.mark.parametrize(("pieces", "code"), FAILURES.values(), ids=FAILURES)
async def test_failure(
    server: FakeServer,
    backend: RemoteBackend,
    caplog: pytest.LogCaptureFixture,
    pieces: Sequence[Piece],
    code: ErrorCode,
) -> None:
    """Each failure has a code, and the server's own words go no further than the debug log."""
    caplog.set_level(logging.INFO, "hearthd")
    server.chat = pieces
    with pytest.raises(ApiError) as raised:
        await read(backend)
    assert raised.value.code is code
    assert "private words" not in raised.value.message
    assert "private words" not in caplog.text


@pytest.mark.parametrize(("header", "seconds"), [("Retry-After: 7\r\n", 7), ("Retry-After: soon\r\n", 2), ("", 2)])
async def test_busy_server_says_when(server: FakeServer, backend: RemoteBackend, header: str, seconds: int) -> None:
    """The server's wish is passed on."""
    server.chat = refused("429 Too Many Requests", {}, header)
    with pytest.raises(ApiError) as raised:
        await read(backend)
    assert raised.value.retry_after == seconds


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/v1", "https://127.0.0.1:{port}/v1"])
async def test_nobody_listens(url: str) -> None:
    """A closed port is an unreachable server, at the start and later."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        remote = make_backend(url.format(port=taken.getsockname()[1]))
        for attempt in (remote.start(), read(remote)):
            with pytest.raises(ApiError) as raised:
                await attempt
            assert raised.value.code is ErrorCode.REMOTE_UNREACHABLE
        await remote.close()


TOOL = Tool("light", "Switch it.", {"type": "object"})
ASKED_TOOL = {
    "type": "function",
    "function": {"name": "light", "description": "Switch it.", "parameters": {"type": "object"}},
}
HISTORY = ({"role": "assistant", "content": "Hi.", "reasoning_content": "hm"}, {"role": "user", "content": "hello"})
PAYLOADS: dict[str, tuple[ChatRequest, dict[str, Any]]] = {
    "plain": (REQUEST, {"messages": [{"role": "user", "content": "private words"}]}),
    "no old reasoning": (
        ChatRequest(HISTORY),
        {"messages": [{"role": "assistant", "content": "Hi."}, {"role": "user", "content": "hello"}]},
    ),
    "tools": (ChatRequest((), tools=(TOOL,)), {"messages": [], "tools": [ASKED_TOOL], "tool_choice": "auto"}),
    "named tool": (
        ChatRequest((), tools=(TOOL,), tool_choice=("named", "light"), parallel_tool_calls=False),
        {
            "messages": [],
            "tools": [ASKED_TOOL],
            "tool_choice": {"type": "function", "function": {"name": "light"}},
            "parallel_tool_calls": False,
        },
    ),
    "schema": (
        ChatRequest((), schema={"type": "object"}),
        {
            "messages": [],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "reply", "schema": {"type": "object"}, "strict": True},
            },
        },
    ),
    "any object": (ChatRequest((), schema={}), {"messages": [], "response_format": {"type": "json_object"}}),
    "sampling": (
        ChatRequest((), sampling=Sampling(0.0, 0.5, 3, 0.1, 7, 20, ("end",))),
        {
            "messages": [],
            "temperature": 0.0,
            "top_p": 0.5,
            "top_k": 3,
            "min_p": 0.1,
            "seed": 7,
            "max_tokens": 20,
            "stop": ["end"],
        },
    ),
    "thinking": (
        ChatRequest((), reasoning="high"),
        {"messages": [], "reasoning_effort": "high", "chat_template_kwargs": {"enable_thinking": True}},
    ),
    "no thinking": (
        ChatRequest((), reasoning="none"),
        {"messages": [], "reasoning_effort": "none", "chat_template_kwargs": {"enable_thinking": False}},
    ),
}


@pytest.mark.parametrize(("request_", "payload"), PAYLOADS.values(), ids=PAYLOADS)
async def test_payload(
    server: FakeServer, backend: RemoteBackend, request_: ChatRequest, payload: dict[str, Any]
) -> None:
    """The server is asked for what was asked for, and nothing besides."""
    server.chat = stream(chunk("stop", content="Hi"))
    await read(backend, request_)
    streamed = {"model": "qwen", "stream": True, "stream_options": {"include_usage": True}}
    assert server.bodies == [streamed | payload]
    assert server.paths == ["/v1/chat/completions"]
    assert f"authorization: bearer {KEY}\r\n" in server.heads[0]


async def test_no_key_no_header(server: FakeServer) -> None:
    """Without a key no authorization is sent, whatever the machine's environment holds."""
    server.chat = stream(chunk("stop", content="Hi"))
    remote = make_backend(server.url)
    await read(remote)
    await remote.close()
    assert "authorization" not in server.heads[0]


OWN = {"cache_n": 4, "prompt_n": 6, "prompt_ms": 12.5, "predicted_n": 9, "predicted_ms": 90.5}
CACHED = {"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 3}}
FIGURES: dict[str, tuple[list[Any], tuple[int, int, int]]] = {
    "timings": ([chunk("stop", content="Hi") | {"timings": OWN, "usage": CACHED}], (4, 6, 9)),
    "usage behind the end": ([chunk("stop", content="Hi"), {"choices": [], "usage": CACHED}], (3, 7, 5)),
    "usage with each chunk": ([chunk(content="Hi") | {"usage": None}, chunk("stop") | {"usage": CACHED}], (3, 7, 5)),
    "usage without details": ([chunk("stop", content="Hi"), USAGE], (0, 10, 5)),
    "none": ([chunk(content="H"), chunk(content="i"), chunk("stop")], (0, 0, 2)),
    "nonsense": ([chunk("stop", content="Hi") | {"usage": {"prompt_tokens": "x", "completion_tokens": -1}}], (0, 0, 1)),
}


@pytest.mark.parametrize(("chunks", "counts"), FIGURES.values(), ids=FIGURES)
async def test_figures(
    server: FakeServer, backend: RemoteBackend, chunks: list[Any], counts: tuple[int, int, int]
) -> None:
    """The server's own figures are used as far as it has any."""
    server.chat = stream(*chunks)
    finish = (await read(backend))[-1]
    assert isinstance(finish, Finish)
    assert (finish.timings.cache_n, finish.timings.prompt_n, finish.timings.predicted_n) == counts


async def test_own_durations_are_passed_on(server: FakeServer, backend: RemoteBackend) -> None:
    """llama-server knows better than we how long it took."""
    server.chat = stream(chunk("stop", content="Hi") | {"timings": OWN})
    finish = (await read(backend))[-1]
    assert isinstance(finish, Finish)
    assert (finish.timings.prompt_ms, finish.timings.predicted_ms) == (12.5, 90.5)


async def test_durations_are_measured(server: FakeServer, backend: RemoteBackend) -> None:
    """Without figures, waiting for the first word counts as reading, the rest as writing."""
    server.chat = [STREAM, 0.5, event(chunk(content="Hi")), event(chunk("stop"))]
    finish = (await read(backend))[-1]
    assert isinstance(finish, Finish)
    assert finish.timings.prompt_ms > finish.timings.predicted_ms >= 0


LISTS: dict[str, tuple[Sequence[Piece], int | None]] = {
    "vllm": (refused("200 OK", {"data": [{"id": "other"}, {"id": "qwen", "max_model_len": 4096}]}), 4096),
    "llama-server": (refused("200 OK", {"data": [{"id": "qwen", "meta": {"n_ctx": 8192, "n_ctx_train": 9}}]}), 8192),
    "ollama": (refused("200 OK", {"object": "list", "data": [{"id": "qwen", "owned_by": "library"}]}), None),
    "model not listed": (refused("200 OK", {"data": [{"id": "qwen:latest"}]}), None),
    "nonsense": (refused("200 OK", {"data": [{"id": "qwen", "max_model_len": "many", "meta": []}]}), None),
    "words": ([reply(b"hello")], None),
    "no list": (refused("404 Not Found", {"error": "x"}), None),
}


@pytest.mark.parametrize(("pieces", "length"), LISTS.values(), ids=LISTS)
async def test_start(server: FakeServer, backend: RemoteBackend, pieces: Sequence[Piece], length: int | None) -> None:
    """A server that is there is ready, and some tell how much their model takes."""
    server.models = pieces
    info = await backend.start()
    assert (info.model, info.context_length) == ("qwen", length)
    assert server.paths == ["/v1/models"]


FALSE_STARTS: dict[str, tuple[Sequence[Piece], ErrorCode]] = {
    "wrong key": (refused("401 Unauthorized", {"error": "x"}), ErrorCode.REMOTE_AUTH),
    "broken": (refused("500 Internal Server Error", {}), ErrorCode.REMOTE_FAILED),
    "loading": (refused("503 Service Unavailable", LOADING), ErrorCode.MODEL_LOADING),
    "silent": ([Act.HANG], ErrorCode.REMOTE_FAILED),
    "no http": ([b"hello\r\n\r\n"], ErrorCode.REMOTE_FAILED),
}


@pytest.mark.parametrize(("pieces", "code"), FALSE_STARTS.values(), ids=FALSE_STARTS)
async def test_false_start(
    server: FakeServer, backend: RemoteBackend, pieces: Sequence[Piece], code: ErrorCode
) -> None:
    """A server that cannot be used is known before anyone speaks to it."""
    server.models = pieces
    with pytest.raises(ApiError) as raised:
        await backend.start()
    assert raised.value.code is code


async def test_server_notices_that_nobody_listens(server: FakeServer, backend: RemoteBackend) -> None:
    """Closing the stream closes the connection, which is how a server learns to stop."""
    server.chat = [STREAM, event(chunk(content="Hi")), Act.HANG]
    events = backend.chat(REQUEST)
    assert await anext(events) == TextDelta("Hi")
    await events.aclose()
    await asyncio.wait_for(server.was_left.wait(), 5)


async def test_too_many_at_once(server: FakeServer) -> None:
    """Requests beyond the seats wait, those beyond the room are refused at once, and a place is free after an end."""
    backend = make_backend(server.url, parallel=1, max_queue=1)
    server.chat = [STREAM, event(chunk(content="Hi")), Act.HANG]
    running = backend.chat(REQUEST)
    await anext(running)
    waiting = asyncio.create_task(read_joined(backend))
    await asyncio.sleep(0)
    with pytest.raises(ApiError) as raised:
        await read(backend)
    assert raised.value.code is ErrorCode.ENGINE_BUSY
    assert raised.value.retry_after
    server.chat = stream(chunk("stop", content="Hi"))
    await running.aclose()
    assert (await asyncio.wait_for(waiting, 5))[0] == "Hi"
    assert (await read_joined(backend))[0] == "Hi"
    await backend.close()


async def test_urgent_requests_go_first(server: FakeServer) -> None:
    """Who waits for a remote model is served in order of urgency, and one who gives up holds nobody up."""
    metrics = Metrics().of("qwen")
    backend = RemoteBackend(server.url, "qwen", key=None, parallel=1, max_queue=4, metrics=metrics, patience=HASTE)
    server.chat = [STREAM, event(chunk(content="Hi")), Act.HANG]
    running = backend.chat(REQUEST)
    await anext(running)
    assert metrics.statistics().running == 1
    done: list[str] = []

    async def ask(name: str, priority: Priority) -> None:
        """Note who is done."""
        finish = (await read(backend, replace(REQUEST, priority=priority)))[-1]
        assert isinstance(finish, Finish)
        assert finish.timings.queue_ms > 0
        done.append(name)

    order = (
        ("late", Priority.BACKGROUND),
        ("given up", Priority.VOICE),
        ("chat", Priority.CHAT),
        ("voice", Priority.VOICE),
    )
    asking = [asyncio.create_task(ask(name, priority)) for name, priority in order]
    await asyncio.sleep(0)
    assert metrics.statistics().waiting == 4
    asking.pop(1).cancel()
    server.chat = stream(chunk("stop", content="Hi"))
    await running.aclose()
    await asyncio.wait_for(asyncio.gather(*asking), 5)
    assert done == ["voice", "chat", "late"]
    assert (metrics.statistics().waiting, metrics.statistics().running) == (0, 0)
    await backend.close()


async def test_warm(server: FakeServer, backend: RemoteBackend) -> None:
    """A server is shown the prompt and asked for one token, behind all others."""
    server.chat = stream(chunk("length", content="H") | {"usage": CACHED})
    assert await backend.warm("home", REQUEST) == Warmth(tokens=10, cache_n=3, prompt_ms=ANY, saved=False)
    assert server.bodies[0]["max_tokens"] == 1


async def test_through_the_engine(start_engine: StartEngine, server: FakeServer) -> None:
    """A remote model is served like any other, and one that goes away shows."""
    server.chat = stream(chunk(reasoning="hm"), chunk(content="Hi"), calls(call(None, "a", *F1)), chunk("stop"), USAGE)
    server.models = LISTS["vllm"][0]
    engine = await start_engine(RemoteRef(server.url, "qwen"), remote_key=KEY)
    message = (await engine.chat()).json()["choices"][0]["message"]
    assert (message["content"], message["reasoning_content"]) == ("Hi", "hm")
    assert message["tool_calls"][0]["function"] == {"name": "f", "arguments": '{"a": 1}'}
    role = (await engine.client.get("/v1/info")).json()["roles"]["fast"]
    assert (role["model"], role["backend"], role["state"], role["context_length"]) == ("qwen", "remote", "ready", 4096)
    server.chat = refused("401 Unauthorized", {"error": "x"})
    assert (await engine.chat()).json()["error"]["code"] == "remote_auth"
    role = (await engine.client.get("/v1/info")).json()["roles"]["fast"]
    assert (role["state"], role["error"]) == ("failed", "remote_auth")
    assert (await engine.client.get("/health")).json()["status"] == "degraded"


async def test_cut_through_the_engine(start_engine: StartEngine, server: FakeServer) -> None:
    """A server killed in mid-stream ends our stream with an error."""
    server.chat = [STREAM, event(chunk(content="Hi")), 0.05, Act.RESET]
    engine = await start_engine(RemoteRef(server.url, "qwen"))
    first, last = await read_events(await engine.chat(stream=True))
    assert first["choices"][0]["delta"]["content"] == "Hi"
    assert last["error"]["code"] == "remote_failed"
