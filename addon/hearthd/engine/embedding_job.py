"""Carry texts between the event loop that wants vectors of them and the thread that owns the model."""

import asyncio
from collections.abc import Sequence
import contextlib
from dataclasses import dataclass, field
import time

import numpy as np
from numpy.typing import NDArray

from hearthd.engine.backend import Embeddings, Priority
from hearthd.engine.llama.weights import Tokens
from hearthd.errors import ApiError


@dataclass(slots=True, eq=False)
class EmbeddingJob:
    """Texts that somebody waits for, and how far they are; made on the event loop that waits.

    `begun` is when its first batch was (monotonic seconds). `ahead` is a text that has been read, but had no room in
    the last batch. `ended` is set when nobody waits any more.
    """

    texts: Sequence[str]
    priority: Priority
    future: asyncio.Future[Embeddings] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    arrived: float = field(default_factory=time.monotonic)
    begun: float | None = None
    parts: list[NDArray[np.float32]] = field(default_factory=list)
    done: int = 0
    tokens: int = 0
    truncated: int = 0
    ahead: Tokens | None = None
    ended: bool = False

    @property
    def is_whole(self) -> bool:
        """Tell whether every text has its vector."""
        return self.done == len(self.texts)

    def add(self, vectors: NDArray[np.float32], tokens: int) -> None:
        """Take the vectors of the next texts, of which so many tokens were read."""
        self.parts.append(vectors)
        self.done += len(vectors)
        self.tokens += tokens

    def finish(self, model: str) -> None:
        """Hand over what a model has made; any thread may call it."""
        self._tell(Embeddings(model, np.concatenate(self.parts), self.tokens, self.truncated))

    def fail(self, error: ApiError) -> None:
        """Say why nothing was made; any thread may call it."""
        self._tell(error)

    def _tell(self, outcome: Embeddings | ApiError) -> None:
        """Wake whoever waits on the event loop, which may have closed meanwhile."""
        with contextlib.suppress(RuntimeError):
            self.future.get_loop().call_soon_threadsafe(_settle, self.future, outcome)


def _settle(future: asyncio.Future[Embeddings], outcome: Embeddings | ApiError) -> None:
    """Settle a future on its own event loop, unless nobody waits for it any more."""
    if future.done():
        return
    if isinstance(outcome, ApiError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
