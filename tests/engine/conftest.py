"""Share servers that say whatever a test wants."""

from collections.abc import AsyncGenerator, Awaitable, Callable
import json

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.hearth.engine import EngineClient

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
type Serve = Callable[[Handler], Awaitable[EngineClient]]


@pytest.fixture
async def serve(socket_enabled: None) -> AsyncGenerator[Serve]:
    """Return what serves every path by one handler and gives a client for it."""
    servers: list[TestServer] = []
    async with ClientSession() as session:

        async def start(handler: Handler) -> EngineClient:
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


def refusal(code: str) -> str:
    """Return the body of an answer that says no."""
    return json.dumps({"error": {"code": code, "message": "no"}})
