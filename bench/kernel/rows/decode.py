"""How many tokens a second come out, for one stream and for several at once."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bench.client import Client
from bench.report import LLAMA_CPP_SERVER, LLAMA_SERVER, Row, Target, compared

from ..stage import Stage, chatter

_STREAMS = (1, 2, 4)
_TOKENS = 64
_PROMPT_TOKENS = 16


async def decode(stage: Stage) -> list[Row]:
    """Let all three servers generate by turns, with one, two and four streams."""
    taken: dict[tuple[str, int], list[Speed]] = {}
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
        *_rows(taken, LLAMA_SERVER, lambda speed: speed.together, target=Target(0.95, at_least=True)),
        *_rows(taken, LLAMA_SERVER, lambda speed: speed.overall, how=", prompts included"),
        # It serves one stream after the other, so that no two of them ever decode together.
        *_rows(taken, LLAMA_CPP_SERVER, lambda speed: speed.overall, how=", prompts included"),
    ]


def _rows(
    taken: Mapping[tuple[str, int], Sequence[Speed]],
    other: str,
    figure: Callable[[Speed], float],
    *,
    how: str = "",
    target: Target | None = None,
) -> Iterator[Row]:
    """Yield the rows of one figure beside another server."""
    for streams in _STREAMS:
        pairs = zip(taken["ours", streams], taken[other, streams], strict=True)
        rounds = [(figure(mine), figure(yours)) for mine, yours in pairs]
        name = f"decode throughput, {streams} stream{'s' if streams > 1 else ''}{how}"
        yield compared(name, "tokens/s", rounds, other, target=target)


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens a second of several streams: while all of them were decoding, and from any's first token to all's last.

    Whoever answers the first stream before it has read the prompts of the others reads them in the latter's time.
    """

    together: float
    overall: float


async def throughput(client: Client, streams: int, seed: int) -> Speed:
    """Let some streams begin at once, and return how fast tokens came; together is 0 if they never decoded so."""
    bodies = [chatter(_PROMPT_TOKENS, seed + number, max_tokens=_TOKENS) for number in range(streams)]
    replies = await asyncio.gather(*(client.chat(body) for body in bodies))
    times = [[reply.sent + arrival / 1000 for arrival in reply.arrivals] for reply in replies]
    begin, end = max(own[0] for own in times), min(own[-1] for own in times)
    # A piece of text may be of more than one token.
    together = sum(
        reply.generated * sum(begin < at <= end for at in own) / len(own)
        for reply, own in zip(replies, times, strict=True)
    )
    first, last = min(own[0] for own in times), max(own[-1] for own in times)
    overall = (sum(reply.generated for reply in replies) - 1) / (last - first)
    return Speed(together / (end - begin) if end > begin else 0.0, overall)
