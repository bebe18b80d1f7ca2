"""Run a real engine on a real socket of 127.0.0.1."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from typing import Any

import httpx

from hearthd.api import EngineServer, create_app
from hearthd.api.server import listen
from hearthd.engine.backend import Backend
from hearthd.engine.embedding import RoleEmbedder
from hearthd.engine.local_models import LocalModels
from hearthd.engine.metrics import ModelMetrics
from hearthd.engine.opening import open_backend
from hearthd.engine.roles import Cast, Choices, RoleTable
from hearthd.identity import Identity
from hearthd.library.library import Library
from hearthd.models.store import open_store
from hearthd.settings import ModelRef, ScriptedRef, Settings

TOKEN = "token-of-the-tests"


@dataclass(frozen=True, slots=True)
class RunningEngine:
    """An engine that listens, and a client that holds its token."""

    client: httpx.AsyncClient
    server: EngineServer
    port: int

    async def chat(self, text: str = "hello", **fields: Any) -> httpx.Response:
        """Ask the fast model."""
        body = {"model": "fast", "messages": [{"role": "user", "content": text}]} | fields
        return await self.client.post("/v1/chat/completions", json=body)


type StartEngine = Callable[..., Awaitable[RunningEngine]]
type WriteScript = Callable[..., ScriptedRef]


@asynccontextmanager
async def run_engine(
    settings: Settings,
    make_backend: Callable[[ModelRef], Backend] | None = None,
    *,
    choices: Choices | None = None,
    keep_alive_s: float = 15.0,
    look_again_seconds: float = 30.0,
) -> AsyncGenerator[RunningEngine]:
    """Run an engine in this process, on a free port of 127.0.0.1."""
    store = open_store(settings)

    def make(ref: ModelRef, metrics: ModelMetrics) -> Backend:
        if make_backend is not None:
            return make_backend(ref)
        return open_backend(ref, metrics, settings=settings, local=LocalModels(settings, store))

    table = RoleTable(
        Cast(settings.models, settings.fallbacks, settings.fixed_roles),
        make,
        choices,
        idle_seconds=settings.idle_unload_minutes * 60 or None,
        look_again_seconds=look_again_seconds,
    )
    library = Library(settings.data / "library", RoleEmbedder(table), registry=table.metrics.registry)
    app = create_app(table, store, library, Identity("0" * 32, TOKEN), settings, keep_alive_s=keep_alive_s)
    server = EngineServer(app, table, library)
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    serving = asyncio.create_task(server.serve([listener]))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=20) as client:
            await client.get("/health")
            yield RunningEngine(client, server, port)
    finally:
        server.should_exit = True
        await serving


async def read_events(response: httpx.Response) -> list[Any]:
    """Read the data of every server-sent event; [DONE] stays a text."""
    lines = [line async for line in response.aiter_lines()]
    data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    return [text if text == "[DONE]" else json.loads(text) for text in data]
