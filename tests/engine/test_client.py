"""Test the client against servers that misbehave; the real engine is met in the contract tests."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.hearth.engine import (
    ChatRequest,
    EngineAuthError,
    EngineClient,
    EngineError,
    EngineProtocolError,
    EngineUnreachable,
    Finished,
    TextDelta,
)

type Serve = Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[EngineClient]]

REQUEST = ChatRequest(model="fast", messages=[{"role": "user", "content": "hello"}])


@pytest.fixture
async def serve(socket_enabled: None) -> AsyncGenerator[Serve]:
    """Return what serves every path by one handler and gives a client for it."""
    servers: list[TestServer] = []
    async with ClientSession() as session:

        async def start(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> EngineClient:
            app = web.Application()
            app.router.add_route("*", "/{path:.*}", handler)
            server = TestServer(app)
            await server.start_server()
            servers.append(server)
            return EngineClient(session, str(server.make_url("/")), "secret")

        yield start
    for server in servers:
        await server.close()


def answer(
    status: int, body: str, content_type: str = "application/json"
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return a handler that always says the same."""

    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body, content_type=content_type)

    return handle


@pytest.mark.parametrize(
    ("status", "body", "content_type", "error", "code"),
    [
        (200, "<html>", "text/html", EngineProtocolError, "engine_protocol"),
        (200, "{", "application/json", EngineProtocolError, "engine_protocol"),
        (200, "[]", "application/json", EngineProtocolError, "engine_protocol"),
        (200, '{"instance_id": 1}', "application/json", EngineProtocolError, "engine_protocol"),
        (500, "<html>", "text/html", EngineProtocolError, "engine_protocol"),
        (500, "{}", "application/json", EngineProtocolError, "engine_protocol"),
        (
            401,
            '{"error": {"code": "invalid_api_key", "message": "no"}}',
            "application/json",
            EngineAuthError,
            "invalid_api_key",
        ),
        (
            404,
            '{"error": {"code": "unknown_model", "message": "no"}}',
            "application/json",
            EngineError,
            "unknown_model",
        ),
        (
            413,
            '{"error": {"code": "body_too_large", "message": "no"}}',
            "application/json",
            EngineError,
            "body_too_large",
        ),
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
    )
    assert [event async for event in client.async_chat(request)] == [Finished("stop", {})]
    ((token, body),) = seen
    assert token == "Bearer secret"
    assert body["hearth"] == {"priority": "voice", "session": "s", "deadline_ms": 5}
    assert body["tools"] == [{"type": "function"}]
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "reply", "schema": {"type": "object"}, "strict": True},
    }


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "not a url", "http://"])
async def test_nobody_there(socket_enabled: None, url: str) -> None:
    """An address where nobody listens, or that is none, is unreachable."""
    async with ClientSession() as session:
        with pytest.raises(EngineUnreachable):
            await EngineClient(session, url, "secret").async_health()
