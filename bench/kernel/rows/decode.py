"""How many tokens a second come out, for one stream and for several at once."""

import asyncio
from contextlib import AsyncExitStack

from bench.client import Client
from bench.report import LLAMA_CPP_SERVER, LLAMA_SERVER, Row, Target, compared

from ..stage import Stage, chatter

_STREAMS = (1, 2, 4)
_TOKENS = 64
# Short, for it is read within the time that is taken.
_PROMPT_TOKENS = 16


async def decode(stage: Stage) -> list[Row]:
    """Let all three servers generate by turns, with one, two and four streams."""
    taken: dict[tuple[str, int], list[float]] = {}
    async with AsyncExitStack() as stack:
        launcher = stage.launcher
        clients = {
            "ours": await stack.enter_async_context(launcher.hearthd(stage.large, "decode")),
            LLAMA_SERVER: await stack.enter_async_context(launcher.llama_server(stage.large)),
            LLAMA_CPP_SERVER: await stack.enter_async_context(launcher.llama_cpp_server(stage.large)),
        }
        for client in clients.values():
            await throughput(client, 1, seed=0)
        for number in range(stage.rounds):
            for streams in _STREAMS:
                for name, client in clients.items():
                    speed = await throughput(client, streams, seed=100 * number + 10 * streams + 1)
                    taken.setdefault((name, streams), []).append(speed)
    return [
        compared(
            f"decode throughput, {streams} stream{'s' if streams > 1 else ''}",
            "tokens/s",
            list(zip(taken["ours", streams], taken[other, streams], strict=True)),
            other,
            target=Target(0.95, at_least=True) if other == LLAMA_SERVER else None,
        )
        for other in (LLAMA_SERVER, LLAMA_CPP_SERVER)
        for streams in _STREAMS
    ]


async def throughput(client: Client, streams: int, seed: int) -> float:
    """Return the tokens that came in a second, from the first one that did."""
    bodies = [chatter(_PROMPT_TOKENS, seed + number, max_tokens=_TOKENS) for number in range(streams)]
    replies = await asyncio.gather(*(client.chat(body) for body in bodies))
    times = [reply.sent + arrival / 1000 for reply in replies for arrival in reply.arrivals]
    return (sum(reply.generated for reply in replies) - 1) / (max(times) - min(times))
