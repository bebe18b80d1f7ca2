"""Live through days in seconds: thousands of requests, cancels, deadlines, stops, warm-ups and reloads.

Every day is drawn from its seed. What is looked at is what may be left behind: sequences and cells, as llama.cpp
itself counts them, samplers, threads and memory.
"""

import asyncio
from collections.abc import Callable
import gc
from pathlib import Path
import random
import threading

import pytest

from hearthd.engine.backend import Priority, Sampling
from hearthd.engine.kernel.job import Job
from hearthd.engine.kernel.snapshots import SnapshotStore
from hearthd.errors import ApiError, ErrorCode
from tests.engine.kernel.running_kernel import RunningKernel, prompt, running_kernel

pytestmark = pytest.mark.anyio

STOPPED = ApiError(ErrorCode.STOPPED, "Stopped.")
AT_ONCE = 16
HOUR = 40
# What allocators keep for themselves; a sequence or a sampler that is lost with each request would cost far more.
GROWTH_BYTES = 24 * 2**20


def resident_bytes() -> int:
    """Return how much memory this process holds."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


class Day:
    """What happens in a home, hour by hour."""

    def __init__(self, kernel: RunningKernel, seed: int) -> None:
        self.kernel = kernel
        self.ended: dict[str, int] = {}
        self._random = random.Random(seed)
        self._homes = [prompt(seed * 100 + home, self._random.randrange(40, 300)) for home in range(3)]
        self._at_step: dict[int, list[Callable[[], object]]] = {}
        kernel.context.before = self._act

    async def hour(self) -> None:
        """Ask many things, at most so many at once; wait until all is quiet."""
        room = asyncio.Semaphore(AT_ONCE)

        async def ask() -> None:
            async with room:
                await self._ask()

        await asyncio.gather(*(ask() for _ in range(HOUR)))
        await self.kernel.idle()
        self.kernel.check()

    async def _ask(self) -> None:
        """Ask one thing, and maybe not wait for all of the reply."""
        draw = self._random
        home = draw.randrange(len(self._homes))
        match draw.choices(["reply", "cancel", "deadline", "stop", "warm"], [60, 20, 10, 1, 9])[0]:
            case "warm":
                if draw.random() < 0.3:
                    self._homes[home] = prompt(draw.randrange(10**6), draw.randrange(40, 300))
                return await self._note(self.kernel.warm(str(home), self._homes[home]))
            case "cancel":
                job = self._reply(home)
                self._later(lambda: self._cancel(job))
                return await self._note(job)
            case "deadline":
                return await self._note(self._reply(home, deadline_s=draw.random() * 0.02))
            case "stop":
                self._later(lambda: self.kernel.kernel.stop_all(STOPPED))
        return await self._note(self._reply(home))

    def _reply(self, home: int, deadline_s: float | None = None) -> Job:
        """Ask for a reply."""
        draw = self._random
        length = len(self._homes[home]) + draw.randrange(1, 80)
        return self.kernel.ask(
            prompt(draw.randrange(200), length, self._homes[home]),
            length=draw.randrange(1, 40),
            priority=draw.choice(list(Priority)),
            deadline_s=deadline_s,
            boundary=len(self._homes[home]),
            sampling=Sampling(temperature=draw.choice([0.0, 1.0]), seed=draw.randrange(100)),
        )

    def _cancel(self, job: Job) -> None:
        """Let nobody wait for a job any more; its reader is told, as the job tells nobody."""
        self.kernel.kernel.cancel(job)
        job.emit(STOPPED)

    def _later(self, act: Callable[[], object]) -> None:
        """Do something in the middle of one of the next steps."""
        step = len(self.kernel.context.steps) + self._random.randrange(1, 30)
        self._at_step.setdefault(step, []).append(act)

    def _act(self, step: int) -> None:
        """Do what is due."""
        for due in [one for one in list(self._at_step) if one <= step]:
            for act in self._at_step.pop(due):
                act()

    async def _note(self, job: Job) -> None:
        """Wait for a job's end, and count how it came."""
        while True:
            try:
                async with asyncio.timeout(0.5):
                    event = await job.events.get()
                break
            except TimeoutError:
                # Nothing runs in whose middle the rest could happen.
                self._act(10**9)
        kind = event.code.value if isinstance(event, ApiError) else type(event).__name__
        self.ended[kind] = self.ended.get(kind, 0) + 1


async def live(model: Path, store: SnapshotStore, hours: int, seed: int, **plan: int) -> None:
    """Live for some hours in a pool that is always too small; nothing may be left behind."""
    async with running_kernel(
        model, store=store, context_length=512, cache_tokens=1024, batch=64, seats=3, sequences=12, **plan
    ) as kernel:
        day = Day(kernel, seed)
        for _ in range(max(hours // 4, 1)):
            await day.hour()
        before, threads = resident_bytes(), threading.active_count()
        for _ in range(hours):
            await day.hour()
            kernel.replies.clear()
        assert resident_bytes() - before < GROWTH_BYTES
        assert threading.active_count() <= threads + 1
        assert set(day.ended) == {"Finish", "Warmth", "stopped", "deadline_exceeded"}
        assert day.ended["Finish"] > hours * HOUR / 3
        # How often a reply had to make room for another depends on the machine; that the pool was too small does not.
        assert kernel.metrics.statistics().evictions > hours


@pytest.mark.parametrize("shape", ["attention", "hybrid"])
async def test_short_day_leaves_nothing_behind(make_model: Callable[..., Path], tmp_path: Path, shape: str) -> None:
    """Some hours for each kind of memory."""
    await live(make_model(shape=shape), SnapshotStore(tmp_path, 2 * 10**6), hours=6, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", ["attention", "sliding", "recurrent", "hybrid"])
async def test_long_day_leaves_nothing_behind(
    make_model: Callable[..., Path], tmp_path: Path, shape: str, seed: int
) -> None:
    """A whole day and more, thousands of requests."""
    await live(make_model(shape=shape), SnapshotStore(tmp_path, 2 * 10**6), hours=72, seed=seed)
