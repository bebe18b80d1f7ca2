"""How fast somebody is answered while the library reads what is new."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from bench.report import Row, compared

from ..stage import Stage, chatter
from .decode import throughput

_TEXTS = 64
_WORDS = 30


async def reading(stage: Stage) -> list[Row]:
    """Let one stream come by turns from Hearth's engine and from llama-server, both beside a model that embeds.

    Hearth's engine embeds by itself; beside llama-server stands another one, which is how people run the two.
    """
    rounds: list[tuple[float, float]] = []
    async with AsyncExitStack() as stack:
        launcher = stage.launcher
        ours = await stack.enter_async_context(launcher.hearthd(stage.large, "reading"))
        theirs = await stack.enter_async_context(launcher.llama_server(stage.large))
        embedder = await stack.enter_async_context(launcher.embedding_server(stage.large.threads))
        for client in (ours, theirs):
            await throughput(client, 1, seed=0)
        for number in range(stage.rounds):
            seed = 100 * number
            async with _reads(ours.post, "embedding", seed):
                mine = (await throughput(ours, 1, seed=seed + 1)).overall
            async with _reads(embedder.post, "embedding", seed):
                yours = (await throughput(theirs, 1, seed=seed + 1)).overall
            rounds.append((mine, yours))
    return [
        compared(
            "decode throughput, 1 stream, while the library reads",
            "tokens/s",
            rounds,
            "llama-server beside one that embeds",
            note=f"requests of {_TEXTS} notes of {_WORDS} words follow each other; Hearth lets them wait",
        )
    ]


@asynccontextmanager
async def _reads(
    post: Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]], model: str, seed: int
) -> AsyncIterator[None]:
    """Have texts embedded, in the background where the server knows one, for as long as the block lasts."""

    async def read() -> None:
        number = seed
        while True:
            texts = [_note(number + position) for position in range(_TEXTS)]
            await post("/v1/embeddings", {"model": model, "input": texts, "hearth": {"priority": "background"}})
            number += _TEXTS

    task = asyncio.create_task(read())
    try:
        # The first texts have the model loaded.
        await asyncio.sleep(1.0)
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled():
        await task


def _note(seed: int) -> str:
    message: str = chatter(_WORDS, seed, max_tokens=1)["messages"][0]["content"]
    return message
