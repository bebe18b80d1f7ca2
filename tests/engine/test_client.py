"""Test the client against servers that misbehave; the real engine is met in the contract tests."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
import json

from aiohttp import ClientSession, web
import pytest

from custom_components.hearth.engine import (
    ChatRequest,
    EngineAuthError,
    EngineClient,
    EngineError,
    EngineProtocolError,
    EngineUnreachable,
    Finished,
    PullProgress,
    PullSource,
    TextDelta,
)

from .conftest import Serve, answer, refusal

REQUEST = ChatRequest(model="fast", messages=[{"role": "user", "content": "hello"}])


@pytest.mark.parametrize(
    ("status", "body", "content_type", "error", "code"),
    [
        (200, "<html>", "text/html", EngineProtocolError, "engine_protocol"),
        (200, "{", "application/json", EngineProtocolError, "engine_protocol"),
        (200, "[]", "application/json", EngineProtocolError, "engine_protocol"),
        (200, '{"instance_id": 1}', "application/json", EngineProtocolError, "engine_protocol"),
        (500, "<html>", "text/html", EngineProtocolError, "engine_protocol"),
        (500, "{}", "application/json", EngineProtocolError, "engine_protocol"),
        (401, refusal("invalid_api_key"), "application/json", EngineAuthError, "invalid_api_key"),
        (404, refusal("unknown_model"), "application/json", EngineError, "unknown_model"),
        (413, refusal("body_too_large"), "application/json", EngineError, "body_too_large"),
    ],
)
async def test_every_bad_answer_has_its_error(
    serve: Serve, status: int, body: str, content_type: str, error: type[EngineError], code: str
) -> None:
    """Whatever a server says, the caller gets an EngineError with a code."""
    client = await serve(answer(status, body, content_type))
    with pytest.raises(error) as caught:
        await client.async_info()
    assert caught.value.code == code
    with pytest.raises(error):
        async with aclosing(client.async_chat(REQUEST)) as events:
            await anext(events)


async def test_a_json_answer_is_no_stream(serve: Serve) -> None:
    """A server that ignores the wish for a stream is not understood."""
    client = await serve(answer(200, "{}"))
    with pytest.raises(EngineProtocolError):
        await anext(client.async_chat(REQUEST))


async def test_a_stream_that_breaks_off(serve: Serve) -> None:
    """What came before the connection broke is delivered, then the error."""

    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b'data: {"choices": [{"delta": {"content": "Hel"}}]}\n\n')
        assert request.transport is not None
        request.transport.abort()
        return response

    client = await serve(handle)
    events = client.async_chat(REQUEST)
    assert await anext(events) == TextDelta("Hel")
    with pytest.raises(EngineUnreachable):
        await anext(events)


async def test_the_request_carries_what_it_must(serve: Serve) -> None:
    """Token, priority, session, deadline, tools and schema go over the wire."""
    seen: list[tuple[str | None, dict[str, object]]] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append((request.headers.get("Authorization"), await request.json()))
        text = 'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
        return web.Response(text=text, content_type="text/event-stream")

    client = await serve(handle)
    request = ChatRequest(
        "fast",
        [],
        tools=[{"type": "function"}],
        schema={"type": "object"},
        priority="voice",
        session="s",
        deadline_ms=5,
        reasoning="none",
    )
    assert [event async for event in client.async_chat(request)] == [Finished("stop", {})]
    ((token, body),) = seen
    assert token == "Bearer secret"
    assert body["hearth"] == {"priority": "voice", "session": "s", "deadline_ms": 5}
    assert body["tools"] == [{"type": "function"}]
    assert body["reasoning_effort"] == "none"
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "reply", "schema": {"type": "object"}, "strict": True},
    }


INFO = {"instance_id": "1", "version": "0.1.0", "protocol_version": 1, "hardware": {}}
OLD_ROLE = {
    "model": "tiny",
    "backend": "local",
    "state": "ready",
    "context_length": 4096,
    "tool_format": None,
    "error": None,
}


async def test_an_engine_that_is_older_by_some_additions(serve: Serve) -> None:
    """What the first engines of this protocol did not say is not known, and everything else is."""
    info = await (await serve(answer(200, json.dumps({**INFO, "roles": {"fast": OLD_ROLE}})))).async_info()
    fast = info.roles["fast"]
    assert (fast.model, fast.state, fast.statistics, fast.serving, fast.fallback) == ("tiny", "ready", None, None, ())
    assert info.disk is None


def events(*events: object) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return a handler that streams these events."""
    return answer(200, "".join(f"data: {json.dumps(event)}\n\n" for event in events), "text/event-stream")


CHECKING = {"id": "tiny", "status": "checking", "done_bytes": 0, "total_bytes": None}
HALF = {"id": "tiny", "status": "downloading", "done_bytes": 5, "total_bytes": 10}
DONE = {"id": "tiny", "status": "done", "done_bytes": 10, "total_bytes": 10}


async def test_a_pull_tells_how_far_it_is(serve: Serve) -> None:
    """Each event is passed on, and the last ends it."""
    client = await serve(events(CHECKING, HALF, DONE, HALF))
    assert [progress async for progress in client.async_pull(PullSource(id="tiny"))] == [
        PullProgress("tiny", "checking", 0, None),
        PullProgress("tiny", "downloading", 5, 10),
        PullProgress("tiny", "done", 10, 10),
    ]


@pytest.mark.parametrize(
    ("handler", "code"),
    [
        (events(HALF), "engine_unreachable"),
        (events(HALF, {"error": {"code": "checksum_mismatch", "message": "no"}}), "checksum_mismatch"),
        (events({"status": "downloading"}), "engine_protocol"),
        (answer(200, "{}"), "engine_protocol"),
        (answer(507, refusal("disk_full")), "disk_full"),
    ],
)
async def test_a_pull_that_fails(
    serve: Serve, handler: Callable[[web.Request], Awaitable[web.Response]], code: str
) -> None:
    """However a pull ends without its model, it is an EngineError with a code."""
    client = await serve(handler)
    with pytest.raises(EngineError) as caught:
        async for _progress in client.async_pull(PullSource(repo="makers/tiny", file="tiny.gguf")):
            pass
    assert caught.value.code == code


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "not a url", "http://"])
async def test_nobody_there(socket_enabled: None, url: str) -> None:
    """An address where nobody listens, or that is none, is unreachable."""
    async with ClientSession() as session:
        with pytest.raises(EngineUnreachable):
            await EngineClient(session, url, "secret").async_health()
