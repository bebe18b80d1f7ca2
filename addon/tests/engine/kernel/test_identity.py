"""Test that a reply does not depend on what else the kernel does.

Real llama.cpp and tiny models whose likeliest token stands out by far more than the rounding that comes with another
shape of the batch. What is compared is what the model says, token by token, and the logits that it came from.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hearthd.engine.backend import Priority, Sampling
from hearthd.engine.kernel import pool
from hearthd.engine.kernel.job import Job
from hearthd.engine.kernel.snapshots import SnapshotStore
from hearthd.engine.kernel.speculation import StepCosts
from hearthd.engine.llama.context import Outcome
from tests.engine.kernel.running_kernel import RunningKernel, prompt, running_kernel

pytestmark = pytest.mark.anyio

SHAPES = ["attention", "sliding", "recurrent", "hybrid"]
EXACT = ["sliding", "recurrent", "hybrid"]
LENGTH = 24
HOME = prompt(1, 150)
ASKED = prompt(2, 180, HOME)
OTHER = prompt(3, 190, HOME)


@pytest.fixture(scope="module", params=SHAPES)
def shape(request: pytest.FixtureRequest) -> str:
    """Return a kind of memory."""
    return str(request.param)


@pytest.fixture(scope="module")
def model(make_model: Callable[..., Path], shape: str) -> Path:
    """Return a sharp tiny model of that kind."""
    return make_model(shape=shape, sharpness=3.0)


@pytest.fixture(scope="module")
async def alone(model: Path, anyio_backend: str) -> Any:
    """Return what the model says when nothing else happens, and the logits."""
    async with running_kernel(model) as kernel:
        job = kernel.ask(ASKED, length=LENGTH)
        tokens = await kernel.said(job)
        assert len(set(tokens)) > 3
        return kernel.replies[job]


async def assert_same(kernel: RunningKernel, job: Job, alone: Any) -> None:
    """See that a reply is the same as if it had been alone, and that the model was sure of each token."""
    assert await kernel.said(job) == alone.tokens
    now, then = np.stack(kernel.replies[job].logits), np.stack(alone.logits)
    two = np.sort(then, axis=1)[:, -2:]
    assert np.abs(now - then).max() * 4 < (two[:, 1] - two[:, 0]).min()


async def test_again(model: Path, alone: Any, shape: str) -> None:
    """A prompt that is known but for its last token, or to its boundary, goes on as before."""
    async with running_kernel(model) as kernel:
        await kernel.end(kernel.ask(ASKED, boundary=len(HOME)))
        job = kernel.ask(ASKED, length=LENGTH, boundary=len(HOME))
        await assert_same(kernel, job, alone)
        assert job.course.cached == (len(HOME) if shape in EXACT else len(ASKED) - 1)


async def test_shared_prefix(model: Path, alone: Any) -> None:
    """What begins alike starts from the other's cells."""
    async with running_kernel(model) as kernel:
        await kernel.end(kernel.ask(OTHER, boundary=len(HOME)))
        job = kernel.ask(ASKED, length=LENGTH, boundary=len(HOME))
        await assert_same(kernel, job, alone)
        assert job.course.cached >= len(HOME)
        kernel.check()


async def test_from_the_shelf(model: Path, alone: Any, shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What had left the cells goes on as before."""
    monkeypatch.setattr(pool, "_RESTING_CELLS", 0)
    async with running_kernel(model) as kernel:
        await kernel.warmth(kernel.warm("home", HOME))
        await kernel.end(kernel.ask(ASKED, boundary=len(HOME)))
        await kernel.end(kernel.ask(prompt(5, 500)))
        await kernel.idle()
        rests = kernel.kernel.pool.used
        job = kernel.ask(ASKED, length=LENGTH, boundary=len(HOME))
        await assert_same(kernel, job, alone)
        if shape not in EXACT:
            assert rests == len(HOME) + 500 + LENGTH - 1
            assert job.course.cached == len(ASKED) - 1
        kernel.check()


async def test_batched_with_others(model: Path, alone: Any) -> None:
    """Steps that serve several requests give each its own."""
    async with running_kernel(model, seats=5) as kernel:
        others = [kernel.ask(prompt(seed, 90 + 7 * seed), length=40) for seed in range(3)]
        job = kernel.ask(ASKED, length=LENGTH)
        await assert_same(kernel, job, alone)
        for other in others:
            await kernel.end(other)
        assert max(kernel.context.steps[len(kernel.context.steps) // 2 :]) > 1
        kernel.check()


@pytest.mark.parametrize("step", [1, 8], ids=["prompt", "reply"])
async def test_preempted(model: Path, alone: Any, step: int) -> None:
    """A reply that had to give its seat to a more urgent one goes on where it was."""
    async with running_kernel(model, seats=1, batch=64) as kernel:
        job: Job | None = None

        def urge(now: int) -> None:
            if now == step:
                urgent.append(kernel.ask(OTHER, priority=Priority.VOICE))

        urgent: list[Job] = []
        kernel.context.before = urge
        job = kernel.ask(ASKED, length=LENGTH, priority=Priority.BACKGROUND, boundary=len(HOME))
        await assert_same(kernel, job, alone)
        await kernel.end(urgent[0])
        assert job.course.preemptions == 1
        assert kernel.metrics.statistics().preemptions == 1
        kernel.check()


async def test_preempted_and_evicted(model: Path, alone: Any, shape: str) -> None:
    """What had to be forgotten in between is computed again."""
    async with running_kernel(model, context_length=512, cache_tokens=512, seats=1, sequences=4) as kernel:
        urgent: list[Job] = []

        def urge(now: int) -> None:
            if now == 6:
                urgent.extend(kernel.ask(prompt(9 + part, 460), priority=Priority.VOICE, length=4) for part in range(5))

        kernel.context.before = urge
        job = kernel.ask(ASKED, length=LENGTH, priority=Priority.BACKGROUND)
        await assert_same(kernel, job, alone)
        assert kernel.metrics.statistics().evictions > 0
        kernel.check()


async def test_restored_from_disk(model: Path, alone: Any, tmp_path: Path) -> None:
    """A prefix that another process has left on disk is as good as one that was just computed."""
    store = SnapshotStore(tmp_path, 10**8)
    async with running_kernel(model, store=store) as kernel:
        warmth = await kernel.warmth(kernel.warm("home", HOME))
        assert (warmth.tokens, warmth.cache_n, warmth.saved) == (len(HOME), 0, True)
    async with running_kernel(model, store=SnapshotStore(tmp_path, 10**8)) as kernel:
        job = kernel.ask(ASKED, length=LENGTH)
        await assert_same(kernel, job, alone)
        assert job.course.cached == len(HOME)
        assert kernel.metrics.statistics().restored == 1
        again = await kernel.warmth(kernel.warm("home", HOME))
        assert (again.tokens, again.cache_n, again.saved) == (len(HOME), len(HOME), True)
        kernel.check()


async def test_interrupted_steps(make_model: Callable[..., Path]) -> None:
    """A step that is given up leaves no trace."""
    model = make_model(sharpness=3.0)
    async with running_kernel(model, batch=32) as kernel:
        expected = await kernel.said(kernel.ask(ASKED, length=LENGTH))
    async with running_kernel(model, batch=32) as kernel:
        kernel.context.before = lambda step: kernel.context.interrupt() if step % 2 else None
        job = kernel.ask(ASKED, length=LENGTH)
        assert await kernel.said(job) == expected
        assert kernel.context.outcomes.count(Outcome.INTERRUPTED) == len(kernel.context.steps) // 2 > LENGTH // 2
        kernel.check()


@pytest.mark.parametrize("sampling", [Sampling(temperature=0.0), Sampling(temperature=0.5, seed=4)], ids=["0", "seed"])
async def test_speculated(make_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, sampling: Sampling) -> None:
    """Tokens that were guessed are kept exactly where they would have been drawn."""
    model = make_model(sharpness=3.0)
    async with running_kernel(model) as kernel:
        monkeypatch.setattr(kernel.kernel, "drafter", lambda _tokens: None)
        plain = kernel.ask(ASKED, length=60, sampling=sampling)
        said = await kernel.said(plain)
    # Verifying costs nothing, and the prompt holds the reply: every guess is worth it.
    monkeypatch.setattr(StepCosts, "relative", lambda _costs, _tokens: 1.0)
    async with running_kernel(model) as kernel:
        first = kernel.ask([*said, *ASKED], length=60, sampling=sampling)
        await kernel.end(first)
        assert first.course.drafted > 0
        job = kernel.ask(ASKED, length=60, sampling=sampling)
        assert await kernel.said(job) == said
        kernel.check()
