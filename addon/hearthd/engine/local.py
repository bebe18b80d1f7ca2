"""Answer chat requests with a GGUF model on this machine."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
import logging
from pathlib import Path
import threading
from typing import Literal, override

from hearthd.engine.backend import Backend, BackendInfo, ChatEvent, ChatRequest, Finish, Priority, Warmth
from hearthd.engine.kernel.job import Job, JobEvent
from hearthd.engine.kernel.snapshots import SnapshotStore
from hearthd.engine.llama.trial import Trials
from hearthd.engine.loaded import LoadedModel
from hearthd.engine.metrics import ModelMetrics
from hearthd.errors import ApiError, ErrorCode
from hearthd.models.gguf_header import read_header
from hearthd.models.plan import ContextPlan

_LOGGER = logging.getLogger(__name__)

# A decode step of a large model on a small machine takes seconds; freeing it does not.
_CLOSE_TIMEOUT_S = 10.0
_LOADING_RETRY_S = 5.0


class LocalBackend(Backend):
    """A model in llama.cpp, owned by one thread that serves many requests at once."""

    kind: Literal["local", "remote", "scripted"] = "local"

    def __init__(
        self,
        path: Path,
        plan: Callable[[], ContextPlan],
        metrics: ModelMetrics,
        *,
        max_queue: int,
        snapshots: SnapshotStore | None = None,
        trials: Trials | None = None,
    ) -> None:
        """Describe the model; nothing is loaded yet.

        `plan` is asked each time the model is loaded, as the machine may have more or less room then, and may raise
        `ApiError`. Without `snapshots` no prefix outlives the loaded model; without `trials` the file is trusted.
        """
        self._path = path
        self._plan = plan
        self._metrics = metrics
        self._max_queue = max_queue
        self._snapshots = snapshots
        self._trials = trials
        self._thread: threading.Thread | None = None
        self._loading: Future[LoadedModel] = Future()
        self._abandoned = threading.Event()

    @override
    async def start(self) -> BackendInfo:
        await self.close()
        await asyncio.to_thread(read_header, self._path)
        if self._trials is not None:
            await self._trials.check(self._path)
        self._loading, self._abandoned = Future(), threading.Event()
        self._thread = threading.Thread(
            target=self._own_model,
            args=(self._loading, self._abandoned),
            name=f"llama {self._metrics.model}",
            daemon=True,
        )
        self._thread.start()
        return (await asyncio.wrap_future(self._loading)).info

    @override
    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        model = self._ready_model()
        job = Job(request.priority, request.deadline_s, asyncio.get_running_loop())
        model.kernel.submit(job)
        try:
            await asyncio.to_thread(model.read, job, request)
            while True:
                match await _next_event(job):
                    case Warmth():
                        raise RuntimeError("a reply is not a warm prefix")
                    case event:
                        yield event
                        if isinstance(event, Finish):
                            return
        finally:
            model.kernel.cancel(job)

    @override
    async def warm(self, name: str, request: ChatRequest) -> Warmth:
        model = self._ready_model()
        job = Job(Priority.BACKGROUND, request.deadline_s, asyncio.get_running_loop(), pin=name)
        model.kernel.submit(job)
        try:
            await asyncio.to_thread(model.read_stable, job, request)
            warmth = await _next_event(job)
            if not isinstance(warmth, Warmth):
                raise TypeError("a warm prefix is not a reply")
            return warmth
        finally:
            model.kernel.cancel(job)

    @override
    def stop_all(self, error: ApiError) -> int:
        model = _result(self._loading)
        return 0 if model is None else model.kernel.stop_all(error)

    @override
    async def close(self) -> None:
        # Before anything else, so that a model that is just about to be ready sees it.
        self._abandoned.set()
        model, self._loading = _result(self._loading), Future()
        if model is not None:
            model.kernel.close()
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.to_thread(thread.join, _CLOSE_TIMEOUT_S)
            if thread.is_alive():
                _LOGGER.warning("The model %s is still at work; its memory is freed when it ends", self._metrics.model)

    def _ready_model(self) -> LoadedModel:
        """Return the loaded model.

        Raises:
            ApiError: `model_loading` if there is none.
        """
        model = _result(self._loading)
        if model is None:
            raise ApiError(ErrorCode.MODEL_LOADING, "The model is not loaded yet.", retry_after=_LOADING_RETRY_S)
        return model

    def _own_model(self, loading: Future[LoadedModel], abandoned: threading.Event) -> None:
        """Load the model, serve with it, free it: the whole life of its thread."""
        # Nobody can cancel from here on; who gives up waiting calls `close`.
        if not loading.set_running_or_notify_cancel():
            return
        try:
            model = self._load(abandoned)
        except ApiError as err:
            loading.set_exception(err)
            return
        except Exception:
            _LOGGER.exception("Loading the model %s failed", self._metrics.model)
            loading.set_exception(ApiError(ErrorCode.MODEL_FAILED, "The model cannot be loaded."))
            return
        loading.set_result(model)
        if abandoned.is_set():
            model.kernel.close()
        try:
            model.serve()
        finally:
            model.close()

    def _load(self, abandoned: threading.Event) -> LoadedModel:
        """Load the file."""
        return LoadedModel(
            self._path,
            self._plan(),
            self._snapshots,
            self._metrics,
            max_queue=self._max_queue,
            on_progress=lambda _fraction: not abandoned.is_set(),
        )


def _result(loading: Future[LoadedModel]) -> LoadedModel | None:
    """Return the model once it has been loaded."""
    return loading.result() if loading.done() and not loading.cancelled() and loading.exception() is None else None


async def _next_event(job: Job) -> ChatEvent | Warmth:
    """Wait for what a job is told next; its deadline and the model's end bring an error."""
    event: JobEvent = await job.events.get()
    if isinstance(event, ApiError):
        raise event
    return event
