"""What a command costs before the first word: prompt tokens to compute, and the time until the first token."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
import statistics
from typing import Any

from bench.client import Client, Reply
from bench.report import LLAMA_SERVER, Row, Target, compared

from ..day import Asked
from ..stage import Stage, foreign, short

_CORE = f"core's llama_cpp on {LLAMA_SERVER}"
# So many commands in a row make one round of first tokens.
_WINDOW = 6
# And so many are replayed with layouts and servers exchanged.
_CROSSED = 30


async def prefilled(stage: Stage) -> list[Row]:
    """Count the prompt tokens that a morning's commands make a server compute, warming included.

    Tokens do not depend on weights and hardly on time: one pass with the small model counts them all. Each layout is
    also replayed on the other's server for a while, which tells the layout's part from the kernel's.
    """
    day = stage.day
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(stage.launcher.hearthd(stage.small))
        theirs = await stack.enter_async_context(stage.launcher.llama_server(stage.small))
        warming = sum([await _warm(ours, body) for body in day.warm])
        hearth = [await _count(ours, command.hearth) for command in day.commands]
        core = [await _count(theirs, command.core) for command in day.commands]
    commands = len(day.commands)
    row = compared(
        "prompt tokens prefilled per command",
        "tokens",
        [((warming + sum(hearth)) / commands, sum(core) / commands)],
        _CORE,
        target=Target(1 / 10),
        note=(
            f"mean of {commands} commands, the first reading of the home included: {warming} tokens of warming here, "
            f"{core[0]} for core's first command; medians of a command: {statistics.median(hearth):.0f} and "
            f"{statistics.median(core):.0f}"
        ),
        raw={"warming": warming, "hearth": hearth, "core": core},
    )
    return [row, *await _crossed(stage, statistics.mean(core[1:_CROSSED]))]


async def _crossed(stage: Stage, core: float) -> list[Row]:
    """Replay the first commands with layouts and servers exchanged; the very first is left out, it reads the home."""
    commands = stage.day.commands[:_CROSSED]
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(stage.launcher.hearthd(stage.small, "crossed"))
        theirs = await stack.enter_async_context(stage.launcher.llama_server(stage.small))
        counts = {
            "Hearth's layout on llama-server": [
                await _count(theirs, [foreign(body) for body in command.hearth]) for command in commands
            ],
            "core's layout on Hearth's engine": [await _count(ours, command.core) for command in commands],
        }
    return [
        compared(f"the same, {name}", "tokens", [(statistics.mean(taken[1:]), core)], _CORE, raw={"commands": taken})
        for name, taken in counts.items()
    ]


async def _count(client: Client, bodies: Any) -> int:
    return sum([(await client.chat(short(body))).prefilled for body in bodies])


async def _warm(client: Client, body: Any) -> int:
    warmth = await client.post("/v1/warm", body)
    return int(warmth["tokens"]) - int(warmth["cache_n"])


async def first_token(stage: Stage) -> list[Row]:
    """Time the first token of a command's first request, by turns on both servers, in windows over the morning."""
    rounds: list[tuple[float, float]] = []
    taken: list[dict[str, Any]] = []
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(stage.launcher.hearthd(stage.large, "first-token"))
        theirs = await stack.enter_async_context(stage.launcher.llama_server(stage.large))
        for body in stage.day.warm:
            await ours.post("/v1/warm", body)
        cold = await theirs.chat(short(stage.day.commands[0].core[0]))
        for window in _windows(stage):
            pairs = [(await _answer(ours, command.hearth), await _answer(theirs, command.core)) for command in window]
            first = [(mine[0].first_ms, yours[0].first_ms) for mine, yours in pairs]
            rounds.append((statistics.median(pair[0] for pair in first), statistics.median(pair[1] for pair in first)))
            taken += [{"hearth": _told(mine), "core": _told(yours)} for mine, yours in pairs]
    return [
        compared(
            "first token of a command, warm",
            "ms",
            rounds,
            _CORE,
            target=Target(1 / 5),
            note=f"of a command's first request; {len(taken)} commands. Cold, core's first took {cold.first_ms:.0f} ms",
            raw={"commands": taken, "core_cold_ms": cold.first_ms, "core_cold_tokens": cold.prefilled},
        )
    ]


def _windows(stage: Stage) -> Iterator[list[Asked]]:
    commands = list(stage.day.commands)
    for number in range(stage.rounds):
        begin = number * len(commands) // stage.rounds
        yield commands[begin : begin + _WINDOW]


async def _answer(client: Client, bodies: Any) -> list[Reply]:
    return [await client.chat(short(body)) for body in bodies]


def _told(replies: list[Reply]) -> list[dict[str, float]]:
    return [{"first_ms": reply.first_ms, "prefilled": reply.prefilled} for reply in replies]
