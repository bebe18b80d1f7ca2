"""Drive hearthd's own backend without its API; started by a row with the interpreter of addon/.venv.

Takes a model, hearthd's settings and a request as one JSON object, and prints the milliseconds per token of a reply.
"""

import asyncio
import json
from pathlib import Path
import sys
import tempfile
import time
from typing import Any

from hearthd.engine.backend import ChatRequest, Finish, Sampling  # type: ignore[import-not-found]  # only there
from hearthd.engine.local_models import LocalModels  # type: ignore[import-not-found]  # the same
from hearthd.engine.metrics import Metrics  # type: ignore[import-not-found]  # the same
from hearthd.models.store import open_store  # type: ignore[import-not-found]  # the same
from hearthd.settings import LocalRef, read_settings  # type: ignore[import-not-found]  # the same


async def main() -> None:
    """Answer the request often enough to be warm, and print what the last reply took."""
    wishes = json.loads(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as data:
        settings = read_settings({**wishes["settings"], "data": data}, [], {})
        models = LocalModels(settings, open_store(settings))
        backend = models.open(LocalRef(Path(wishes["model"])), Metrics().of("bench"))
        await backend.start()
        try:
            await _answer(backend, wishes["request"])
            print(await _answer(backend, wishes["request"]))
        finally:
            await backend.close()


async def _answer(backend: Any, body: dict[str, Any]) -> float:
    names = ("temperature", "top_k", "seed", "max_tokens")
    request = ChatRequest(tuple(body["messages"]), sampling=Sampling(**{name: body[name] for name in names}))
    arrivals: list[float] = []
    async for event in backend.chat(request):
        if isinstance(event, Finish):
            return (arrivals[-1] - arrivals[0]) * 1000 / (int(event.timings.predicted_n) - 1)
        arrivals.append(time.perf_counter())
    raise RuntimeError("the reply did not finish")


if __name__ == "__main__":
    asyncio.run(main())
