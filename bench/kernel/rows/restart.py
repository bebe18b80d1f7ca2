"""How long after a start the first token of a home's command comes, cold and from what was saved."""

import asyncio
import time
from typing import Any

from bench.report import Row, Target, compared

from ..stage import Stage, short

_COLD = "Hearth, nothing saved"


async def restart(stage: Stage) -> list[Row]:
    """Start hearthd without a snapshot and with one by turns, and ask for the same command each time."""
    rounds: list[tuple[float, float]] = []
    prompts: list[dict[str, int]] = []
    for number in range(stage.rounds):
        data = f"restart-{number}"
        cold, cold_prompt = await _first_token(stage, data, save=True)
        warm, warm_prompt = await _first_token(stage, data, save=False)
        rounds.append((warm, cold))
        prompts.append({"cold": cold_prompt, "warm": warm_prompt})
    return [
        compared(
            "restart to first warm token",
            "ms",
            rounds,
            _COLD,
            target=Target(1 / 5),
            note="both from the start of the process: load the model, read the prompt, give the first token. "
            f"{prompts[-1]['cold']} tokens are computed cold, {prompts[-1]['warm']} with a snapshot",
            raw={"prompts": prompts},
        )
    ]


async def _first_token(stage: Stage, data: str, *, save: bool) -> tuple[float, int]:
    """Return the milliseconds from the process's start to a first token, and the tokens computed for it."""
    body: dict[str, Any] = short(stage.day.commands[0].hearth[0])
    began = time.perf_counter()
    async with stage.launcher.hearthd(stage.large, data) as client:
        reply = await client.chat(body)
        elapsed = (reply.sent - began) * 1000 + reply.first_ms
        if save:
            await _save(stage, client)
    return elapsed, reply.prefilled


async def _save(stage: Stage, client: Any) -> None:
    """Have the home's prefix kept on disk, as the integration does."""
    async with asyncio.timeout(120):
        for body in stage.day.warm:
            while not (await client.post("/v1/warm", body))["saved"]:  # noqa: ASYNC110 - nothing else tells
                await asyncio.sleep(0.2)
