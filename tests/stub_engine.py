"""Serve an engine that can be made to say anything, for what a healthy one never says."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web
from aiohttp.test_utils import TestServer

TOKEN: Final = "a-stub-token"
INSTANCE_ID: Final = "0123456789abcdef0123456789abcdef"


def role(model: str | None = None, state: str = "missing", **fields: Any) -> dict[str, Any]:
    """Return a role as the engine describes it."""
    return {
        "model": model,
        "backend": None if model is None else "local",
        "state": state,
        "context_length": None,
        "tool_format": None,
        "error": None,
        **fields,
    }


def health(**fields: Any) -> dict[str, Any]:
    """Return the health of an engine."""
    return {"status": "ok", "version": "0.1.0", "protocol_version": 1, **fields}


def info(**roles: dict[str, Any]) -> dict[str, Any]:
    """Return what an engine says of itself, its roles as given and the others without a model."""
    empty = {name: role() for name in ("router", "fast", "reasoning", "embedding")}
    return {
        "instance_id": INSTANCE_ID,
        "version": "0.1.0",
        "protocol_version": 1,
        "hardware": {"machine": "x86_64", "cpu_count": 2, "memory_total_bytes": 8_000_000_000},
        "roles": {**empty, **roles},
        "limits": {"max_body_bytes": 4_194_304, "max_queue": 8},
    }


@dataclass
class StubEngine:
    """An engine whose answers are its fields; `down` hangs up on everybody."""

    token: str = TOKEN
    health: Any = field(default_factory=health)
    info: Any = field(default_factory=lambda: info(fast=role("tiny", "ready", context_length=4096)))
    status: int = 200
    down: bool = False
    url: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer as told."""
        if self.down:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if request.path == "/health":
            return web.json_response(self.health)
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            error = {"message": "no", "type": "authentication_error", "param": None, "code": "invalid_api_key"}
            return web.json_response({"error": error}, status=401)
        return web.json_response(self.info, status=self.status)


@asynccontextmanager
async def serving() -> AsyncGenerator[StubEngine]:
    """Serve a stub on a free port of 127.0.0.1."""
    engine = StubEngine()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", engine.answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    engine.url = str(server.make_url("/")).rstrip("/")
    try:
        yield engine
    finally:
        await server.close()
