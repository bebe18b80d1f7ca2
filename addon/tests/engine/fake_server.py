"""Play an HTTP server byte by byte, so that every dialect and every way to fail can be served."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
import json
from typing import Any


class Act(Enum):
    """What a server may do besides sending bytes."""

    HANG = "say nothing until the client leaves"
    RESET = "break the connection off"


type Piece = bytes | float | Act


def reply(body: bytes, status: str = "200 OK", content_type: str = "application/json", headers: str = "") -> bytes:
    """Return a whole HTTP reply."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
NO_LIST = reply(b'{"object": "list", "data": []}')


@dataclass(slots=True)
class FakeServer:
    """A server that sends the pieces of its chat reply, whatever it is asked, and keeps what it was asked."""

    port: int = 0
    chat: Sequence[Piece] = ()
    models: Sequence[Piece] = (NO_LIST,)
    paths: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    was_left: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Return the base URL to give to a client."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next((int(line.split(":")[1]) for line in head.splitlines() if line.startswith("content-length")), 0)
        body = await reader.readexactly(length)
        path = head.split()[1]
        self.paths.append(path)
        self.heads.append(head)
        self.bodies.append(json.loads(body or b"null"))
        for piece in self.models if path.endswith("/models") else self.chat:
            await self._play(piece, reader, writer)
        writer.close()

    async def _play(self, piece: Piece, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Do one thing."""
        match piece:
            case bytes():
                writer.write(piece)
                await writer.drain()
            case Act.HANG:
                await reader.read()
                self.was_left.set()
            case Act.RESET:
                writer.transport.abort()
            case seconds:
                await asyncio.sleep(seconds)


@asynccontextmanager
async def run_fake_server() -> AsyncGenerator[FakeServer]:
    """Run a server on a free port of 127.0.0.1."""
    fake = FakeServer()
    server = await asyncio.start_server(fake.answer, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()
        server.close_clients()
        await server.wait_closed()


def event(data: Any, ending: str = "\n\n", prefix: str = "data: ") -> bytes:
    """Return one server-sent event."""
    return (prefix + (data if isinstance(data, str) else json.dumps(data)) + ending).encode()


def chunk(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    """Return one chunk of a reply."""
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def stream(*chunks: Any, done: bool = True) -> list[Piece]:
    """Return a streamed reply."""
    return [STREAM, *(event(data) for data in chunks), *([event("[DONE]")] if done else [])]
