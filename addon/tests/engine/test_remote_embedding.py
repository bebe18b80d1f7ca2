"""Test that the vectors of servers which call themselves OpenAI-compatible are understood, and their failures clear."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator
from dataclasses import replace
import json
import struct
from typing import Any

import numpy as np
import pytest

from hearthd.engine.backend import Priority
from hearthd.engine.metrics import Metrics
from hearthd.engine.remote import Patience, RemoteBackend
from hearthd.engine.remote_vectors import read_vectors
from hearthd.errors import ApiError, ErrorCode
from hearthd.settings import RemoteRef, Role
from tests.engine.fake_server import Act, FakeServer, Piece, reply
from tests.running_engine import StartEngine

HASTE = Patience(connect_s=5, list_s=1, embed_s=0.5, between_s=1)
KEY = "key-of-the-tests"


@pytest.fixture
async def backend(server: FakeServer) -> AsyncGenerator[RemoteBackend]:
    """Return a backend that asks that server."""
    remote = RemoteBackend(
        server.url, "e5", key=KEY, parallel=1, max_queue=2, metrics=Metrics().of("e5"), patience=HASTE
    )
    yield remote
    await remote.close()


def rows(*vectors: Any, usage: Any = None, **fields: Any) -> dict[str, Any]:
    """Return a server's reply."""
    data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    return {"object": "list", "data": data, "usage": usage or {"prompt_tokens": 5, "total_tokens": 5}} | fields


def said(body: Any, **how: Any) -> list[Piece]:
    """Return a whole reply with a body."""
    return [reply(json.dumps(body).encode(), **how)]


def packed(*numbers: float) -> str:
    """Return numbers as OpenAI packs them."""
    return b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


DIALECTS = {
    "openai": rows([3.0, 4.0], [0.0, 2.0]),
    "whole numbers": rows([3, 4], [0, 2]),
    "base64": rows(packed(3, 4), packed(0, 2)),
    "in another order": rows(data=rows([3, 4], [0, 2])["data"][::-1]),
    "without an index": rows(data=[{"embedding": [3, 4]}, {"embedding": [0, 2]}]),
    "without usage": rows([3, 4], [0, 2]) | {"usage": None},
}


@pytest.mark.anyio
@pytest.mark.parametrize("name", DIALECTS)
async def test_dialects(server: FakeServer, backend: RemoteBackend, name: str) -> None:
    """Each gives the same vectors, of length 1 and in the texts' order."""
    server.chat = said(DIALECTS[name])
    made = await backend.embed(["one", "two"], Priority.CHAT)
    assert made.vectors == pytest.approx(np.array([[0.6, 0.8], [0, 1]]))
    assert made.vectors.dtype == np.float32
    assert made.tokens == (0 if name == "without usage" else 5)
    assert (server.paths, server.bodies) == (
        ["/v1/embeddings"],
        [{"model": "e5", "input": ["one", "two"], "encoding_format": "float"}],
    )
    assert f"authorization: bearer {KEY}" in server.heads[0]


@pytest.mark.anyio
async def test_many_texts_go_in_lots(server: FakeServer, backend: RemoteBackend) -> None:
    """Between two requests somebody who is more urgent has a turn."""
    server.chat = said(rows(*[[1, 0]] * 32))
    made = await backend.embed([f"text {number}" for number in range(64)], Priority.BACKGROUND)
    assert [len(body["input"]) for body in server.bodies] == [32, 32]
    assert (made.vectors.shape, made.tokens) == ((64, 2), 10)


NONSENSE = {
    "too few": rows([1, 0]),
    "too many": rows([1, 0], [1, 0], [1, 0]),
    "two lengths": rows([1, 0], [1, 0, 0]),
    "no direction": rows([1, 0], [0, 0]),
    "endless": rows([1, 0], [1e300, 0]),
    "no numbers": rows([1, 0], ["x", "y"]),
    "nested": rows([[1, 0]], [[1, 0]]),
    "empty": rows([], []),
    "half a number": rows(packed(1, 0), b64encode(b"12345").decode()),
    "no base64": rows(packed(1, 0), "!?"),
    "twice the same": rows(data=[{"index": 0, "embedding": [1, 0]}] * 2),
    "no list": {"data": 3},
    "no object": [1, 2],
    "nothing": {},
    "strange usage": rows([1, 0], [0, 1]) | {"usage": {"prompt_tokens": "many"}},
}


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_refused(name: str) -> None:
    """What is not one vector for each text is nothing."""
    with pytest.raises(ApiError) as failure:
        read_vectors(NONSENSE[name], 2)
    assert failure.value.code is ErrorCode.REMOTE_FAILED


FAILURES: dict[str, tuple[list[Piece], ErrorCode]] = {
    "wrong key": (said({"error": {"message": "no"}}, status="401 Unauthorized"), ErrorCode.REMOTE_AUTH),
    "busy": (said({"error": "slow down"}, status="429 Too Many Requests"), ErrorCode.ENGINE_BUSY),
    "too long": (
        said({"error": {"message": "maximum context length is 512"}}, status="400 Bad Request"),
        ErrorCode.CONTEXT_OVERFLOW,
    ),
    "unknown model": (said({"error": "model not found"}, status="404 Not Found"), ErrorCode.REMOTE_FAILED),
    "no JSON": ([reply(b"<html>")], ErrorCode.REMOTE_FAILED),
    "too large": ([reply(b" " * (9 * 1024 * 1024))], ErrorCode.REMOTE_FAILED),
    "silence": ([Act.HANG], ErrorCode.REMOTE_FAILED),
    "silence in the middle": ([reply(json.dumps(rows([1, 0])).encode())[:-9], Act.HANG], ErrorCode.REMOTE_FAILED),
    "broken off": ([Act.RESET], ErrorCode.REMOTE_FAILED),
}


@pytest.mark.anyio
@pytest.mark.parametrize("name", FAILURES)
async def test_failures_are_named(server: FakeServer, backend: RemoteBackend, name: str) -> None:
    """Each has the code that a chat would have."""
    server.chat, code = FAILURES[name]
    with pytest.raises(ApiError) as failure:
        await backend.embed(["private words"], Priority.CHAT)
    assert failure.value.code is code
    assert "private" not in failure.value.message


@pytest.mark.anyio
async def test_giving_up_closes_the_connection(server: FakeServer, backend: RemoteBackend) -> None:
    """The server need not go on for nobody."""
    server.chat = [Act.HANG]
    patient = RemoteBackend(
        server.url,
        "e5",
        key=None,
        parallel=1,
        max_queue=2,
        metrics=Metrics().of("e5"),
        patience=replace(HASTE, embed_s=20),
    )
    task = asyncio.create_task(patient.embed(["one"], Priority.CHAT))
    while not server.bodies:
        await asyncio.sleep(0.001)
    task.cancel()
    async with asyncio.timeout(5):
        await server.was_left.wait()
    await patient.close()


@pytest.mark.anyio
async def test_a_server_plays_the_role(server: FakeServer, start_engine: StartEngine) -> None:
    """Through the engine's own API; a server that keeps failing is spared, as for chats."""
    server.chat = said(rows([3, 4]))
    engine = await start_engine({Role.EMBEDDING: RemoteRef(server.url, "e5")})
    body = {"model": "embedding", "input": "hello"}
    told = (await engine.client.post("/v1/embeddings", json=body)).json()
    assert told["model"] == "e5"
    assert told["data"][0]["embedding"] == pytest.approx([0.6, 0.8])
    info = (await engine.client.get("/v1/info")).json()["roles"]["embedding"]
    assert (info["backend"], info["dimension"], info["circuit"]) == ("remote", 2, "closed")
    server.chat = [Act.RESET]
    codes = [(await engine.client.post("/v1/embeddings", json=body)).json()["error"]["code"] for _ in range(4)]
    assert set(codes) == {"remote_failed"}
    assert len(server.bodies) - server.paths.count("/v1/models") == 4
    info = (await engine.client.get("/v1/info")).json()["roles"]["embedding"]
    assert (info["circuit"], info["error"]) == ("open", "remote_failed")
