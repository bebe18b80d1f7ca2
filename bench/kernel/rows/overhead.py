"""What streaming a token over HTTP adds to making it."""

import asyncio
from dataclasses import replace
import json
from pathlib import Path
import statistics

from bench.hearthd import HEARTHD_PYTHON
from bench.report import Row, Target

from ..servers import Setup, hearthd_settings
from ..stage import Stage, chatter

_DRIVER = Path(__file__).parent.parent / "in_process.py"
_TOKENS = 400
_PROMPT_TOKENS = 16
_PATIENCE_SECONDS = 120


async def overhead(stage: Stage) -> list[Row]:
    """Take the time per token from a stream over HTTP and from the same backend in its own process, by turns.

    With the small model, whose steps are so short that the API's part is not lost in them, and with one thread, so
    that the other core is free for the API: what is left is what both do in turns, Python's lock included.
    """
    pairs: list[tuple[float, float]] = []
    setup = replace(stage.small, threads=1)
    async with stage.launcher.hearthd(setup, "overhead") as client:
        for number in range(stage.rounds + 1):
            body = chatter(_PROMPT_TOKENS, number, max_tokens=_TOKENS)
            await client.chat(body)
            streamed = (await client.chat(body)).per_token_ms
            pairs.append((streamed, await _in_process(setup, body)))
    added = statistics.median(streamed - bare for streamed, bare in pairs)
    return [
        Row(
            "API overhead per streamed token",
            added,
            "ms",
            added,
            Target(0.3),
            note=f"{statistics.median(pair[0] for pair in pairs):.3f} ms a token streamed to a client, "
            f"{statistics.median(pair[1] for pair in pairs):.3f} ms from the backend in its own process",
            raw={"rounds": [list(pair) for pair in pairs]},
        )
    ]


async def _in_process(setup: Setup, body: dict[str, object]) -> float:
    wishes = {"model": str(setup.model), "settings": hearthd_settings(setup), "request": body}
    process = await asyncio.create_subprocess_exec(
        HEARTHD_PYTHON, _DRIVER, json.dumps(wishes), stdout=asyncio.subprocess.PIPE, env={"PATH": ""}
    )
    async with asyncio.timeout(_PATIENCE_SECONDS):
        output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"in_process.py ended with code {process.returncode}")
    return float(output)
