"""Test what goes over the wire, and how the answers are read; the real engine is in the contract tests."""

from collections.abc import Awaitable, Callable
import json

from aiohttp import web
import pytest

from custom_components.hearth.engine import EngineError, EngineProtocolError

from . import library_exchanges, model_exchanges
from .conftest import Serve, answer, refusal
from .exchange import Ask, Exchange

EXCHANGES = (*model_exchanges.EXCHANGES, *library_exchanges.EXCHANGES)


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.request)
async def test_what_is_asked_and_understood(serve: Serve, exchange: Exchange) -> None:
    """Each request has its path and its body, each answer its meaning."""
    seen: list[tuple[str, object]] = []

    async def handle(request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        seen.append((f"{request.method} {request.raw_path}", body))
        return web.json_response(exchange.answer)

    assert await exchange.ask(await serve(handle)) == exchange.understood
    assert seen == [(exchange.request, exchange.body)]


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.request)
@pytest.mark.parametrize(
    ("handler", "code"),
    [
        (answer(409, refusal("role_fixed")), "role_fixed"),
        (answer(500, "<html>", "text/html"), "engine_protocol"),
    ],
    ids=["refused", "no answer"],
)
async def test_what_is_refused(
    serve: Serve, exchange: Exchange, handler: Callable[..., Awaitable[web.Response]], code: str
) -> None:
    """Whatever is asked, a refusal is an EngineError with its code."""
    with pytest.raises(EngineError) as caught:
        await exchange.ask(await serve(handler))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("ask", "body"), [(exchange.ask, body) for exchange in EXCHANGES for body in exchange.nonsense]
)
async def test_what_makes_no_sense(serve: Serve, ask: Ask, body: object) -> None:
    """An answer of another form than the protocol's is not taken for one."""
    with pytest.raises(EngineProtocolError):
        await ask(await serve(answer(200, json.dumps(body))))
