"""Hold one loaded model that embeds, and let it read texts in batches, the most urgent first."""

import logging
from pathlib import Path
import threading
import time

from hearthd.engine.backend import BackendInfo, Priority
from hearthd.engine.embedding_job import EmbeddingJob
from hearthd.engine.kernel.waiting import URGENCY, WaitingRoom
from hearthd.engine.llama.pooling import PoolingContext
from hearthd.engine.llama.processor import PATIENCE_S
from hearthd.engine.llama.weights import Tokens, Weights
from hearthd.engine.metrics import ModelMetrics
from hearthd.engine.model_thread import OnProgress
from hearthd.errors import ApiError, ErrorCode, shutting_down
from hearthd.models.plan import ContextPlan

_LOGGER = logging.getLogger(__name__)

# No tokenizer makes a token of more characters, blanks aside; beyond that a text need not even be looked at.
_CHARACTERS_PER_TOKEN = 64


class LoadedEmbedder:
    """A model in memory; `serve` and `close` belong to one thread, everything else may be called by any.

    Between two batches whoever is more urgent comes first; others go on where they were.
    """

    def __init__(
        self, path: Path, plan: ContextPlan, metrics: ModelMetrics, *, max_queue: int, on_progress: OnProgress
    ) -> None:
        """Load a model; at most `max_queue` requests of each priority may wait.

        Raises:
            ApiError: `model_failed` if the file cannot be used or there is too little memory.
        """
        self._metrics = metrics
        self._changed = threading.Condition()
        self._waiting: WaitingRoom[EmbeddingJob] = WaitingRoom(max_queue)
        self._is_stopped = False
        self._weights = Weights(path, gpu_layers=plan.gpu_layers, on_progress=on_progress)
        try:
            self._context = PoolingContext(self._weights, plan)
        except BaseException:
            self._weights.close()
            raise
        # So that nobody waits for the disk later.
        self._context.embed([self._weights.tokenize_text("warm")])

    @property
    def info(self) -> BackendInfo:
        """Return what there is to tell about it."""
        plan = self._context.plan
        return BackendInfo(
            self._metrics.model,
            context_length=plan.context_length,
            parallel=1,
            threads=plan.threads,
            gpu_layers=plan.gpu_layers,
            flash_attention=plan.flash_attention,
            dimension=self._context.dimension,
        )

    def submit(self, job: EmbeddingJob) -> None:
        """Let a job wait for its turn.

        Raises:
            ApiError: `engine_busy` if too many wait, `shutting_down` after `stop`.
        """
        with self._changed:
            if self._is_stopped:
                raise shutting_down()
            self._waiting.put(job, job.priority, job.arrived)
            self._metrics.waiting[job.priority].inc()
            self._context.withdraw()
            self._changed.notify()

    def cancel(self, job: EmbeddingJob) -> None:
        """Forget a job that nobody waits for; a batch of it that is being computed is the last."""
        with self._changed:
            if not job.ended and self._waiting.drop(job):
                self._leave(job)
            job.ended = True

    def serve(self) -> None:
        """Embed until it is stopped."""
        while (job := self._next()) is not None:
            try:
                self._advance(job)
            except ApiError as err:
                self._end(job, err)
            except Exception:
                _LOGGER.exception("Embedding with %s failed", self._metrics.model)
                self._end(job, ApiError(ErrorCode.INTERNAL, "The model failed while it read a text."))
            else:
                self._go_on(job)

    def stop(self) -> None:
        """End every job with `shutting_down`, and have `serve` return."""
        with self._changed:
            self._is_stopped = True
            for job in self._waiting.drain():
                self._leave(job)
                job.ended = True
                job.fail(shutting_down())
            self._changed.notify()

    def close(self) -> None:
        """Free the memory."""
        self._context.close()
        self._weights.close()

    def _next(self) -> EmbeddingJob | None:
        """Wait for the most urgent job; None after the end."""
        with self._changed:
            while not self._is_stopped:
                job = self._waiting.take(time.monotonic())
                if job is not None:
                    if job.begun is None:
                        self._begin(job)
                    return job
                self._context.give_up()
                self._changed.wait()
        return None

    def _begin(self, job: EmbeddingJob) -> None:
        """Note that a job's turn has come."""
        job.begun = time.monotonic()
        self._metrics.waiting[job.priority].dec()
        self._metrics.running.inc()
        self._metrics.queue_seconds[job.priority].observe(job.begun - job.arrived)

    def _leave(self, job: EmbeddingJob) -> None:
        """Count a job out that waits no more, or runs no more."""
        if job.begun is None:
            self._metrics.waiting[job.priority].dec()
        else:
            self._metrics.running.dec()
            self._waiting.served(time.monotonic() - job.begun)

    def _advance(self, job: EmbeddingJob) -> None:
        """Compute a job's next batch: as many texts as have room in one step, or a single long one.

        Nothing of it is done if somebody more urgent comes before its turn.
        """
        context = self._context
        batch: list[Tokens] = []
        size, truncated = 0, job.truncated
        while job.done + len(batch) < len(job.texts) and len(batch) < context.sequences:
            tokens, job.ahead = job.ahead or self._read(job, job.texts[job.done + len(batch)]), None
            if batch and size + len(tokens) > context.step_tokens:
                job.ahead = tokens
                break
            batch.append(tokens)
            size += len(tokens)
        # What somebody waits for is a few words: a fraction of a step, not worth any delay.
        priority = job.priority if job.priority is Priority.BACKGROUND else Priority.VOICE
        vectors = context.embed(batch, URGENCY[priority], patience=PATIENCE_S)
        if vectors is None:
            job.ahead, job.truncated = None, truncated
        else:
            job.add(vectors, size)

    def _read(self, job: EmbeddingJob, text: str) -> Tokens:
        """Return a text's tokens, of a long one those of its beginning, with the mark that stands at its end."""
        longest = self._context.context_length
        shown = text[: longest * _CHARACTERS_PER_TOKEN]
        tokens = self._weights.tokenize_text(shown)
        if not tokens:
            raise ApiError(ErrorCode.INVALID_REQUEST, "A text is empty.", param="input")
        if len(tokens) > longest or len(shown) < len(text):
            job.truncated += 1
        if len(tokens) <= longest:
            return tokens
        end = tokens[-1:] if self._weights.is_control(tokens[-1]) else tokens[longest - 1 : longest]
        return tokens[: longest - 1] + end

    def _go_on(self, job: EmbeddingJob) -> None:
        """Hand a job over that is whole, and let another one wait for its next batch."""
        if job.is_whole:
            self._end(job)
            return
        with self._changed:
            if job.ended:
                self._leave(job)
            elif self._is_stopped:
                self._leave(job)
                job.fail(shutting_down())
            else:
                self._waiting.put_back(job, job.priority, time.monotonic(), arrived=job.arrived)

    def _end(self, job: EmbeddingJob, error: ApiError | None = None) -> None:
        """End a job whose batch was computed, or failed."""
        with self._changed:
            self._leave(job)
            job.ended = True
        if error is None:
            job.finish(self._metrics.model)
        else:
            job.fail(error)
