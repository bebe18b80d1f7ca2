"""Run a kernel over a real llama.cpp and tiny models, and look at every step that it takes."""

from array import array
import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
import threading
from typing import Any, override

import numpy as np
from numpy.typing import NDArray

from hearthd.engine.backend import ChatEvent, Finish, FinishReason, Priority, Sampling, Timings, Warmth
from hearthd.engine.kernel.archive import Archive
from hearthd.engine.kernel.job import Job
from hearthd.engine.kernel.loop import Kernel
from hearthd.engine.kernel.snapshots import SnapshotStore
from hearthd.engine.llama.context import Context, Outcome
from hearthd.engine.llama.weights import Weights
from hearthd.engine.metrics import Metrics
from hearthd.errors import ApiError
from hearthd.models.plan import ContextPlan

# Merged pieces and letters, and none of the tokens that mean something.
_PLAIN_TOKENS = 400
_ANSWER_TIMEOUT_S = 30


class Recited:
    """Takes a reply's place: says so many tokens, whatever they are, and keeps the logits that they came from."""

    def __init__(self, context: WatchedContext, length: int, sampling: Sampling) -> None:
        self.reason: FinishReason | None = None
        self.drawn = 0
        self.tokens: list[int] = []
        self.logits: list[NDArray[np.single]] = []
        self.steps: list[int] = []
        self.closed = 0
        self._context = context
        self._length = length
        self._sampler = context.sampler(sampling)

    def draw(self, row: int, room: int) -> Sequence[int]:
        """Draw a token."""
        self.logits.append(self._context.logits(row).copy())
        token = self._sampler.sample(row)
        assert token is not None
        self.tokens.append(token)
        self.steps.append(len(self._context.steps))
        self.drawn += 1
        if self.drawn == self._length or room <= 1:
            self.reason = FinishReason.LENGTH
            return ()
        return (token,)

    def events(self) -> list[ChatEvent]:
        """Say nothing before the end."""
        return []

    def finish(self, timings: Timings) -> list[ChatEvent]:
        """Tell the end."""
        return [Finish(FinishReason.LENGTH, timings)]

    def close(self) -> None:
        """Free the sampler."""
        self.closed += 1
        self._sampler.close()


class WatchedContext(Context):
    """A context that tells of each step before it is computed, and how many tokens it has."""

    def __init__(self, weights: Weights, plan: ContextPlan) -> None:
        super().__init__(weights, plan)
        self.steps: list[int] = []
        self.outcomes: list[Outcome] = []
        self.before: Callable[[int], None] = lambda _step: None
        self.fails: Callable[[int], bool] = lambda _step: False
        self.gate = threading.Event()
        self.gate.set()

    @property
    def batched(self) -> set[int]:
        """Return the sequences that the batch has tokens of."""
        return {int(self.batch.native.seq_id[row][0]) for row in range(len(self.batch))}

    @override
    def decode(self, urgency: int = 0, *, patience: float | None = None, is_long: bool = False) -> Outcome:
        """Compute a step, or fail on demand."""
        assert self.gate.wait(_ANSWER_TIMEOUT_S)
        step = len(self.steps)
        self.steps.append(len(self.batch))
        self.before(step)
        fails = self.fails(step)
        outcome = Outcome.FAILED if fails else super().decode(urgency, patience=patience, is_long=is_long)
        self.outcomes.append(outcome)
        return self.outcomes[-1]


class RunningKernel:
    """A kernel on a thread of its own."""

    def __init__(self, path: Path, store: SnapshotStore | None, max_queue: int, plan: dict[str, Any]) -> None:
        self.loop = asyncio.get_running_loop()
        self._counters = Metrics()
        self.metrics = self._counters.of("tiny")
        self.weights = Weights(path)
        length = plan.get("context_length", 1024)
        chosen = ContextPlan(**({"context_length": length, "cache_tokens": 2 * length} | plan))
        self.context = WatchedContext(self.weights, chosen)
        archive = None if store is None else Archive(store, path, self.context.parameters, self.metrics)
        self.kernel = Kernel(self.context, archive, self.metrics, max_queue=max_queue)
        self.replies: dict[Job, Recited] = {}
        self._thread = threading.Thread(target=self.kernel.serve)
        self._thread.start()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Compute nothing meanwhile."""
        self.context.gate.clear()
        try:
            yield
        finally:
            self.context.gate.set()

    def ask(
        self,
        tokens: Sequence[int],
        *,
        length: int = 24,
        priority: Priority = Priority.CHAT,
        deadline_s: float | None = None,
        boundary: int = 0,
        sampling: Sampling | None = None,
    ) -> Job:
        """Let a job go on from some tokens; any thread may ask, also from inside a step."""
        job = Job(priority, deadline_s, self.loop, boundary=boundary)
        self.kernel.submit(job)
        reply: Any = Recited(self.context, length, sampling or Sampling(temperature=0.0))
        self.replies[job] = reply
        job.reply, job.tokens = reply, array("i", tokens)
        job.drafter = self.kernel.drafter(job.tokens)
        self.kernel.ready(job)
        return job

    def warm(self, name: str, tokens: Sequence[int]) -> Job:
        """Let a prefix be read and kept."""
        job = Job(Priority.BACKGROUND, None, self.loop, pin=name)
        self.kernel.submit(job)
        job.tokens = array("i", [*tokens, 0])
        self.kernel.ready(job)
        return job

    def counted(self, name: str) -> float:
        """Return how far a counter of the model's is."""
        return self._counters.registry.get_sample_value(f"hearth_{name}_total", {"model": "tiny"}) or 0.0

    async def end(self, job: Job) -> Timings:
        """Wait for a reply's end."""
        event = await self._last_event(job)
        assert isinstance(event, Finish)
        return event.timings

    async def said(self, job: Job) -> list[int]:
        """Wait for a reply's end, and return its tokens."""
        await self.end(job)
        return self.replies[job].tokens

    async def warmth(self, job: Job) -> Warmth:
        """Wait for a prefix to be warm."""
        event = await self._last_event(job)
        assert isinstance(event, Warmth)
        return event

    async def error(self, job: Job) -> ApiError:
        """Wait for a job's failure."""
        event = await self._last_event(job)
        assert isinstance(event, ApiError)
        return event

    async def idle(self) -> None:
        """Wait until nothing runs or waits."""
        async with asyncio.timeout(_ANSWER_TIMEOUT_S):
            while (now := self.metrics.statistics()).running or now.waiting:
                await asyncio.sleep(0.001)

    def check(self) -> None:
        """See that the books are llama.cpp's, cell by cell, and that no sampler was left behind; nothing may run."""
        native = {number: self.context.length(number) for number in range(self.context.sequences)}
        assert {number: length for number, length in native.items() if length} == self.kernel.pool.lengths
        assert {reply.closed for reply in self.replies.values()} <= {1}
        spare = next((number for number, length in native.items() if not length), None)
        # A running state is no cell, so there it is the sequences that count.
        if spare is not None and self.weights.metadata("general.architecture") != "mamba":
            assert self._count_free_cells(spare) == self.context.cells - self.kernel.pool.used

    def _count_free_cells(self, spare: int) -> int:
        """Fill an unused sequence until llama.cpp has no cell left, and empty it again."""
        free = 0
        for size in (self.context.batch.size, 16, 1):
            while self._fill(spare, free, size):
                free += size
        self.context.drop(spare)
        return free

    def _fill(self, sequence: int, position: int, tokens: int) -> bool:
        """Let a sequence grow behind the kernel's back; False if there is no room."""
        self.context.resume()
        self.context.batch.clear()
        self.context.batch.add(sequence, position, array("i", [1] * tokens))
        return Context.decode(self.context) is Outcome.DONE

    async def close(self) -> None:
        """End the kernel and free the model."""
        self.kernel.close()
        await asyncio.to_thread(self._thread.join, _ANSWER_TIMEOUT_S)
        assert not self._thread.is_alive()
        self.context.close()
        self.weights.close()

    async def _last_event(self, job: Job) -> Any:
        async with asyncio.timeout(_ANSWER_TIMEOUT_S):
            return await job.events.get()


@asynccontextmanager
async def running_kernel(
    path: Path, *, store: SnapshotStore | None = None, max_queue: int = 64, **plan: Any
) -> AsyncGenerator[RunningKernel]:
    """Run a kernel."""
    running = RunningKernel(path, store, max_queue, plan)
    try:
        yield running
    finally:
        await running.close()


def prompt(seed: int, length: int, prefix: Sequence[int] = ()) -> list[int]:
    """Return random tokens behind a prefix."""
    drawn = np.random.default_rng(seed).integers(1, _PLAIN_TOKENS, length - len(prefix))
    return [*prefix, *(int(token) for token in drawn)]
