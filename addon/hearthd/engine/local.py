"""Answer chat requests with a GGUF model on this machine."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Literal, override

from hearthd.engine.backend import Backend, BackendInfo, ChatEvent, ChatRequest, Finish, Priority, Warmth
from hearthd.engine.kernel.job import Job, JobEvent
from hearthd.engine.kernel.snapshots import SnapshotStore
from hearthd.engine.llama.trial import Trials
from hearthd.engine.loaded import LoadedModel
from hearthd.engine.metrics import ModelMetrics
from hearthd.engine.model_thread import ModelThread, OnProgress
from hearthd.errors import ApiError
from hearthd.models.plan import ContextPlan


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

        def load(on_progress: OnProgress) -> LoadedModel:
            return LoadedModel(path, plan(), snapshots, metrics, max_queue=max_queue, on_progress=on_progress)

        self._thread = ModelThread(path, metrics.model, load, trials)

    @override
    async def start(self) -> BackendInfo:
        return await self._thread.start()

    @override
    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        model = self._thread.ready_model()
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
        model = self._thread.ready_model()
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
        model = self._thread.model
        return 0 if model is None else model.kernel.stop_all(error)

    @override
    async def close(self) -> None:
        await self._thread.close()


async def _next_event(job: Job) -> ChatEvent | Warmth:
    """Wait for what a job is told next; its deadline and the model's end bring an error."""
    event: JobEvent = await job.events.get()
    if isinstance(event, ApiError):
        raise event
    return event
