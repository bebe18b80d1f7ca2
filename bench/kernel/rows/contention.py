"""How long a voice waits for its first token while the background is at work."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import cycle
from typing import Any

from bench.client import Client
from bench.figures import percentile
from bench.report import LLAMA_SERVER, Row, Target, compared

from ..stage import PARALLEL, Stage, chatter, foreign, short

_PREFILL_TOKENS = 4096
_GENERATIONS = 2
_VOICES = 4
# A voice comes so long after the one before at the earliest, and not before that one has been answered.
_SPACING_SECONDS = 4.0
# Whoever has waited so long has hung up; it counts as so long, which flatters the slower.
_PATIENCE_SECONDS = 15.0
# The generations and the prefill outlast the voices of a round; they are hung up on then.
_ENDLESS = 2000
_PROMPT_TOKENS = 100
_VOICE_TOKENS = 4


async def contention(stage: Stage) -> list[Row]:
    """Time voices beside a long prefill and two generations, the home's prefix being warm on both servers.

    Both get the very same requests, in Hearth's layout, so that only the servers differ. They begin conversations: what
    was said in one before would have to be read first, which it has nowhere been here, but would have been in a home.
    """
    voices = cycle([command.hearth[0] for command in stage.day.commands if _begins(command.hearth[0])])
    samples: dict[str, list[list[float]]] = {"ours": [], "theirs": []}
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(stage.launcher.hearthd(stage.large, "contention"))
        theirs = await stack.enter_async_context(stage.launcher.llama_server(stage.large))
        for client in (ours, theirs):
            await client.chat(short(_for(client, ours, next(voices))))
        for number in range(stage.rounds):
            bodies = [next(voices) for _ in range(_VOICES)]
            for name, client in (("ours", ours), ("theirs", theirs)):
                asked = [_for(client, ours, body) for body in bodies]
                samples[name].append(await _round(client, asked, seed=1000 * number))
    rounds = [
        (percentile(mine, 0.95), percentile(yours, 0.95))
        for mine, yours in zip(samples["ours"], samples["theirs"], strict=True)
    ]
    return [
        compared(
            "first token of a voice beside background work, p95",
            "ms",
            rounds,
            LLAMA_SERVER,
            target=Target(1 / 3),
            note=f"{_VOICES} voices a round beside one prefill of {_PREFILL_TOKENS} tokens and {_GENERATIONS} "
            f"generations; {PARALLEL} at a time on either; one that waits {_PATIENCE_SECONDS:.0f} s hangs up and counts"
            " as so long",
            raw=samples,
        )
    ]


def _begins(body: Mapping[str, Any]) -> bool:
    return [message["role"] for message in body["messages"]] == ["system", "user"]


def _for(client: Client, ours: Client, body: Mapping[str, Any]) -> Mapping[str, Any]:
    return body if client is ours else foreign(body)


async def _round(client: Client, voices: Sequence[Mapping[str, Any]], seed: int) -> list[float]:
    """Return the first tokens of voices, in milliseconds."""
    loop = asyncio.get_running_loop()
    first = []
    async with _background(client, seed):
        for body in voices:
            began = loop.time()
            first.append(await _first_ms(client, body))
            await asyncio.sleep(began + _SPACING_SECONDS - loop.time())
    return first


async def _first_ms(client: Client, body: Mapping[str, Any]) -> float:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return (await client.chat(short(body, _VOICE_TOKENS))).first_ms
    except TimeoutError:
        return _PATIENCE_SECONDS * 1000


@asynccontextmanager
async def _background(client: Client, seed: int) -> AsyncIterator[None]:
    """Keep generations running and a long prompt being read for as long as the block lasts."""
    bodies = _bodies(seed)
    async with asyncio.TaskGroup() as group:
        tasks = []
        for body in bodies[:_GENERATIONS]:
            started = asyncio.Event()
            tasks.append(group.create_task(client.chat(body, started=started)))
            await started.wait()
        tasks += [group.create_task(client.chat(body)) for body in bodies[_GENERATIONS:]]
        # The prefill is under way by then.
        await asyncio.sleep(0.5)
        yield
        for task in tasks:
            task.cancel()


def _bodies(seed: int) -> list[dict[str, Any]]:
    generations = [
        chatter(_PROMPT_TOKENS, seed + number, max_tokens=_ENDLESS, priority="background")
        for number in range(_GENERATIONS)
    ]
    return [*generations, chatter(_PREFILL_TOKENS, seed + _GENERATIONS, max_tokens=1, priority="background")]
