"""Test that the real engine and the real client agree on warming, stopping, measuring, and the models themselves."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.hearth.engine import (
    ChatEvent,
    ChatRequest,
    EngineClient,
    EngineError,
    Finished,
    PullSource,
    WarmRequest,
    Warmth,
)
from tests import hearthd as real_engine
from tests.hearthd import Hearthd

from .test_engine_contract import LAMP

HOME = [{"role": "system", "content": "You are the voice of a lighthouse. " * 12}]
LONG = {"reply": {"content": "word " * 2000, "chunk_size": 5, "delay_ms": 20}}
# A model of random weights may end a free reply at once; one that must be long is still written when the stop comes.
MANY = {"type": "array", "items": {"type": "integer"}, "minItems": 2000}


async def _chat(client: EngineClient, words: str, **fields: Any) -> ChatEvent:
    """Return how a reply ended."""
    request = ChatRequest("fast", [*HOME, {"role": "user", "content": words}], **fields)
    return [event async for event in client.async_chat(request)][-1]


async def _until[T](ask: Callable[[], Awaitable[T]], condition: Callable[[T], object]) -> T:
    async with asyncio.timeout(60):
        while not condition(answer := await ask()):
            await asyncio.sleep(0.05)
        return answer


@pytest.fixture
def client(session: ClientSession, engine: Hearthd) -> EngineClient:
    """Return a client of each kind of engine in turn."""
    engine.script([])
    return EngineClient(session, engine.url, engine.token)


async def test_what_a_role_tells_of_itself(client: EngineClient, engine: Hearthd) -> None:
    """Each role tells who serves it and how it fares, and the engine how much room there is."""
    info = await client.async_info()
    fast, empty = info.roles["fast"], info.roles["reasoning"]
    assert fast.model == fast.serving
    assert fast.fallback == ()
    assert fast.statistics is not None
    assert fast.statistics.running == fast.statistics.waiting == 0
    assert (empty.model, empty.serving) == (None, None)
    assert info.disk is not None
    assert info.disk.free_bytes > 0


async def test_statistics_follow_what_is_asked(client: EngineClient, engine: Hearthd) -> None:
    """A request is counted, and its times are told."""
    engine.script([{"reply": {"content": "Hello to you."}}])
    before = (await client.async_info()).roles["fast"].statistics
    await _chat(client, "hello")
    after = (await client.async_info()).roles["fast"].statistics
    assert before is not None
    assert after is not None
    assert after.requests == before.requests + 1
    assert after.first_token_ms is not None
    assert after.queue_ms is not None


async def test_warming_is_understood(client: EngineClient, engine: Hearthd) -> None:
    """Every kind of engine takes a beginning and tells what came of it."""
    warmth = await client.async_warm(WarmRequest("fast", "agent", HOME, [LAMP], "none"))
    assert isinstance(warmth, Warmth)
    assert 0 <= warmth.cache_n <= warmth.tokens


async def test_a_turn_finds_what_was_warmed(session: ClientSession, tiny_engine: Hearthd) -> None:
    """A request that begins as was warmed computes hardly more than its own words, and warming again nothing."""
    client = EngineClient(session, tiny_engine.url, tiny_engine.token)
    home = [{"role": "system", "content": "You keep the log of a lighthouse. " * 12}]
    warm = WarmRequest("fast", "log", home, [LAMP], "none")
    first = await client.async_warm(warm)
    assert first.tokens > 100
    turn = ChatRequest("fast", [*home, {"role": "user", "content": "hello"}], [LAMP], reasoning="none")
    async with asyncio.timeout(60):
        end = [event async for event in client.async_chat(turn)][-1]
    assert isinstance(end, Finished)
    assert end.timings["cache_n"] >= first.tokens
    again = await client.async_warm(warm)
    assert again.cache_n >= again.tokens - 1


async def test_what_can_not_be_warmed(client: EngineClient) -> None:
    """A role without a model is told of as in a chat."""
    with pytest.raises(EngineError) as caught:
        await client.async_warm(WarmRequest("reasoning", "agent", HOME, []))
    assert caught.value.code == "model_missing"


async def test_stop_ends_what_runs(client: EngineClient, engine: Hearthd) -> None:
    """A stop ends a reply with an error of its own, and the next is answered as if nothing had been."""
    engine.script([LONG, {"reply": {"content": "Hello."}}])
    request = ChatRequest("fast", [{"role": "user", "content": "count for me"}], schema=MANY)
    events = client.async_chat(request)
    await anext(events)
    assert await client.async_stop() >= 1
    with pytest.raises(EngineError) as caught:
        async for _event in events:
            pass
    assert caught.value.code == "stopped"
    assert await client.async_stop() == 0
    assert isinstance(await _chat(client, "hello"), Finished)


@pytest.mark.parametrize("effort", ["none", "low", "medium", "high"])
async def test_the_effort_of_thinking_is_understood(client: EngineClient, engine: Hearthd, effort: str) -> None:
    """Whatever a model makes of it, each effort is a valid wish."""
    engine.script([{"reply": {"content": "Hello."}}])
    assert isinstance(await _chat(client, "hello", reasoning=effort), Finished)


async def test_a_role_that_the_start_fixed(client: EngineClient) -> None:
    """A model given on the command line is not to be changed, and the client hears why."""
    choice = (await client.async_roles())["fast"]
    assert (choice.changeable, choice.state, choice.error) == (False, "ready", None)
    with pytest.raises(EngineError) as caught:
        await client.async_choose("fast", None)
    assert caught.value.code == "role_fixed"


async def test_the_catalogue(client: EngineClient) -> None:
    """What can be had is told with whether it fits."""
    models = await client.async_catalog()
    assert len(models) > 5
    assert {model.fit for model in models} <= {"good", "tight", "no"}
    assert all(model.repo and model.licence for model in models)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (PullSource(id="no-such-model"), "unknown_model"),
        (PullSource(repo="nonsense", file="a.gguf"), "invalid_request"),
        (PullSource(id="qwen3-0.6b"), "hub_offline"),
    ],
)
async def test_pulls_that_do_not_begin(session: ClientSession, tmp_path: Path, source: PullSource, code: str) -> None:
    """What can't be fetched is refused before anything is."""
    with real_engine.running(tmp_path, options=["--offline", "yes"]) as engine:
        client = EngineClient(session, engine.url, engine.token)
        with pytest.raises(EngineError) as caught:
            await anext(client.async_pull(source))
    assert caught.value.code == code


async def test_a_models_life(session: ClientSession, tmp_path: Path, tiny_model: Path) -> None:
    """A file is added, given a role, asked, kept while it is used, taken from the role and removed."""
    with real_engine.running(tmp_path, options=["--context-length", "1024"], is_free=True) as engine:
        client = EngineClient(session, engine.url, engine.token)
        with pytest.raises(EngineError) as caught:
            await client.async_add("/nowhere/model.gguf")
        assert caught.value.code == "model_missing"
        await client.async_add(str(tiny_model), "mine")
        added = next(model for model in await client.async_catalog() if model.id == "mine")
        assert added.installed is not None
        assert (added.installed.source, added.installed.roles) == ("local", ())

        assert "mine" in (await client.async_roles())["fast"].choices
        assert (await client.async_choose("fast", "mine")).model == "mine"
        info = await _until(client.async_info, lambda info: info.roles["fast"].state == "ready")
        assert (info.roles["fast"].backend, info.roles["fast"].prefix_sharing) == ("local", "any")
        assert isinstance(await _chat(client, "hello", deadline_ms=60_000), Finished)

        with pytest.raises(EngineError) as caught:
            await client.async_remove("mine")
        assert caught.value.code == "model_in_use"
        await client.async_choose("fast", None)
        await _until(client.async_info, lambda info: info.roles["fast"].model is None)
        await client.async_remove("mine")
        assert "mine" not in (await client.async_roles())["fast"].choices
        assert tiny_model.exists()
