"""Embed texts with a GGUF model on this machine."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, override

from hearthd.engine.backend import Backend, BackendInfo, Embeddings, Priority
from hearthd.engine.embedding_job import EmbeddingJob
from hearthd.engine.llama.trial import Trials
from hearthd.engine.loaded_embedder import LoadedEmbedder
from hearthd.engine.metrics import ModelMetrics
from hearthd.engine.model_thread import ModelThread, OnProgress
from hearthd.models.gguf_header import read_header
from hearthd.models.plan import ContextPlan


class LocalEmbedder(Backend):
    """A model in llama.cpp that makes vectors of texts, owned by one thread."""

    kind: Literal["local", "remote", "scripted"] = "local"

    def __init__(
        self,
        path: Path,
        plan: Callable[[], ContextPlan],
        metrics: ModelMetrics,
        *,
        max_queue: int,
        trials: Trials | None = None,
    ) -> None:
        """Describe the model, as for `LocalBackend`; nothing is loaded yet."""
        self._path = path
        self._plan = plan
        self._metrics = metrics
        self._max_queue = max_queue
        self._trials = trials
        self._thread: ModelThread[LoadedEmbedder] = ModelThread(metrics.model)

    @override
    async def start(self) -> BackendInfo:
        await self.close()
        await asyncio.to_thread(read_header, self._path)
        if self._trials is not None:
            await self._trials.check(self._path)
        return (await self._thread.start(self._load)).info

    @override
    async def embed(self, texts: Sequence[str], priority: Priority) -> Embeddings:
        model = self._thread.ready_model()
        job = EmbeddingJob(texts, priority)
        model.submit(job)
        try:
            return await job.future
        finally:
            model.cancel(job)

    @override
    async def close(self) -> None:
        await self._thread.close()

    def _load(self, on_progress: OnProgress) -> LoadedEmbedder:
        """Load the file."""
        return LoadedEmbedder(
            self._path, self._plan(), self._metrics, max_queue=self._max_queue, on_progress=on_progress
        )
