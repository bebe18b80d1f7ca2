"""Serve an engine that can be made to say anything, for what a healthy one never says."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
from typing import Any, Final

from aiohttp import web
from aiohttp.test_utils import TestServer

from .stub_library import StubLibrary

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
        "prefix_sharing": None if model is None else "any",
        "parallel": None if model is None else 4,
        "cache_tokens": None,
        "threads": None,
        "gpu_layers": None,
        "flash_attention": None,
        "fallback": [],
        "serving": model,
        "statistics": statistics(),
        **fields,
    }


def statistics(**fields: Any) -> dict[str, Any]:
    """Return a role's statistics, those of one that was never asked."""
    return {
        "requests": 0,
        "waiting": 0,
        "running": 0,
        "first_token_ms": None,
        "tokens_per_second": None,
        "prompt_tokens_per_second": None,
        "queue_ms": None,
        "cached_share": None,
        "preemptions": 0,
        "evictions": 0,
        "restored": 0,
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
        "disk": {"free_bytes": 50_000_000_000, "models_bytes": 3_000_000_000},
        "hub": {"offline": False},
    }


def choice(model: str | None = None, *choices: str, **fields: Any) -> dict[str, Any]:
    """Return what can be chosen for a role."""
    return {
        "model": model,
        "state": "missing" if model is None else "ready",
        "choices": list(choices),
        "changeable": True,
        "fallback": [],
        "error": None,
        **fields,
    }


def model(model_id: str, revision: str | None = None, latest: str | None = None, **fields: Any) -> dict[str, Any]:
    """Return a model of the catalogue, installed from the hub if it is given a revision."""
    installed = {
        "size_bytes": 3_000_000_000,
        "sha256": "0" * 64,
        "revision": revision,
        "latest_revision": latest or revision,
        "pulled_at": "2026-11-01T12:00:00Z",
        "source": "hub",
        "roles": [],
    }
    return {
        "id": model_id,
        "name": model_id.capitalize(),
        "repo": f"makers/{model_id}",
        "file": f"{model_id}.gguf",
        "licence": "apache-2.0",
        "parameters": 4_000_000_000,
        "context_length": 32768,
        "family": "qwen3",
        "roles": ["fast"],
        "notes": "",
        "installed": None if revision is None else installed,
        "fit": {"verdict": "good", "reason": "It fits.", "suggestion": None, "needs_bytes": None},
        **fields,
    }


def error(code: str, message: str = "no") -> dict[str, Any]:
    """Return an error as the engine words it."""
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}


def progress(model_id: str, status: str, done: int = 0, total: int | None = None) -> dict[str, Any]:
    """Return an event of a pull."""
    return {"id": model_id, "status": status, "done_bytes": done, "total_bytes": total}


def says(*words: str, **timings: Any) -> list[dict[str, Any]]:
    """Return the events of a reply."""
    pieces = [{"model": "tiny", "choices": [{"delta": {"content": word}, "finish_reason": None}]} for word in words]
    return [*pieces, {"model": "tiny", "choices": [{"delta": {}, "finish_reason": "stop"}], "timings": timings}]


@dataclass
class StubEngine:
    """An engine whose answers are its fields; `down` hangs up on everybody.

    `replies` are the streams of the next chats, in order; `answers` overrides what a path answers always: an object,
    an error (which sets the status) or, for a stream, its events.
    A path that `hangs` does not answer until `proceed` is set; neither does a stream at a None among its events.
    `library` keeps what is sent to it; `asked` holds what else it was asked to do, in order, `left` the paths whose
    asker went away before the answer.
    """

    token: str = TOKEN
    health: Any = field(default_factory=health)
    info: Any = field(default_factory=lambda: info(fast=role("tiny", "ready", context_length=4096)))
    roles: dict[str, Any] = field(
        default_factory=lambda: {"fast": choice("tiny", "tiny", "large"), "reasoning": choice(None, "tiny", "large")}
    )
    models: list[Any] = field(default_factory=lambda: [model("tiny", "1" * 40), model("large")])
    replies: list[list[Any]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    library: StubLibrary = field(default_factory=StubLibrary)
    status: int = 200
    down: bool = False
    url: str = ""
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    hangs: set[str] = field(default_factory=set)
    proceed: asyncio.Event = field(default_factory=asyncio.Event)

    def bodies(self, path: str) -> list[Any]:
        """Return the bodies of the requests to a path."""
        return [body for _, asked, body in self.asked if asked == path]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer as told."""
        if self.down:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if request.path == "/health":
            return web.json_response(self.health)
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response(error("invalid_api_key"), status=401)
        if request.path not in self.answers and (told := await self.library.answer(request)) is not None:
            return web.json_response(told, status=409 if told.get("error") else 200)
        if request.method != "GET":
            self.asked.append((request.method, request.path, await request.json() if request.body_exists else None))
        answer = self.answers[request.path] if request.path in self.answers else self._usual(request.path)
        try:
            if request.path in self.hangs:
                await self.proceed.wait()
            if isinstance(answer, list):
                return await self._stream(request, answer)
        except asyncio.CancelledError, ConnectionError:
            self.left.append(request.path)
            raise
        status = 409 if "error" in answer and "model" not in answer else self.status
        return web.json_response(answer, status=status)

    def _usual(self, path: str) -> Any:
        match path.split("/"):
            case [_, "v1", "roles"]:
                return {"roles": self.roles}
            case [_, "v1", "roles", name]:
                return self.roles[name]
            case [_, "v1", "catalog"]:
                return {"models": self.models}
            case [_, "v1", "warm"]:
                return {"tokens": 900, "cache_n": 100, "prompt_ms": 250.5, "saved": True}
            case [_, "v1", "stop"]:
                return {"stopped": 0}
            case [_, "v1", "chat", "completions"]:
                return self.replies.pop(0) if self.replies else says("Hello.", predicted_n=1)
            case [_, "v1", "models", *_]:
                return {}
            case _:
                return self.info

    async def _stream(self, request: web.Request, events: list[Any]) -> web.StreamResponse:
        """Send events; at a None among them wait until a test says to go on, or until the reader leaves."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for event in events:
            if event is None:
                await self.proceed.wait()
            else:
                await response.write(f"data: {json.dumps(event)}\n\n".encode())
        return response


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
        engine.proceed.set()
        await server.close()
