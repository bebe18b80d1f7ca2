"""Test a local model through its life: loaded, warmed, asked for many things at once, stopped and loaded again."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
import json
from pathlib import Path
import threading
from typing import Any

import jsonschema
import pytest

from hearthd.engine.kernel.snapshots import SnapshotStore
from hearthd.errors import ApiError, ErrorCode
from tests.engine.kernel.test_soak import resident_bytes
from tests.engine.test_local import (
    ENDLESS,
    HELLO,
    JSON_REPLIES,
    TOOLS,
    anext_error,
    busy,
    calls,
    finish,
    local_backend,
    reply,
    request,
    running,
    text,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("shape", ["attention", "sliding", "recurrent", "hybrid"])
async def test_warm_prefix_serves_whatever_is_asked_last(
    make_model: Callable[..., Path], tmp_path: Path, shape: str
) -> None:
    """The home is read once: for each request, also after a restart, and until its name is warmed with another."""
    path, store = make_model(shape=shape), SnapshotStore(tmp_path, 10**8)
    home = request(messages=({"role": "system", "content": "light " * 40}, HELLO[1]), tools=TOOLS)
    asked = [replace(home, messages=(home.messages[0], {"role": "user", "content": words})) for words in ("Hm?", "On!")]
    async with running(path, snapshots=store, context_length=8192) as backend:
        warmth = await backend.warm("home", home)
        assert (warmth.cache_n, warmth.saved) == (0, True)
        again = await backend.warm("home", asked[0])
        assert (again.tokens, again.cache_n) == (warmth.tokens, warmth.tokens)
        cached = [finish(await reply(backend, one)).timings.cache_n for one in asked]
        assert min(cached) >= warmth.tokens
    async with running(path, snapshots=store, context_length=8192) as backend:
        assert finish(await reply(backend, asked[0])).timings.cache_n == warmth.tokens
        other = await backend.warm("home", request())
        assert 0 < other.tokens < warmth.tokens


async def test_next_turn_starts_from_the_last(make_model: Callable[..., Path]) -> None:
    """A model that cannot go back keeps a checkpoint before the user's last words, so history is not read again."""
    history: list[dict[str, Any]] = [{"role": "system", "content": "light " * 40}]
    async with running(make_model(shape="recurrent"), context_length=2048) as backend:
        before = 0
        for words in ("Hello", "Turn it on", "And off"):
            history.append({"role": "user", "content": words})
            events = await reply(backend, request(messages=tuple(history), sampling={"max_tokens": 8}))
            timings = finish(events).timings
            assert timings.cache_n >= before
            # All but the last words and what the template puts around them.
            before = timings.cache_n + timings.prompt_n - 60
            history.append({"role": "assistant", "content": text(events)})


async def test_stop_ends_what_runs_and_what_waits(tiny_model: Path) -> None:
    """Each gets the error, and the model is there for the next."""
    async with running(tiny_model, context_length=60_000, seats=1) as endless_backend, busy(endless_backend) as endless:
        waiting = asyncio.ensure_future(reply(endless_backend, request()))
        await asyncio.sleep(0)
        assert endless_backend.stop_all(ApiError(ErrorCode.STOPPED, "Stopped.")) == 2
        for failing in (waiting, anext_error(endless)):
            with pytest.raises(ApiError) as failure:
                await failing
            assert failure.value.code is ErrorCode.STOPPED
        assert endless_backend.stop_all(ApiError(ErrorCode.STOPPED, "Stopped.")) == 0
        assert finish(await reply(endless_backend, request()))


async def test_requests_of_all_kinds_share_steps(tiny_model: Path) -> None:
    """Grammars and seeds of requests that run together do not mix."""
    asked = [
        request(sampling={"seed": 1}),
        request(schema=JSON_REPLIES["light"]),
        request(tools=TOOLS, tool_choice="required", parallel_tool_calls=False, sampling={"max_tokens": 400}),
    ]
    async with running(tiny_model, context_length=8192) as backend:
        alone = [await reply(backend, one) for one in asked]
        words, light, call = await asyncio.gather(*(reply(backend, one) for one in asked))
    assert text(words) == text(alone[0])
    jsonschema.validate(json.loads(text(light)), JSON_REPLIES["light"])
    assert [(one.name, one.arguments) for one in calls(call)] == [(one.name, one.arguments) for one in calls(alone[2])]


async def test_start_describes_how_the_model_runs(make_model: Callable[..., Path]) -> None:
    """What the plan says and what the model's memory allows."""
    shares = {"attention": "any", "sliding": "exact", "recurrent": "exact", "hybrid": "exact"}
    for shape, sharing in shares.items():
        backend = local_backend(make_model(shape=shape), context_length=512, seats=3)
        info = await backend.start()
        await backend.close()
        told = (
            info.prefix_sharing,
            info.parallel,
            info.cache_tokens,
            info.threads,
            info.gpu_layers,
            info.flash_attention,
        )
        assert told == (sharing, 3, 1024, 1, 0, False)


async def test_loading_can_be_given_up(tiny_model: Path) -> None:
    """Whenever that is, no thread and no model stay behind."""
    backend = local_backend(tiny_model, context_length=512)
    for delay in (0.0, 0.001, 0.005, 0.02, 0.1):
        starting = asyncio.ensure_future(backend.start())
        await asyncio.sleep(delay)
        starting.cancel()
        await asyncio.wait([starting])
        await backend.close()
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("llama ")]
    await backend.start()
    assert finish(await reply(backend, request()))
    await backend.close()


async def test_reloading_leaves_nothing_behind(make_model: Callable[..., Path]) -> None:
    """Models that are swapped again and again, with requests under way, cost no memory and no thread."""
    paths = [make_model(shape=shape) for shape in ("attention", "hybrid")]

    async def reload(times: int) -> None:
        for turn in range(times):
            backend = local_backend(paths[turn % 2], context_length=4096)
            await backend.start()
            async with aclosing(backend.chat(request(schema=ENDLESS))) as endless:
                await anext(endless)
                asking = [asyncio.ensure_future(reply(backend, request())) for _ in range(3)]
                await asyncio.sleep(0)
                await backend.close()
                ended = await asyncio.gather(*asking, return_exceptions=True)
                # A short reply may have been faster than the close.
                assert all(isinstance(end, ApiError) or finish(end) for end in ended)

    await reload(6)
    threads = threading.active_count()
    grown: list[int] = []
    # What leaks does so each time; what another test has left to be tidied up happens once.
    while len(grown) < 3 and (not grown or grown[-1] >= 16 * 2**20):
        before = resident_bytes()
        await reload(14)
        grown.append(resident_bytes() - before)
    assert min(grown) < 16 * 2**20
    # asyncio's own threads for what blocks may still be on their way to their most.
    assert threading.active_count() <= threads + 4
