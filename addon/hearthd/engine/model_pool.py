"""Hold each model that somebody needs once, however many roles it plays."""

import asyncio
from collections import Counter

from hearthd.engine.metrics import Metrics
from hearthd.engine.model import Model, OpenBackend
from hearthd.settings import ModelRef

_CLOSE_SECONDS = 15.0


class ModelPool:
    """The models in use, each with as many claims as there are who need it; without any it is let go."""

    def __init__(self, open_backend: OpenBackend, metrics: Metrics, idle_seconds: float | None = None) -> None:
        """Begin empty; `idle_seconds` without a request unload a local model, None never does."""
        self._open_backend = open_backend
        self._metrics = metrics
        self._idle_seconds = idle_seconds
        self._models: dict[ModelRef, Model] = {}
        self._claims: Counter[ModelRef] = Counter()
        self._ids: dict[ModelRef, str] = {}
        self._leaving: dict[ModelRef, asyncio.Task[None]] = {}
        # Somebody has to hold them until they are done.
        self._releases: set[asyncio.Task[None]] = set()

    @property
    def models(self) -> list[Model]:
        """Return the models that somebody needs."""
        return list(self._models.values())

    def id_of(self, ref: ModelRef) -> str:
        """Return the id under which clients know a model; of two files with one name the later one gets a number."""
        if ref not in self._ids:
            taken = set(self._ids.values())
            number, name = 1, ref.model_id
            while name in taken:
                number += 1
                name = f"{ref.model_id}-{number}"
            self._ids[ref] = name
        return self._ids[ref]

    def claim(self, ref: ModelRef) -> Model:
        """Return a model that is kept until it is released; a new one is not loaded yet."""
        self._claims[ref] += 1
        if ref not in self._models:
            self._models[ref] = Model(
                ref,
                self._open_backend,
                self._metrics.of(self.id_of(ref)),
                idle_seconds=self._idle_seconds,
                after=self._leaving.get(ref),
            )
        return self._models[ref]

    def is_claimed_once(self, model: Model) -> bool:
        """Tell whether a model is let go when its one holder releases it."""
        return self._claims[model.ref] == 1

    def release(self, model: Model) -> asyncio.Task[None]:
        """Give a claim back; the task ends when the model is either claimed by others or closed.

        It is closed when it has answered what it was asked.
        """
        self._claims[model.ref] -= 1
        task = asyncio.create_task(self._let_go(model))
        self._releases.add(task)
        task.add_done_callback(self._releases.discard)
        return task

    async def close(self) -> None:
        """Close every model."""
        await asyncio.gather(*(model.close() for model in self._models.values()), *self._leaving.values())

    async def _let_go(self, model: Model) -> None:
        """Close a model that nobody needs any more, once it is at rest."""
        await model.drain()
        if self._claims[model.ref] or self._models.get(model.ref) is not model:
            return
        del self._models[model.ref]
        before = self._leaving.get(model.ref)
        self._leaving[model.ref] = leaving = asyncio.create_task(_close(model, before))
        await asyncio.wait({leaving})
        # It may have been claimed and let go once more meanwhile.
        if self._leaving.get(model.ref) is leaving:
            del self._leaving[model.ref]


async def _close(model: Model, before: asyncio.Task[None] | None) -> None:
    """Close a model; that is over when the one that was there before it is closed, too."""
    await model.close(_CLOSE_SECONDS)
    if before is not None:
        await asyncio.wait({before})
