"""Test what the client sees when the engine comes to harm."""

import asyncio
import os
from pathlib import Path
import signal

from aiohttp import ClientSession
import pytest

from custom_components.hearth.engine import ChatRequest, EngineClient, EngineError, EngineUnreachable, TextDelta
from tests import hearthd as real_engine

HELLO = [{"role": "user", "content": "hello"}]
STORY = {"reply": {"content": "word " * 500, "chunk_size": 5, "delay_ms": 50}}


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGKILL, "engine_unreachable"), (signal.SIGTERM, "shutting_down")])
async def test_an_engine_that_dies_in_the_middle(
    session: ClientSession, tmp_path: Path, sent: signal.Signals, code: str
) -> None:
    """What was said is delivered, then the error; a kill and a farewell are told apart."""
    with real_engine.running(tmp_path) as engine:
        engine.script([STORY])
        events = EngineClient(session, engine.url, engine.token).async_chat(ChatRequest("fast", HELLO))
        assert isinstance(await anext(events), TextDelta)
        os.kill(engine.pid, sent)
        with pytest.raises(EngineError) as caught:
            async for _event in events:
                pass
    assert caught.value.code == code


async def test_an_engine_that_is_gone(session: ClientSession, tmp_path: Path) -> None:
    """An engine that has ended is unreachable, at once."""
    with real_engine.running(tmp_path) as engine:
        client = EngineClient(session, engine.url, engine.token)
    with pytest.raises(EngineUnreachable):
        await client.async_info()


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (None, "model_missing"),
        (slice(0), "model_failed"),
        (slice(100), "model_failed"),
        (slice(-1000), "model_failed"),
    ],
)
async def test_a_model_file_that_is_no_good(
    session: ClientSession, tmp_path: Path, tiny_model: Path, damage: slice | None, code: str
) -> None:
    """A file that is missing, empty or cut off is an error with a name, and the engine lives on."""
    model = tmp_path / "broken.gguf"
    if damage is not None:
        model.write_bytes(tiny_model.read_bytes()[damage])
    with real_engine.running(tmp_path, model) as engine:
        client = EngineClient(session, engine.url, engine.token)
        assert await _code_once_loaded(client) == code
        assert (await client.async_health()).status == "degraded"
        assert (await client.async_info()).roles["fast"].error == code


async def _code_once_loaded(client: EngineClient) -> str:
    """Ask until the model is loaded or has failed to be, and return the error's code."""
    while True:
        with pytest.raises(EngineError) as caught:
            await anext(client.async_chat(ChatRequest("fast", HELLO)))
        if caught.value.code != "model_loading":
            return caught.value.code
        await asyncio.sleep(0.1)
