"""Measure what the guard costs, how soon a stop is silence, and whether a changed byte of the audit shows."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
import random
import time
from typing import Any, Final
from unittest.mock import patch

from bench.client import Client
from custom_components.hearth.hands import Call, CallRecord, Guard, Resolution, Scope
from custom_components.hearth.hands.audit import Audit

from .house import House, permitted
from .types import Says

_STORY: Final = Says("tell me a long story", claim="Once upon a time. " * 500, conversation="story")
_SLOWLY: Final = {"chunk_size": 4, "delay_ms": 10}
_POLL_SECONDS: Final = 0.002
_PATIENCE_SECONDS: Final = 30.0
_FILES: Final = ("hearth/audit.db", ".storage/hearth.audit_seal")


@dataclass(frozen=True, slots=True)
class Cost:
    """The milliseconds of one call in the guard without those of what it calls, and of these the disk's."""

    ms: float
    disk_ms: float


@contextmanager
def timed_guard(taken: list[Cost]) -> Iterator[None]:
    """Take down what every call in the guard costs."""
    inner, append = Guard.async_call, Audit.async_append
    on_disk = 0.0

    async def timed_append(audit: Audit, kind: str, body: Mapping[str, Any]) -> int:
        nonlocal on_disk
        began = time.perf_counter()
        try:
            return await append(audit, kind, body)
        finally:
            on_disk += time.perf_counter() - began

    async def timed(guard: Guard, scope: Scope, call: Call, _found: Resolution | None = None) -> CallRecord:
        in_tool = 0.0

        async def run() -> Any:
            nonlocal in_tool
            began = time.perf_counter()
            try:
                return await call.run()
            finally:
                in_tool += time.perf_counter() - began

        began, before = time.perf_counter(), on_disk
        # What was found out before is found out again: that is work of the guard, too.
        record = await inner(guard, scope, replace(call, run=run))
        taken.append(Cost((time.perf_counter() - began - in_tool) * 1000, (on_disk - before) * 1000))
        return record

    with patch.object(Guard, "async_call", timed), patch.object(Audit, "async_append", timed_append):
        yield


async def stops(house: House, engine: Client, rounds: int) -> list[float]:
    """Stop a model that tells a story, by every way in turn; return the milliseconds until all is silent."""
    ways = (
        lambda: house.say(Says("stop", conversation="stopping")),
        lambda: house.act("hearth.stop"),
        lambda: house.act("button.press", entity_id="button.hearth_engine_stop"),
        lambda: house.act("switch.turn_off", entity_id="switch.hearth_enabled"),
    )
    taken = []
    for number in range(rounds):
        await house.begin_day(permitted())
        story = asyncio.create_task(house.say(_STORY, **_SLOWLY))
        await _until(engine, running=1)
        began = time.perf_counter()
        await asyncio.gather(ways[number % len(ways)](), story, _until(engine, running=0))
        taken.append((time.perf_counter() - began) * 1000)
    return taken


async def _until(engine: Client, *, running: int) -> None:
    """Wait until so many replies are being said."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while (await engine.get("/v1/info"))["roles"]["fast"]["statistics"]["running"] != running:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(_POLL_SECONDS)


@dataclass(frozen=True, slots=True)
class Mutation:
    """One byte of the audit's file that was changed, and whether that shows."""

    offset: int
    shows: bool


async def mutations(house: House, count: int) -> Sequence[Mutation]:
    """Change one byte of the file after the other, each alone, and look whether the audit says so.

    Hearth is taken down for it, as by somebody who waits for a restart to write into the file.
    """
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    await house.settle()
    audit, seal = (Path(house.hass.config.path(name)) for name in _FILES)
    written, sealed = audit.read_bytes(), seal.read_bytes()
    chance = random.Random(5)  # noqa: S311 - which bytes, not a secret
    tried = []
    for offset in sorted(chance.sample(range(len(written)), min(count, len(written)))):
        changed = bytearray(written)
        changed[offset] ^= 1 << chance.randrange(8)
        await asyncio.to_thread(_lay, audit, bytes(changed), seal, sealed)
        tried.append(Mutation(offset, await _shows(house, audit)))
    await asyncio.to_thread(_lay, audit, written, seal, sealed)
    if await _shows(house, audit):
        raise RuntimeError("the audit takes what nobody has touched for changed")
    return tried


def _lay(audit: Path, content: bytes, seal: Path, sealed: bytes) -> None:
    """Put the files there as they were when Hearth ended, but for the content of one."""
    for beside in audit.parent.glob(f"{audit.name}*"):
        beside.unlink()
    audit.write_bytes(content)
    seal.write_bytes(sealed)


async def _shows(house: House, path: Path) -> bool:
    """Tell whether the audit sees that something is wrong, as it would after a start."""
    aside: list[Path] = []
    audit = Audit(house.hass, path)
    audit.on_copy(aside.append)
    await audit.async_open()
    try:
        return bool(aside) or not (await audit.async_verify()).ok
    finally:
        await audit.async_close()
