"""Test the kernel with a real llama.cpp: who is served when, what ends at once, and what survives a failure.

Nothing here depends on how fast the machine is: what happens is told to happen at a step, and steps are counted.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
import time

import pytest

from hearthd.engine.backend import Priority, Sampling
from hearthd.engine.kernel import pool
from hearthd.engine.kernel.job import Job
from hearthd.engine.kernel.snapshots import SnapshotStore
from hearthd.engine.kernel.waiting import URGENCY
from hearthd.engine.llama.context import Outcome
from hearthd.engine.llama.processor import PROCESSOR, Step
from hearthd.errors import ApiError, ErrorCode
from tests.engine.kernel.running_kernel import RunningKernel, prompt, running_kernel
from tests.engine.llama.busy import LONG_S, busy

pytestmark = pytest.mark.anyio

STOPPED = ApiError(ErrorCode.STOPPED, "Stopped.")
SHAPES = ["attention", "sliding", "recurrent", "hybrid"]
BATCH = 64


def at_step(kernel: RunningKernel, step: int, act: Callable[[], object]) -> None:
    """Do something right before a step is computed, in the middle of the model's thread."""
    kernel.context.before = lambda now: act() if now == step else None


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("when", [2, 9])
async def test_voice_waits_for_one_chunk_at_most(make_model: Callable[..., Path], shape: str, when: int) -> None:
    """While others read a long prompt and write, a voice request has its first word after its own two steps."""
    async with running_kernel(make_model(shape=shape), batch=BATCH, seats=4) as kernel:
        voice: list[Job] = []
        at_step(kernel, when, lambda: voice.append(kernel.ask(prompt(3, BATCH + 20), priority=Priority.VOICE)))
        with kernel.held():
            background = [kernel.ask(prompt(seed, 900), priority=Priority.BACKGROUND) for seed in range(2)]
        await kernel.end(background[0])
        await kernel.end(background[1])
        await kernel.end(voice[0])
        # The step that was under way, then two for its own prompt.
        assert kernel.replies[voice[0]].steps[0] <= when + 1 + 2
        # From then on each step gives it a token.
        assert kernel.replies[voice[0]].steps == list(range(when + 3, when + 3 + 24))
        kernel.check()


@pytest.mark.parametrize("shape", ["attention", "hybrid"])
@pytest.mark.parametrize("step", [2, 40], ids=["prompt", "reply"])
async def test_stop_ends_everything_within_one_step(make_model: Callable[..., Path], shape: str, step: int) -> None:
    """Not one step follows the one that was under way, and each request learns why."""
    async with running_kernel(make_model(shape=shape), batch=BATCH, seats=2) as kernel:
        stopped: list[int] = []
        at_step(kernel, step, lambda: stopped.append(kernel.kernel.stop_all(STOPPED)))
        with kernel.held():
            jobs = [kernel.ask(prompt(seed, 500), length=400) for seed in range(5)]
        errors = [await kernel.error(job) for job in jobs]
        await kernel.idle()
        assert [error.code for error in errors] == [ErrorCode.STOPPED] * 5
        assert stopped == [5]
        assert len(kernel.context.steps) == step + 1
        kernel.check()
        assert await kernel.said(kernel.ask(prompt(0, 500)))


@pytest.mark.parametrize("step", [2, 30], ids=["prompt", "reply"])
async def test_cancelled_request_leaves_what_it_has_computed(tiny_model: Path, step: int) -> None:
    """Nothing is computed for who has left, and the next one starts from there."""
    async with running_kernel(tiny_model, batch=BATCH) as kernel:
        at_step(kernel, step, lambda: kernel.kernel.cancel(job))
        job = kernel.ask(prompt(1, 500), length=400)
        while len(kernel.context.steps) <= step:
            await asyncio.sleep(0.001)
        await kernel.idle()
        assert len(kernel.context.steps) == step + 1
        kernel.check()
        again = kernel.ask(prompt(1, 500))
        await kernel.end(again)
        assert again.course.cached == min(sum(kernel.context.steps[:step]), 499)


async def test_deadline_ends_who_runs_and_who_waits(tiny_model: Path) -> None:
    """The rest goes on."""
    async with running_kernel(tiny_model, seats=1, context_length=8192) as kernel:
        running = kernel.ask(prompt(1, 50), length=8000, deadline_s=0.2)
        waiting = kernel.ask(prompt(2, 50), deadline_s=0.05)
        patient = kernel.ask(prompt(3, 50))
        for job in (waiting, running):
            assert (await kernel.error(job)).code is ErrorCode.DEADLINE_EXCEEDED
        assert len(await kernel.said(patient)) == 24


@pytest.mark.parametrize("shape", ["attention", "hybrid"])
async def test_another_models_step_comes_first(make_model: Callable[..., Path], shape: str) -> None:
    """A reply waits for what is more urgent; meanwhile deadlines pass, and it can be stopped."""
    async with running_kernel(make_model(shape=shape), batch=BATCH, seats=2) as kernel:
        undisturbed = await kernel.said(kernel.ask(prompt(1, 100)))
        with busy():
            late = kernel.ask(prompt(1, 100), deadline_s=0.01)
            assert (await kernel.error(late)).code is ErrorCode.DEADLINE_EXCEEDED
            stopped = kernel.ask(prompt(1, 100))
            kernel.kernel.stop_all(STOPPED)
            assert (await kernel.error(stopped)).code is ErrorCode.STOPPED
            waiting = kernel.ask(prompt(1, 100))
        assert await kernel.said(waiting) == undisturbed
        kernel.check()


async def test_place_of_a_job_that_was_late_is_not_inherited(tiny_model: Path) -> None:
    """The next job comes after whoever began to wait before it."""
    async with running_kernel(tiny_model) as kernel:
        computed_s: list[float] = []

        def note() -> int:
            computed_s.append(kernel.context.computed_s)
            return 0

        with busy():
            late = kernel.ask(prompt(1, 100), deadline_s=0.01)
            assert (await kernel.error(late)).code is ErrorCode.DEADLINE_EXCEEDED
            other = Step(note, URGENCY[Priority.CHAT], time.monotonic())
            PROCESSOR.put(other)
            job = kernel.ask(prompt(2, 100))
            while len(PROCESSOR._waiting) < 2:  # noqa: SLF001 - nothing else tells that both wait
                await asyncio.sleep(0.001)
        await kernel.end(job)
        assert other.status.result(LONG_S) == 0
        assert computed_s == [0.0]


async def test_full_queue_is_bounded_for_each_priority(tiny_model: Path) -> None:
    """Too many of one kind keep no other out."""
    async with running_kernel(tiny_model, seats=1, max_queue=2, context_length=8192) as kernel:
        kernel.ask(prompt(1, 50), length=8000, priority=Priority.VOICE)
        while not kernel.context.steps:
            await asyncio.sleep(0.001)
        for seed in range(2):
            kernel.ask(prompt(seed, 50))
        with pytest.raises(ApiError) as failure:
            kernel.ask(prompt(3, 50))
        assert failure.value.code is ErrorCode.ENGINE_BUSY
        kernel.ask(prompt(4, 50), priority=Priority.BACKGROUND)
        assert kernel.kernel.stop_all(STOPPED) == 4


async def test_two_that_begin_alike_share_the_work(tiny_model: Path) -> None:
    """Both are cold and come at once; still the prefix is computed about once."""
    home = prompt(1, 700)
    async with running_kernel(tiny_model, batch=BATCH, context_length=2048) as kernel:
        with kernel.held():
            jobs = [kernel.ask(prompt(seed, 720, home)) for seed in range(2)]
        said = [await kernel.said(job) for job in jobs]
        assert kernel.counted("tokens_prefilled") < 720 + 4 * BATCH
        kernel.check()
    async with running_kernel(tiny_model, batch=BATCH) as kernel:
        assert said == [await kernel.said(kernel.ask(prompt(seed, 720, home))) for seed in range(2)]


async def test_voice_starts_from_a_prefix_that_is_still_being_warmed(tiny_model: Path) -> None:
    """What has been read of it so far serves already, and the warming profits from the rest."""
    home = prompt(1, 700)
    async with running_kernel(tiny_model, batch=BATCH) as kernel:
        voice: list[Job] = []
        at_step(kernel, 5, lambda: voice.append(kernel.ask(prompt(2, 720, home), priority=Priority.VOICE)))
        warmth = await kernel.warmth(kernel.warm("home", home))
        await kernel.end(voice[0])
        assert voice[0].course.cached == sum(kernel.context.steps[:5]) > 0
        assert (warmth.tokens, warmth.cache_n, warmth.saved) == (700, 0, False)
        assert kernel.counted("tokens_prefilled") < 720 + 2 * BATCH
        kernel.check()


@pytest.mark.parametrize("shape", ["sliding", "recurrent", "hybrid"])
async def test_warming_takes_over_what_a_request_has_read(make_model: Callable[..., Path], shape: str) -> None:
    """A model that cannot go back leaves a checkpoint at the boundary, which is as good as the warm prefix."""
    home = prompt(1, 700)
    async with running_kernel(make_model(shape=shape), batch=BATCH) as kernel:
        voice: list[Job] = []
        urge = partial(kernel.ask, prompt(2, 720, home), priority=Priority.VOICE, boundary=700)
        at_step(kernel, 5, lambda: voice.append(urge()))
        warmth = await kernel.warmth(kernel.warm("home", home))
        await kernel.end(voice[0])
        assert warmth.tokens == 700
        assert kernel.counted("tokens_prefilled") <= 720 + sum(kernel.context.steps[:6])
        kernel.check()


@pytest.mark.parametrize("shape", SHAPES)
async def test_warm_prefix_outlives_a_crowd(make_model: Callable[..., Path], shape: str) -> None:
    """It stays when room is short, until its name is given to another."""
    home, later = prompt(1, 200), prompt(2, 200)
    async with running_kernel(make_model(shape=shape), context_length=512, cache_tokens=1024, sequences=8) as kernel:
        await kernel.warmth(kernel.warm("home", home))
        for seed in range(3, 9):
            await kernel.end(kernel.ask(prompt(seed, 400)))
        job = kernel.ask(prompt(9, 220, home))
        await kernel.end(job)
        assert job.course.cached == len(home)
        await kernel.warmth(kernel.warm("home", later))
        for seed in range(13, 19):
            await kernel.end(kernel.ask(prompt(seed, 400)))
        old, new = kernel.ask(prompt(10, 220, home)), kernel.ask(prompt(10, 220, later))
        await kernel.end(old)
        await kernel.end(new)
        assert (old.course.cached, new.course.cached) == (0, len(later))
        kernel.check()


@pytest.mark.parametrize("shape", SHAPES)
async def test_little_of_ended_conversations_rests(
    make_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, shape: str
) -> None:
    """Every step would walk over it; the warm prefix and the latest conversation stay whole."""
    monkeypatch.setattr(pool, "_RESTING_CELLS", 50)
    monkeypatch.setattr(pool, "_RESTING_CELLS_EXACT", 50)
    home = prompt(1, 200)
    async with running_kernel(make_model(shape=shape), context_length=2048) as kernel:
        await kernel.warmth(kernel.warm("home", home))
        for seed in range(2, 7):
            await kernel.end(kernel.ask(prompt(seed, 300, home), boundary=len(home)))
        asked = prompt(7, 300, home)
        said = await kernel.said(kernel.ask(asked, boundary=len(home)))
        await kernel.idle()
        # The last token that was said has not been read.
        assert kernel.kernel.pool.used <= len(asked) + len(said) - 1 + 50
        assert kernel.metrics.statistics().evictions >= 4
        again = kernel.ask([*asked, *said, 1], boundary=len(home))
        await kernel.end(again)
        assert again.course.cached == len(asked) + len(said) - 1
        kernel.check()


async def test_who_comes_back_finds_it_on_the_shelf(tiny_model: Path) -> None:
    """Conversations go on by turns, and nothing of them is read twice although little rests."""
    home = prompt(1, 200)
    async with running_kernel(tiny_model, context_length=8192) as kernel:
        await kernel.warmth(kernel.warm("home", home))
        talks = {seed: prompt(seed, 500, home) for seed in range(2, 6)}
        for turn in range(3):
            for seed, tokens in talks.items():
                job = kernel.ask(tokens)
                said = await kernel.said(job)
                assert job.course.cached == (len(home) if turn == 0 else len(tokens) - 20)
                talks[seed] = [*tokens, *said[:-1], *prompt(10 * turn + seed, 20)]
        await kernel.idle()
        assert kernel.kernel.pool.used < len(home) + 2 * 600
        kernel.check()


async def test_what_most_begin_with_outlasts_long_work(tiny_model: Path) -> None:
    """A home that nobody had warmed is not read again after a document that is longer than the shelf."""
    home = prompt(1, 200)
    async with running_kernel(tiny_model, context_length=2048) as kernel:
        for seed in range(2, 5):
            await kernel.end(kernel.ask(prompt(seed, 300, home)))
        for seed in range(5, 8):
            await kernel.end(kernel.ask(prompt(seed, 900), priority=Priority.BACKGROUND))
        voice = kernel.ask(prompt(8, 300, home))
        await kernel.end(voice)
        assert voice.course.cached == len(home)
        kernel.check()


async def test_shelf_takes_what_parts_on_the_way(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two conversations that share more than the home: the second finds the shared part in what the first left."""
    monkeypatch.setattr(pool, "_RESTING_CELLS", 0)
    home, other = prompt(1, 200), prompt(9, 100)
    first, second = prompt(2, 360, prompt(3, 300, home)), prompt(4, 360, prompt(3, 300, home))
    async with running_kernel(tiny_model, context_length=2048) as kernel:
        await kernel.warmth(kernel.warm("home", home))
        for tokens in (first, second, other):
            await kernel.end(kernel.ask(tokens))
        again = [kernel.ask([*tokens, 1], length=2) for tokens in (second, first)]
        for job in again:
            await kernel.end(job)
        assert [job.course.cached for job in again] == [360, 360]
        kernel.check()


@pytest.mark.parametrize("shape", SHAPES)
async def test_who_gave_way_keeps_what_it_has_read(
    make_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, shape: str
) -> None:
    """It is somebody's who comes back to it, even where nothing may rest."""
    monkeypatch.setattr(pool, "_RESTING_CELLS", 0)
    monkeypatch.setattr(pool, "_RESTING_CELLS_EXACT", 0)
    async with running_kernel(make_model(shape=shape), batch=BATCH, seats=1) as kernel:
        voice: list[Job] = []
        at_step(
            kernel, 8, lambda: voice.extend(kernel.ask(prompt(seed, 60), priority=Priority.VOICE) for seed in (2, 3))
        )
        job = kernel.ask(prompt(1, 300), priority=Priority.BACKGROUND)
        await kernel.end(job)
        assert job.course.preemptions == 1
        assert kernel.counted("tokens_prefilled") <= 300 + 2 * 60 + 1
        kernel.check()


async def test_damaged_snapshot_costs_time_only(tiny_model: Path, tmp_path: Path) -> None:
    """It is deleted, and the prefix is computed."""
    home = prompt(1, 200)
    async with running_kernel(tiny_model, store=SnapshotStore(tmp_path, 10**8)) as kernel:
        await kernel.warmth(kernel.warm("home", home))
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size > 1000]
    data = bytearray(file.read_bytes())
    data[-100] ^= 1
    file.write_bytes(data)
    async with running_kernel(tiny_model, store=SnapshotStore(tmp_path, 10**8)) as kernel:
        job = kernel.ask(prompt(2, 220, home))
        await kernel.end(job)
        assert job.course.cached == 0
        assert kernel.counted("snapshots_dropped") == 1
        assert not file.exists()


@pytest.mark.parametrize("shape", SHAPES)
async def test_failed_step_takes_nobody_down(make_model: Callable[..., Path], shape: str) -> None:
    """Each job of the step is tried by itself, and all of them end as if nothing had been."""
    async with running_kernel(make_model(shape=shape, sharpness=3.0)) as kernel:
        expected = [await kernel.said(kernel.ask(prompt(seed, 100))) for seed in range(3)]
    async with running_kernel(make_model(shape=shape, sharpness=3.0)) as kernel:
        kernel.context.fails = lambda step: step % 5 == 4 and len(kernel.context.batched) > 1
        with kernel.held():
            jobs = [kernel.ask(prompt(seed, 100)) for seed in range(3)]
        assert [await kernel.said(job) for job in jobs] == expected
        assert kernel.context.outcomes.count(Outcome.FAILED) > 2
        kernel.check()


async def test_job_that_cannot_be_computed_ends_alone(tiny_model: Path) -> None:
    """Who shares its steps goes on."""
    async with running_kernel(tiny_model) as kernel:
        with kernel.held():
            good, bad = kernel.ask(prompt(1, 100), length=60), kernel.ask(prompt(2, 100), length=60)
            kernel.context.fails = lambda step: step > 6 and bad.sequence in kernel.context.batched
        assert (await kernel.error(bad)).code is ErrorCode.INTERNAL
        assert len(await kernel.said(good)) == 60
        kernel.context.fails = lambda _step: False
        assert await kernel.said(kernel.ask(prompt(2, 100)))
        kernel.check()


async def test_kernel_survives_what_should_not_happen(tiny_model: Path) -> None:
    """All that ran or waited is told, nothing is trusted any more, and the next request is served."""
    async with running_kernel(tiny_model, seats=1) as kernel:
        at_step(kernel, 3, lambda: 1 // 0)
        with kernel.held():
            jobs = [kernel.ask(prompt(seed, 50)) for seed in range(3)]
        errors = [await kernel.error(job) for job in jobs]
        assert {error.code for error in errors} == {ErrorCode.INTERNAL}
        assert "division" not in errors[0].message
        await kernel.idle()
        assert kernel.kernel.pool.lengths == {}
        assert await kernel.said(kernel.ask(prompt(1, 50)))
        kernel.check()


async def test_reply_fills_the_context_to_its_last_token(tiny_model: Path) -> None:
    """And everything else makes room for it."""
    async with running_kernel(tiny_model, context_length=512, cache_tokens=512) as kernel:
        await kernel.warmth(kernel.warm("home", prompt(1, 200)))
        job = kernel.ask(prompt(2, 300), length=10_000)
        said = await kernel.said(job)
        assert 512 - 300 <= len(said) <= 513 - 300
        kernel.check()


@pytest.mark.parametrize("sampling", [Sampling(seed=3), Sampling(temperature=0.0)])
async def test_twenty_at_once_all_end(tiny_model: Path, sampling: Sampling) -> None:
    """Far more than there are seats or cells."""
    async with running_kernel(tiny_model, context_length=512, cache_tokens=768, seats=3) as kernel:
        with kernel.held():
            jobs = [
                kernel.ask(
                    prompt(seed, 30 + 20 * seed), length=60, sampling=sampling, priority=list(Priority)[seed % 3]
                )
                for seed in range(20)
            ]
        assert [len(await kernel.said(job)) for job in jobs] == [60] * 20
        kernel.check()
