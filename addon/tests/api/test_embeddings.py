"""Test the road to vectors over HTTP, with the model that ships with hearthd."""

import asyncio
from base64 import b64decode
from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hearthd.errors import ErrorCode
from hearthd.settings import BUILTIN_EMBEDDER, LocalRef, Role
from tests.engine.embedding_texts import EXPECTED, TEXTS
from tests.running_engine import RunningEngine, StartEngine

pytestmark = pytest.mark.anyio


@pytest.fixture
async def engine(start_engine: StartEngine) -> RunningEngine:
    """Start an engine whose only model is the one that ships with it."""
    return await start_engine({Role.EMBEDDING: BUILTIN_EMBEDDER})


async def post(engine: RunningEngine, **fields: Any) -> Any:
    """Ask for vectors, and return what was told."""
    response = await engine.client.post("/v1/embeddings", json={"model": "embedding"} | fields)
    return response.json()


@pytest.mark.parametrize("name", ["embedding", "all-minilm-l6-v2"])
async def test_one_text(engine: RunningEngine, name: str) -> None:
    """The reply is OpenAI's, of whichever name the model was asked by."""
    told = await post(engine, model=name, input=TEXTS[0])
    (row,) = told.pop("data")
    assert told == {
        "object": "list",
        "model": "all-minilm-l6-v2",
        "usage": {"prompt_tokens": 9, "total_tokens": 9},
        "hearth": {"truncated": 0},
    }
    assert (row["object"], row["index"]) == ("embedding", 0)
    assert np.array(row["embedding"]) @ EXPECTED[0] >= 0.999


async def test_many_texts_as_base64(engine: RunningEngine) -> None:
    """OpenAI's own client asks so; vectors are little-endian float32."""
    told = await post(engine, input=TEXTS, encoding_format="base64", hearth={"priority": "background"})
    assert [row["index"] for row in told["data"]] == list(range(len(TEXTS)))
    vectors = np.stack([np.frombuffer(b64decode(row["embedding"]), "<f4") for row in told["data"]])
    assert ((vectors * EXPECTED).sum(axis=1) >= 0.999).all()


async def test_a_long_text_is_told_of(engine: RunningEngine) -> None:
    """Nothing is left out in silence."""
    told = await post(engine, input=["word " * 600, "short"])
    assert told["hearth"] == {"truncated": 1}
    assert 512 < told["usage"]["prompt_tokens"] < 530


REFUSALS: Mapping[str, tuple[dict[str, Any], ErrorCode, str | None]] = {
    "no input": ({}, ErrorCode.INVALID_REQUEST, "input"),
    "no text": ({"input": []}, ErrorCode.INVALID_REQUEST, "input"),
    "empty text": ({"input": ["a", ""]}, ErrorCode.INVALID_REQUEST, "input[1]"),
    "too many": ({"input": ["a"] * 2049}, ErrorCode.INVALID_REQUEST, "input"),
    "no texts": ({"input": [{}]}, ErrorCode.INVALID_REQUEST, "input[0]"),
    "tokens": ({"input": [1, 2]}, ErrorCode.UNSUPPORTED, "input"),
    "lists of tokens": ({"input": [[1, 2]]}, ErrorCode.UNSUPPORTED, "input"),
    "format": ({"input": "a", "encoding_format": "hex"}, ErrorCode.INVALID_REQUEST, "encoding_format"),
    "dimensions": ({"input": "a", "dimensions": 64}, ErrorCode.UNSUPPORTED, "dimensions"),
    "priority": ({"input": "a", "hearth": {"priority": "soon"}}, ErrorCode.INVALID_REQUEST, "hearth.priority"),
    "unknown model": ({"input": "a", "model": "other"}, ErrorCode.UNKNOWN_MODEL, "model"),
    "role without a model": ({"input": "a", "model": "fast"}, ErrorCode.MODEL_MISSING, "model"),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_refusals(engine: RunningEngine, name: str) -> None:
    """What is wrong is said with the field at fault, and nothing of the texts."""
    fields, code, param = REFUSALS[name]
    error = (await post(engine, **fields))["error"]
    assert (error["code"], error["param"]) == (code, param)


async def test_strangers_get_nothing(engine: RunningEngine) -> None:
    """The token is asked for before anything is read."""
    response = await engine.client.post("/v1/embeddings", json={}, headers={"Authorization": "Bearer other"})
    assert response.status_code == 401


async def test_a_body_has_a_limit(start_engine: StartEngine) -> None:
    """The same one as everywhere."""
    engine = await start_engine({Role.EMBEDDING: BUILTIN_EMBEDDER}, max_body=1000)
    assert (await post(engine, input="a" * 1000))["error"]["code"] == ErrorCode.BODY_TOO_LARGE


async def test_a_deadline_is_kept(engine: RunningEngine) -> None:
    """What takes longer is given up."""
    error = (await post(engine, input=["word " * 500] * 300, hearth={"deadline_ms": 1}))["error"]
    assert error["code"] == ErrorCode.DEADLINE_EXCEEDED


async def test_a_client_that_leaves_ends_the_work(engine: RunningEngine) -> None:
    """Nobody embeds for nobody."""
    body = json.dumps({"model": "embedding", "input": ["word " * 400] * 2000}).encode()
    headers = f"POST /v1/embeddings HTTP/1.1\r\nHost: x\r\nAuthorization: {engine.client.headers['authorization']}\r\n"
    kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    _, writer = await asyncio.open_connection("127.0.0.1", engine.port)
    writer.write(headers.encode() + kind.encode() + body)
    await writer.drain()
    while not await running(engine):
        await asyncio.sleep(0.005)
    writer.close()
    while await running(engine):
        await asyncio.sleep(0.005)
    told = (await engine.client.get("/metrics")).text
    assert 'hearth_requests_total{model="all-minilm-l6-v2",outcome="cancelled",priority="chat"} 1.0' in told


async def running(engine: RunningEngine) -> int:
    """Return how many requests are being answered."""
    info = (await engine.client.get("/v1/info")).json()
    count: int = info["roles"]["embedding"]["statistics"]["running"]
    return count


async def test_the_engine_tells_of_it(engine: RunningEngine) -> None:
    """It is ready before it is loaded, and what it is can be seen afterwards."""
    assert (await engine.client.get("/health")).json()["status"] == "ok"
    info = (await engine.client.get("/v1/info")).json()["roles"]["embedding"]
    assert (info["model"], info["backend"], info["state"]) == ("all-minilm-l6-v2", "local", "ready")
    await post(engine, input="a")
    info = (await engine.client.get("/v1/info")).json()["roles"]["embedding"]
    assert (info["dimension"], info["context_length"], info["parallel"]) == (384, 512, 1)
    assert info["statistics"]["requests"] == 1


async def test_it_is_listed_and_stays(engine: RunningEngine) -> None:
    """The catalogue says that it is a part of the engine, which nobody removes."""
    models = (await engine.client.get("/v1/catalog")).json()["models"]
    (model,) = (model for model in models if model["id"] == "all-minilm-l6-v2")
    assert (model["installed"]["source"], model["installed"]["roles"]) == ("builtin", ["embedding"])
    assert (model["licence"], model["fit"]["verdict"]) == ("Apache-2.0", "good")


async def test_a_chat_model_is_refused(start_engine: StartEngine, tiny_model: Path) -> None:
    """In clear words, when it is asked for vectors."""
    engine = await start_engine({Role.EMBEDDING: LocalRef(tiny_model)})
    while (await engine.client.get("/health")).json()["status"] == "loading":
        await asyncio.sleep(0.01)
    error = (await post(engine, input="a"))["error"]
    assert (error["code"], error["message"]) == (ErrorCode.UNSUPPORTED, "This model writes text; it does not embed.")
