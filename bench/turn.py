"""Words to state changed through a real Home Assistant, and what Hearth adds to its start and its memory.

Hearth's pipeline and the one of Home Assistant's own agent get the same sentences by turns, in the same process, and
every sentence starts from the same state. The start and the memory are taken with and without Hearth's config entry,
by turns as well.
"""

from argparse import ArgumentParser, Namespace
import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, islice
import os
from pathlib import Path
import shutil
import statistics
import tempfile
import time

from aiohttp import ClientSession

from demo.api import HomeApi, HomeAssistantError, Websocket
from demo.check import speak
from demo.processes import free_port
from demo.progress import Progress
from demo.running import (
    HEARTH_PIPELINE,
    RunningHome,
    Wishes,
    log_in_when_up,
    ports_in,
    running_engine,
    running_home,
    running_home_assistant,
)

from .figures import Figure, as_json, as_text, median_difference, percentile

_OWN_PIPELINE = "Home Assistant"
_OWN_AGENT = "Home Assistant's own agent"
_WITHOUT = "without Hearth"
_PAIRS = 60
_STARTS = 11
# Home Assistant goes on working for a moment after it says that it runs.
_REST_SECONDS = 5.0
_CHANGE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, the entities that it is about, the state that proves it, and the action that sets them back."""

    sentence: str
    entity_ids: tuple[str, ...]
    state: str
    reset: str


_CASES = (
    Case(
        "turn on the kitchen lights",
        ("light.kitchen_ceiling_lights", "light.kitchen_counter_lights"),
        "on",
        "light.turn_off",
    ),
    Case("turn off the living room ceiling lights", ("light.living_room_ceiling_lights",), "off", "light.turn_on"),
    Case("turn on the garage light", ("light.garage_light",), "on", "light.turn_off"),
    Case("turn on the coffee machine", ("switch.coffee_machine",), "on", "switch.turn_off"),
    Case("turn on the living room fan", ("fan.living_room_fan",), "on", "fan.turn_off"),
)


@dataclass(frozen=True, slots=True)
class Start:
    """One start of Home Assistant: until it runs by the clock and in work done (ms), and its memory then (MB)."""

    wall_ms: float
    cpu_ms: float
    pss_mb: float
    rss_mb: float


def add_arguments(parser: ArgumentParser) -> None:
    """Add nothing: this benchmark knows what to do."""


async def run(options: Namespace, progress: Progress) -> tuple[str, bool]:
    """Measure, and return what to print and whether every target was met."""
    figures = await _measure(progress)
    told = as_json("turn", figures) if options.json else as_text("turn", figures)
    return told, all(figure.met is not False for figure in figures)


async def _measure(progress: Progress) -> list[Figure]:
    """Take every figure; some minutes on a small machine."""
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as name:
        folder = Path(name)
        async with running_home(Wishes(keep=folder), progress) as home:
            with progress.step(f"{_PAIRS} sentences, each to Hearth and to {_OWN_AGENT}"):
                turns = await _measure_turns(home)
        with progress.step(f"{_STARTS} starts with Hearth and {_STARTS} without"):
            starts = await _measure_starts(folder, progress)
    return [*_turn_figures(turns), *_start_figures(starts)]


async def _measure_turns(home: RunningHome) -> list[tuple[float, float]]:
    """Return pairs of milliseconds, Hearth's and the own agent's."""
    hearth, own = await home.pipeline(HEARTH_PIPELINE), await home.pipeline(_OWN_PIPELINE)
    pairs = []
    async with _watching(home.api) as watch:
        for case in _CASES:
            for pipeline in (hearth, own):
                await _time(home, watch, pipeline, case)
        for number, case in enumerate(islice(cycle(_CASES), _PAIRS)):
            order = (hearth, own) if number % 2 == 0 else (own, hearth)
            taken = {pipeline: await _time(home, watch, pipeline, case) for pipeline in order}
            pairs.append((taken[hearth], taken[own]))
    return pairs


async def _time(home: RunningHome, watch: _Watch, pipeline: str, case: Case) -> float:
    """Return the milliseconds from a sentence to the last of its entities being as asked."""
    await home.api.call(case.reset, entity_id=list(case.entity_ids))
    changed = watch.expect(case)
    started = time.perf_counter()
    spoken = await speak(home, pipeline, case.sentence)
    try:
        async with asyncio.timeout(_CHANGE_SECONDS):
            ended = await changed
    except TimeoutError:
        raise HomeAssistantError(f"'{case.sentence}' changed nothing: {spoken.reply or spoken.error}") from None
    return (ended - started) * 1000


class _Watch:
    """Notes when entities become what a sentence asks for, on a websocket of its own."""

    def __init__(self) -> None:
        """Expect nothing yet."""
        self._missing: set[str] = set()
        self._state = ""
        self._done: asyncio.Future[float] | None = None

    def expect(self, case: Case) -> asyncio.Future[float]:
        """Return when (perf_counter) the last of the case's entities arrives in its state."""
        self._missing, self._state = set(case.entity_ids), case.state
        self._done = asyncio.get_running_loop().create_future()
        return self._done

    async def follow(self, websocket: Websocket) -> None:
        """Read state changes until cancelled."""
        async for event in websocket.events("subscribe_events", event_type="state_changed"):
            now = time.perf_counter()
            new = event["data"]["new_state"]
            if self._done is None or new is None or new["state"] != self._state:
                continue
            self._missing.discard(new["entity_id"])
            if not self._missing and not self._done.done():
                self._done.set_result(now)


@asynccontextmanager
async def _watching(api: HomeApi) -> AsyncIterator[_Watch]:
    watch = _Watch()
    async with api.websocket() as websocket, asyncio.TaskGroup() as group:
        following = group.create_task(watch.follow(websocket))
        yield watch
        following.cancel()


async def _measure_starts(folder: Path, progress: Progress) -> list[tuple[Start, Start]]:
    """Return pairs of starts, with Hearth's entry and without; hearthd runs all the while."""
    with_hearth, without = folder / "home", folder / "without" / "home"
    shutil.copytree(with_hearth, without, symlinks=True)
    pairs = []
    async with running_engine(folder, ports_in(folder)["engine"], None), ClientSession() as session:
        await _remove_hearth(session, without)
        for number in range(_STARTS):
            order = (with_hearth, without) if number % 2 == 0 else (without, with_hearth)
            taken = {config: await _start(session, config) for config in order}
            pairs.append((taken[with_hearth], taken[without]))
            progress.say(f"  {number + 1} of {_STARTS} pairs of starts")
    return pairs


async def _remove_hearth(session: ClientSession, config: Path) -> None:
    port = free_port()
    async with running_home_assistant(config, port) as program:
        api = HomeApi(session, f"http://127.0.0.1:{port}")
        await log_in_when_up(api, program)
        async with api.websocket() as websocket:
            for entry in await websocket.command("config_entries/get", domain="hearth"):
                await api.delete(f"/api/config/config_entries/entry/{entry['entry_id']}")


async def _start(session: ClientSession, config: Path) -> Start:
    port = free_port()
    began = time.perf_counter()
    async with running_home_assistant(config, port) as program:
        await log_in_when_up(HomeApi(session, f"http://127.0.0.1:{port}"), program)
        wall_ms = (time.perf_counter() - began) * 1000
        cpu_ms = _cpu_ms(program.pid)
        await asyncio.sleep(_REST_SECONDS)
        memory = _memory_mb(program.pid)
        return Start(wall_ms, cpu_ms, memory["Pss"], memory["Rss"])


def _cpu_ms(pid: int) -> float:
    """Return the processor time that a process has used, by /proc/PID/stat (proc(5): utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> dict[str, float]:
    """Return the memory of a process by kind, such as Pss, by /proc/PID/smaps_rollup (proc(5))."""
    lines = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return {words[0].removesuffix(":"): int(words[1]) * 1024 / 1e6 for words in lines}


def _turn_figures(pairs: Sequence[tuple[float, float]]) -> list[Figure]:
    hearth, own = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    p50, p95 = (
        Figure(
            f"words to state changed, p{share}",
            percentile(hearth, share / 100),
            "ms",
            peer=_OWN_AGENT,
            peer_value=percentile(own, share / 100),
        )
        for share in (50, 95)
    )
    added = percentile(hearth, 0.5) - percentile(own, 0.5)
    return [p50, p95, Figure(f"p50 over {_OWN_AGENT}", added, "ms", target=25)]


def _start_figures(pairs: Sequence[tuple[Start, Start]]) -> list[Figure]:
    def added(name: str, field: Callable[[Start], float], unit: str, target: float | None = None) -> Figure:
        values = [(field(hearth), field(without)) for hearth, without in pairs]
        usual = statistics.median(value for _, value in values)
        return Figure(name, median_difference(values), unit, target, _WITHOUT, usual)

    return [
        added("start-up added", lambda start: start.wall_ms, "ms", 150),
        added("processor time of the start added", lambda start: start.cpu_ms, "ms"),
        added("memory added (PSS)", lambda start: start.pss_mb, "MB", 15),
        added("memory added (RSS)", lambda start: start.rss_mb, "MB"),
    ]
