"""Test silence, deadlines, clients that go away and an engine that has to stop."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest

from hearthd.engine.backend import Backend, BackendInfo, ChatEvent, ChatRequest, TextDelta
from hearthd.errors import ErrorCode
from hearthd.settings import ScriptedRef
from tests.running_engine import RunningEngine, StartEngine, WriteScript, read_events

NOWHERE = ScriptedRef(Path("nowhere"))


class WatchedBackend(Backend):
    """A model that says so many words, then falls silent, and notes when it is let go."""

    kind: Literal["local", "remote", "scripted"] = "scripted"

    def __init__(self, words: int) -> None:
        """Say that many words to each request."""
        self._words = words
        self.has_begun = asyncio.Event()
        self.is_cancelled = asyncio.Event()
        self.is_closed = False

    async def start(self) -> BackendInfo:
        """Be there at once."""
        return BackendInfo("watched")

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """Speak, then wait for ever."""
        try:
            for _ in range(self._words):
                yield TextDelta("word ")
            self.has_begun.set()
            await asyncio.Event().wait()
        finally:
            self.is_cancelled.set()

    async def close(self) -> None:
        """Note it."""
        self.is_closed = True


class FloodingBackend(WatchedBackend):
    """A model that never stops to speak."""

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """Speak for ever."""
        self.has_begun.set()
        try:
            while True:
                yield TextDelta("word " * 1000)
                await asyncio.sleep(0)
        finally:
            self.is_cancelled.set()


class StubbornBackend(WatchedBackend):
    """A model that ends without having finished."""

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """Say one word and no end."""
        yield TextDelta("word")


async def begin_chat(engine: RunningEngine, stream: bool) -> asyncio.Task[httpx.Response]:
    """Ask in a task that can be cancelled, which closes the connection."""
    return asyncio.create_task(engine.chat(stream=stream))


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
@pytest.mark.parametrize(
    "make",
    [lambda: WatchedBackend(0), lambda: WatchedBackend(3), lambda: FloodingBackend(0)],
    ids=["silent", "speaking", "flooding"],
)
async def test_generation_ends_when_its_client_leaves(start_engine: StartEngine, make: Any, stream: bool) -> None:
    """Nobody listens, so nothing is computed; also while the model is silent, and well before the next keep-alive."""
    backend = make()
    engine = await start_engine(NOWHERE, make_backend=lambda _ref: backend)
    asking = await begin_chat(engine, stream)
    await asyncio.wait_for(backend.has_begun.wait(), 5)
    assert not backend.is_cancelled.is_set()
    asking.cancel()
    await asyncio.wait_for(backend.is_cancelled.wait(), 5)


async def test_silence_is_filled(start_engine: StartEngine, write_script: WriteScript) -> None:
    """Comments tell the client that the engine still works; the events are the same as without."""
    engine = await start_engine(write_script({"content": "Hi.", "delay_ms": 300}), keep_alive_s=0.05)
    response = await engine.chat(stream=True)
    before, _, after = response.text.partition("data:")
    assert before.startswith(": keep-alive\n\n")
    assert "Hi." in after
    assert (await read_events(response))[-1] == "[DONE]"


async def test_failure_after_silence_is_an_event(start_engine: StartEngine) -> None:
    """Once the stream has begun with a comment, a failure cannot be a status any more."""
    engine = await start_engine(NOWHERE, make_backend=lambda _ref: WatchedBackend(0), keep_alive_s=0.05)
    response = await engine.chat(stream=True, hearth={"deadline_ms": 300})
    assert response.status_code == 200
    assert response.text.startswith(": keep-alive\n\n")
    assert [event["error"]["code"] for event in await read_events(response)] == ["deadline_exceeded"]


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
async def test_deadline_of_a_silent_model(start_engine: StartEngine, stream: bool) -> None:
    """The engine keeps the client's deadline, whatever the backend does."""
    backend = WatchedBackend(0)
    engine = await start_engine(NOWHERE, make_backend=lambda _ref: backend)
    response = await engine.chat(stream=stream, hearth={"deadline_ms": 100})
    assert response.status_code == 504
    assert response.json()["error"]["code"] == "deadline_exceeded"
    assert backend.is_cancelled.is_set()


@pytest.mark.parametrize("backend", [WatchedBackend, FloodingBackend])
async def test_deadline_of_a_speaking_model(start_engine: StartEngine, backend: type[WatchedBackend]) -> None:
    """What was said stays; the deadline is the last event."""
    engine = await start_engine(NOWHERE, make_backend=lambda _ref: backend(2))
    events = await read_events(await engine.chat(stream=True, hearth={"deadline_ms": 500}))
    assert events[0]["choices"][0]["delta"]["content"].startswith("word ")
    assert events[-1]["error"]["code"] == "deadline_exceeded"


async def test_deadline_that_is_met(start_engine: StartEngine, write_script: WriteScript) -> None:
    """A deadline in the future changes nothing."""
    engine = await start_engine(write_script({"content": "Hi."}))
    assert (await engine.chat(hearth={"deadline_ms": 60_000})).status_code == 200


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
async def test_reply_without_an_end(start_engine: StartEngine, stream: bool) -> None:
    """A backend that breaks its contract is a failure, not an empty success."""
    engine = await start_engine(NOWHERE, make_backend=lambda _ref: StubbornBackend(0))
    response = await engine.chat(stream=stream)
    events = await read_events(response) if stream else [response.json()]
    assert events[-1]["error"]["code"] == ErrorCode.INTERNAL


@pytest.mark.parametrize(("stream", "words", "status"), [(True, 2, 200), (True, 0, 503), (False, 2, 503)])
async def test_shutdown_ends_what_runs(start_engine: StartEngine, stream: bool, words: int, status: int) -> None:
    """An engine that stops tells those who wait, and lets its models go."""
    backend = WatchedBackend(words)
    engine = await start_engine(NOWHERE, make_backend=lambda _ref: backend)
    asking = await begin_chat(engine, stream)
    await asyncio.wait_for(backend.has_begun.wait(), 5)
    engine.server.should_exit = True
    response = await asyncio.wait_for(asking, 5)
    assert response.status_code == status
    assert '"code":"shutting_down"' in response.text.splitlines()[-1 if status == 503 else -2]
    assert backend.is_cancelled.is_set()
    assert backend.is_closed


async def test_client_that_does_not_read_slows_its_model_only(start_engine: StartEngine) -> None:
    """A full pipe stops one generation from filling the memory, and nobody else notices."""
    backend = FloodingBackend(0)
    engine = await start_engine(NOWHERE, make_backend=lambda _ref: backend)
    reader, writer = await asyncio.open_connection("127.0.0.1", engine.port, limit=1024)
    body = b'{"model": "fast", "stream": true, "messages": [{"role": "user", "content": "hello"}]}'
    token = engine.client.headers["Authorization"].encode()
    writer.write(
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Authorization: " + token + b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
    )
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    assert (await engine.client.get("/v1/info")).status_code == 200
    writer.close()
    await asyncio.wait_for(backend.is_cancelled.wait(), 5)


async def test_many_at_once(start_engine: StartEngine, write_script: WriteScript) -> None:
    """Replies that are made at the same time do not mix."""
    ref = write_script({"content": "a" * 50, "chunk_size": 1, "delay_ms": 1}, loop=True)
    engine = await start_engine(ref)
    replies = await asyncio.gather(*(engine.chat() for _ in range(20)))
    assert {reply.json()["choices"][0]["message"]["content"] for reply in replies} == {"a" * 50}
    assert len({reply.json()["id"] for reply in replies}) == 20
