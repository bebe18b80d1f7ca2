"""Test changing roles with real models in llama.cpp, while they are asked."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from hearthd.engine.local_models import LocalModels
from hearthd.engine.roles import Choices
from hearthd.models.store import open_store
from hearthd.settings import InstalledRef, Role, Settings, Wishes
from tests.running_engine import RunningEngine, StartEngine, read_events

WISHES = Wishes(context_length=512, cache_tokens=2048, threads=1)


async def role(engine: RunningEngine) -> Any:
    """Return how the fast role fares."""
    return (await engine.client.get("/v1/roles")).json()["roles"]["fast"]


async def ready(engine: RunningEngine) -> None:
    """Wait until its chosen model is ready."""
    async with asyncio.timeout(40):
        while (await role(engine))["state"] == "loading":
            await asyncio.sleep(0.05)


async def counted(engine: RunningEngine) -> Mapping[str, float]:
    """Return what Prometheus is told, summed up over all labels."""
    totals: dict[str, float] = {}
    for family in text_string_to_metric_families((await engine.client.get("/metrics")).text):
        for sample in family.samples:
            totals[sample.name] = totals.get(sample.name, 0) + sample.value
    return totals


async def test_installed_models_change_under_load(
    start_engine: StartEngine, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    """Every reply is whole, and what was counted is what the replies told."""
    settings = Settings(tmp_path, wishes=WISHES)
    store = open_store(settings)
    for name, seed in (("one", 1), ("other", 2)):
        store.add(make_model(seed=seed), name)
    local = LocalModels(settings, store)
    engine = await start_engine(
        {Role.FAST: InstalledRef("one")},
        choices=Choices(local.installed, local.has_room),
        data=tmp_path,
        wishes=WISHES,
    )

    await ready(engine)
    assert (await role(engine))["choices"] == ["one", "other"]
    info = (await engine.client.get("/v1/info")).json()["roles"]["fast"]
    assert (info["backend"], info["context_length"], info["threads"], info["parallel"]) == ("local", 512, 1, 4)
    finished: list[dict[str, Any]] = []

    async def ask_on(is_over: asyncio.Event) -> None:
        """Ask again and again."""
        while not is_over.is_set():
            *_, last, done = await read_events(await engine.chat(stream=True, max_tokens=12, temperature=0))
            assert done == "[DONE]"
            finished.append(last)

    is_over = asyncio.Event()
    asking = [asyncio.create_task(ask_on(is_over)) for _ in range(3)]
    for name in ("other", "one", "other"):
        assert (await engine.client.put("/v1/roles/fast", json={"model": name})).status_code == 202
        await ready(engine)
        await asyncio.sleep(0.1)
    is_over.set()
    await asyncio.wait_for(asyncio.gather(*asking), 20)
    assert {last["model"] for last in finished} == {"one", "other"}
    totals = await counted(engine)
    assert totals["hearth_requests_total"] == len(finished)
    for counter, timing in (("prefilled", "prompt_n"), ("cached", "cache_n"), ("decoded", "predicted_n")):
        assert totals[f"hearth_tokens_{counter}_total"] == sum(last["timings"][timing] for last in finished), counter
    assert totals["hearth_running_requests"] == totals["hearth_waiting_requests"] == 0
