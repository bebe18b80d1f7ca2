"""Embed texts with a GGUF model on this machine."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, override

from hearthd.engine.backend import Backend, BackendInfo, Embeddings, Priority
from hearthd.engine.embedding_job import EmbeddingJob
from hearthd.engine.llama.trial import Trials
from hearthd.engine.loaded_embedder import LoadedEmbedder
from hearthd.engine.metrics import ModelMetrics
from hearthd.engine.model_thread import ModelThread, OnProgress
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

        def load(on_progress: OnProgress) -> LoadedEmbedder:
            return LoadedEmbedder(path, plan(), metrics, max_queue=max_queue, on_progress=on_progress)

        self._thread = ModelThread(path, metrics.model, load, trials)

    @override
    async def start(self) -> BackendInfo:
        return await self._thread.start()

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
