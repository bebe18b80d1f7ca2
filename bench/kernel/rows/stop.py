"""How soon everything ends after a stop."""

import asyncio
from itertools import pairwise
import statistics
import time

from bench.client import Client
from bench.report import Row, Target

from ..stage import Stage, chatter

# Twice a round, with one stream and with several; the worst counts, for the issue says within.
_STREAMS = (1, 3)
_PROMPT_TOKENS = 16
_STEPS = 12
_ENDLESS = 2000
_STEPS_SECONDS = 1.0


async def stop(stage: Stage) -> list[Row]:
    """Stop generations under way, and compare the time until their streams end with that of a decode step."""
    taken: list[dict[str, float]] = []
    async with stage.launcher.hearthd(stage.large, "stop") as client:
        await client.chat(chatter(_PROMPT_TOKENS, 1, max_tokens=_STEPS))
        for number in range(stage.rounds):
            taken += [await _stop(client, streams, seed=100 * number + 10 * streams) for streams in _STREAMS]
    steps = [one["ended_ms"] / one["step_ms"] for one in taken]
    return [
        Row(
            "stop: the last stream ends after",
            statistics.median(one["ended_ms"] for one in taken),
            "ms",
            max(steps),
            Target(1.0),
            "a decode step",
            statistics.median(one["step_ms"] for one in taken),
            f"the ratio is the largest of {len(taken)}, in decode steps from sending /v1/stop until the last of "
            f"{_STREAMS[0]} or {_STREAMS[1]} streams has ended; their median is {statistics.median(steps):.2f}",
            {"stops": taken},
        )
    ]


async def _stop(client: Client, streams: int, seed: int) -> dict[str, float]:
    bodies = [chatter(_PROMPT_TOKENS, seed + number, max_tokens=_ENDLESS) for number in range(streams)]
    started = [asyncio.Event() for _ in bodies]
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(client.chat(body, started=event)) for body, event in zip(bodies, started, strict=True)
        ]
        for event in started:
            await event.wait()
        # Far from the prompts, and each time elsewhere in a step.
        await asyncio.sleep(_STEPS_SECONDS + seed % 7 / 100)
        sent = time.perf_counter()
        stopped = await client.post("/v1/stop")
        answered_ms = (time.perf_counter() - sent) * 1000
    replies = [task.result() for task in tasks]
    gaps = [later - earlier for reply in replies for earlier, later in pairwise(reply.arrivals[-_STEPS:])]
    return {
        "streams": streams,
        "stopped": stopped["stopped"],
        "answered_ms": answered_ms,
        "ended_ms": max((reply.sent - sent) * 1000 + reply.ended_ms for reply in replies),
        "step_ms": statistics.median(gaps),
    }
