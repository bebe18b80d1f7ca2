"""Test that texts are embedded in batches, the urgent first, and given up when nobody waits."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import override

import numpy as np
from numpy.typing import NDArray
import pytest

from hearthd.engine.backend import ChatRequest, Embeddings, Priority
from hearthd.engine.embedding_job import EmbeddingJob
from hearthd.engine.kernel.waiting import URGENCY
from hearthd.engine.llama import processor
from hearthd.engine.llama.processor import PROCESSOR
from hearthd.engine.llama.trial import Trials
from hearthd.engine.llama.weights import Tokens
from hearthd.engine.loaded_embedder import LoadedEmbedder
from hearthd.engine.local_embedder import LocalEmbedder
from hearthd.engine.metrics import Metrics, ModelMetrics
from hearthd.errors import ApiError, ErrorCode
from tests.engine.embedding_texts import BUILTIN, EXPECTED, PLAN, TEXTS
from tests.engine.llama.busy import LONG_S, busy

pytestmark = pytest.mark.anyio

URGENT, LATER = Priority.CHAT, Priority.BACKGROUND


@pytest.fixture
def metrics() -> ModelMetrics:
    """Count from nothing."""
    return Metrics().of("minilm")


@pytest.fixture
async def embedder(metrics: ModelMetrics) -> AsyncGenerator[LocalEmbedder]:
    """Run the model that ships with hearthd."""
    backend = LocalEmbedder(BUILTIN, lambda: PLAN, metrics, max_queue=2)
    await backend.start()
    yield backend
    await backend.close()


@pytest.fixture
async def loaded(metrics: ModelMetrics) -> AsyncGenerator[LoadedEmbedder]:
    """Load it without a thread; a test says when it serves."""
    model = LoadedEmbedder(BUILTIN, PLAN, metrics, max_queue=2, on_progress=lambda _fraction: True)
    yield model
    model.stop()
    model.close()


@dataclass(slots=True, eq=False)
class Watched(EmbeddingJob):
    """A job that does something after its first batch, on the model's thread."""

    after_first: Callable[[], None] = field(kw_only=True)

    @override
    def add(self, vectors: NDArray[np.float32], tokens: int) -> None:
        EmbeddingJob.add(self, vectors, tokens)
        if len(self.parts) == 1:
            self.after_first()


async def test_many_texts_in_their_order(embedder: LocalEmbedder, metrics: ModelMetrics) -> None:
    """What takes many batches comes back whole, as the reference has it, and is counted."""
    made = await embedder.embed(TEXTS, LATER)
    assert made.model == "minilm"
    assert made.vectors.shape == (len(TEXTS), 384)
    assert ((made.vectors * EXPECTED).sum(axis=1) >= 0.999).all()
    assert made.tokens > 10 * len(TEXTS)
    statistics = metrics.statistics()
    assert (statistics.running, statistics.waiting) == (0, 0)


async def test_it_says_what_it_is(metrics: ModelMetrics) -> None:
    """The vectors' length is known as soon as it is loaded; it can be started again after its end."""
    backend = LocalEmbedder(BUILTIN, lambda: PLAN, metrics, max_queue=2)
    for _ in range(2):
        info = await backend.start()
        assert (info.model, info.dimension, info.context_length, info.threads) == ("minilm", 384, 512, 1)
        await backend.close()
        with pytest.raises(ApiError) as refusal:
            await backend.embed(["words"], URGENT)
        assert refusal.value.code is ErrorCode.MODEL_LOADING


async def test_it_does_not_chat(embedder: LocalEmbedder) -> None:
    """It says so instead of trying."""
    with pytest.raises(ApiError, match="does not chat") as refusal:
        embedder.chat(ChatRequest(messages=({"role": "user", "content": "hello"},)))
    assert refusal.value.code is ErrorCode.UNSUPPORTED


LONG = " ".join(f"word{number}" for number in range(400))


@pytest.mark.parametrize(
    ("text", "truncated"), [("short", 0), (LONG, 1), ("\n" * 100_000 + "late", 1), ("a " * 510, 0), ("a " * 511, 1)]
)
async def test_a_long_text_is_read_from_its_beginning(embedder: LocalEmbedder, text: str, truncated: int) -> None:
    """That not all of it was read is told, and the end that was not read makes no difference."""
    made = await embedder.embed([text, f"{text}{' and so on' * truncated}"], URGENT)
    assert made.truncated == 2 * truncated
    assert made.tokens <= 2 * 512
    assert made.vectors[0] @ made.vectors[1] >= 0.999


async def test_the_urgent_overtake_those_who_wait(loaded: LoadedEmbedder) -> None:
    """Whoever is asked for by somebody comes first, though it came last."""
    order: list[str] = []
    later, urgent = EmbeddingJob(TEXTS, LATER), EmbeddingJob(TEXTS[:1], URGENT)
    for name, job in (("later", later), ("urgent", urgent)):
        job.future.add_done_callback(lambda _future, name=name: order.append(name))
        loaded.submit(job)
    await serve_until(loaded, later, urgent)
    assert order == ["urgent", "later"]


async def test_the_urgent_go_between_two_batches(loaded: LoadedEmbedder) -> None:
    """What runs waits after its batch, and then goes on where it was."""
    order: list[str] = []
    urgent = EmbeddingJob(TEXTS[:1], URGENT)
    later = Watched(TEXTS, LATER, after_first=lambda: loaded.submit(urgent))
    for name, job in (("later", later), ("urgent", urgent)):
        job.future.add_done_callback(lambda _future, name=name: order.append(name))
    loaded.submit(later)
    await serve_until(loaded, later, urgent)
    assert order == ["urgent", "later"]
    made: Embeddings = later.future.result()
    assert ((made.vectors * EXPECTED).sum(axis=1) >= 0.999).all()


async def test_nobody_waits_any_more(loaded: LoadedEmbedder, metrics: ModelMetrics) -> None:
    """A job that is given up after its first batch is not computed to its end; one that waits is not begun."""
    job = Watched(TEXTS, LATER, after_first=lambda: loaded.cancel(job))
    waiting, last = EmbeddingJob(TEXTS, LATER), EmbeddingJob(TEXTS[:1], LATER)
    loaded.submit(job)
    loaded.submit(waiting)
    loaded.cancel(waiting)
    loaded.submit(last)
    await serve_until(loaded, last)
    assert (len(job.parts), waiting.parts) == (1, [])
    assert not job.future.done()
    assert (metrics.statistics().running, metrics.statistics().waiting) == (0, 0)


async def test_cancelling_leaves_the_model_usable(embedder: LocalEmbedder, metrics: ModelMetrics) -> None:
    """Whoever comes next gets what it asked for."""
    task = asyncio.create_task(embedder.embed(TEXTS * 50, LATER))
    while not metrics.statistics().running:
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await embedder.embed(TEXTS[:1], LATER)).vectors[0] @ EXPECTED[0] >= 0.999
    assert metrics.statistics().running == 0


async def test_what_somebody_waits_for_comes_between_a_replys_steps(
    embedder: LocalEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also before texts of the background, which wait until nobody is replied to."""
    monkeypatch.setattr(processor, "_AGEING_S", LONG_S)
    with busy(URGENCY[Priority.VOICE]):
        later = asyncio.create_task(embedder.embed(TEXTS, LATER))
        await asyncio.sleep(0)
        monkeypatch.setattr(processor, "_GAP_S", LONG_S)
    assert (await embedder.embed(TEXTS[:1], URGENT)).vectors[0] @ EXPECTED[0] >= 0.999
    monkeypatch.undo()
    monkeypatch.setattr(PROCESSOR, "_held_until", 0.0)
    assert np.einsum("ij,ij->i", (await later).vectors, EXPECTED).min() >= 0.999


async def test_batch_that_nobody_waits_for_leaves_no_place(loaded: LoadedEmbedder) -> None:
    """What is asked later would go before whoever began to wait earlier."""
    serving = asyncio.create_task(asyncio.to_thread(loaded.serve))
    turns = loaded._context._turns  # noqa: SLF001 - nothing else tells whether there is a place
    async with asyncio.timeout(LONG_S):
        with busy():
            job = EmbeddingJob(TEXTS[:1], URGENT)
            loaded.submit(job)
            while turns._since is None:  # noqa: SLF001
                await asyncio.sleep(0.001)
            loaded.cancel(job)
            while turns._since is not None:  # noqa: SLF001
                await asyncio.sleep(0.001)
    loaded.stop()
    await serving


async def test_too_many_wait(loaded: LoadedEmbedder) -> None:
    """Each priority has room for so many; who is refused learns when to come again."""
    jobs = [EmbeddingJob(TEXTS[:1], LATER) for _ in range(2)]
    for job in jobs:
        loaded.submit(job)
    with pytest.raises(ApiError) as refusal:
        loaded.submit(EmbeddingJob(TEXTS[:1], LATER))
    assert refusal.value.code is ErrorCode.ENGINE_BUSY
    assert refusal.value.retry_after
    urgent = EmbeddingJob(TEXTS[:1], URGENT)
    loaded.submit(urgent)
    await serve_until(loaded, *jobs, urgent)


async def test_the_end_is_told_to_all(loaded: LoadedEmbedder, metrics: ModelMetrics) -> None:
    """Who runs and who waits gets an error, and nobody is let in any more."""
    running = Watched(TEXTS, LATER, after_first=loaded.stop)
    waiting = EmbeddingJob(TEXTS, LATER)
    loaded.submit(running)
    loaded.submit(waiting)
    await asyncio.to_thread(loaded.serve)
    for job in (running, waiting):
        with pytest.raises(ApiError) as failure:
            await job.future
        assert failure.value.code is ErrorCode.SHUTTING_DOWN
    with pytest.raises(ApiError) as refusal:
        loaded.submit(EmbeddingJob(TEXTS, LATER))
    assert refusal.value.code is ErrorCode.SHUTTING_DOWN
    assert (metrics.statistics().running, metrics.statistics().waiting) == (0, 0)


async def test_a_failure_hits_one_only(
    loaded: LoadedEmbedder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Who comes next is served; the log tells of what nobody foresaw, and not what was read."""
    jobs = [EmbeddingJob(["private words"], LATER), EmbeddingJob(["private words"], LATER)]
    failures: list[Exception] = [RuntimeError("broken"), ApiError(ErrorCode.INTERNAL, "words")]
    really = loaded._context.embed  # noqa: SLF001 - llama.cpp fails on nothing that it is given here

    def embed(texts: Sequence[Tokens], urgency: int, *, patience: float | None) -> NDArray[np.float32] | None:
        if failures:
            raise failures.pop()
        return really(texts, urgency, patience=patience)

    monkeypatch.setattr(loaded._context, "embed", embed)  # noqa: SLF001 - see above
    for job in jobs:
        loaded.submit(job)
    last = EmbeddingJob(TEXTS[:1], Priority.BACKGROUND)
    waiting = asyncio.create_task(asyncio.to_thread(loaded.serve))
    for job in jobs:
        with pytest.raises(ApiError) as failure:
            await job.future
        assert failure.value.code is ErrorCode.INTERNAL
    loaded.submit(last)
    assert (await last.future).vectors[0] @ EXPECTED[0] >= 0.999
    loaded.stop()
    await waiting
    assert "broken" in caplog.text
    assert "private" not in caplog.text


async def test_an_empty_text_is_refused_by_those_who_make_nothing_of_it(
    loaded: LoadedEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model without marks around texts has no tokens to pool."""
    monkeypatch.setattr(loaded._weights, "tokenize_text", lambda _text: [])  # noqa: SLF001 - ours always has marks
    job = EmbeddingJob([""], URGENT)
    loaded.submit(job)
    serving = asyncio.create_task(asyncio.to_thread(loaded.serve))
    with pytest.raises(ApiError, match="empty") as refusal:
        await job.future
    assert refusal.value.code is ErrorCode.INVALID_REQUEST
    loaded.stop()
    await serving


async def test_a_model_that_does_not_pool(tiny_model: Path, metrics: ModelMetrics) -> None:
    """It is refused in words, and nothing is left in memory."""
    backend = LocalEmbedder(tiny_model, lambda: replace(PLAN, sequences=4), metrics, max_queue=1)
    with pytest.raises(ApiError, match="one vector") as refusal:
        await backend.start()
    assert refusal.value.code is ErrorCode.MODEL_FAILED


async def test_a_damaged_file_breaks_nothing(tmp_path: Path, metrics: ModelMetrics) -> None:
    """It is loaded elsewhere first: llama.cpp ends its process where a token is missing its text."""
    data = BUILTIN.read_bytes()
    path = tmp_path / "broken.gguf"
    one = (7).to_bytes(8, "little")
    path.write_bytes(data.replace(one + "▁they".encode(), one + "▁them".encode(), 1))
    backend = LocalEmbedder(path, lambda: PLAN, metrics, max_queue=1, trials=Trials(tmp_path / "loaded.json"))
    with pytest.raises(ApiError, match="damaged") as failure:
        await backend.start()
    assert failure.value.code is ErrorCode.MODEL_FAILED


async def serve_until(loaded: LoadedEmbedder, *jobs: EmbeddingJob) -> None:
    """Let the model serve until some jobs are done."""
    serving = asyncio.create_task(asyncio.to_thread(loaded.serve))
    await asyncio.gather(*(job.future for job in jobs))
    loaded.stop()
    await serving
