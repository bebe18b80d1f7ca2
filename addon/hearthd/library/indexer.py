"""Do in the background what the library still has to do, in small steps, and begin again after any failure."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
import logging
import sqlite3
import time

import numpy as np
from numpy.typing import NDArray

from hearthd.errors import ApiError, ErrorCode
from hearthd.library.chroma import VectorIndexError
from hearthd.library.document import UnreadableError
from hearthd.library.embedder import Embedder
from hearthd.library.ledger import VectorLedger
from hearthd.library.metrics import LibraryMetrics
from hearthd.library.parser_process import ParserProcess
from hearthd.library.shelf import Shelf
from hearthd.library.vector_index import VectorIndex

_LOGGER = logging.getLogger(__name__)

_EMBED_AT_ONCE = 32
_PLACE_AT_ONCE = 500
_FIRST_PAUSE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 120.0
_LOOK_AGAIN_SECONDS = 30.0
_EMBED_SECONDS = 120.0
# To write both indexes anew takes a while, so it waits until nothing has happened for a time.
REST_SECONDS = 60.0
_TIDY_SECONDS = 60 * 60.0
# These may be about one text alone; whatever else is wrong is wrong for all of them.
_ABOUT_A_TEXT = frozenset(
    {
        ErrorCode.BODY_TOO_LARGE,
        ErrorCode.CONTEXT_OVERFLOW,
        ErrorCode.INTERNAL,
        ErrorCode.INVALID_REQUEST,
        ErrorCode.REMOTE_FAILED,
    }
)
_TRIES = 2
_PLAIN = "dimension"


class Indexer:
    """The task that makes vectors, keeps the vector index up to date and reads sources again.

    `opened` is set once the vector index is open, or turns out not to be for now.
    """

    def __init__(
        self,
        shelf: Shelf,
        ledger: VectorLedger,
        vectors: VectorIndex,
        parser: ParserProcess,
        embedder: Embedder,
        metrics: LibraryMetrics,
        *,
        rest_seconds: float,
    ) -> None:
        """Describe it; it does not run yet."""
        self._shelf = shelf
        self._ledger = ledger
        self._vectors = vectors
        self._parser = parser
        self._embedder = embedder
        self._metrics = metrics
        self._rest_seconds = rest_seconds
        self._woken = asyncio.Event()
        self._settled = asyncio.Event()
        self.opened = asyncio.Event()
        self._trouble: str | None = None
        self._worked = time.monotonic()
        self._tidied = -_TIDY_SECONDS
        self._kept = 0

    @property
    def trouble(self) -> str | None:
        """Return the code of what keeps vectors from being made, None if nothing does."""
        return self._trouble

    def wake(self) -> None:
        """Say that there is something to do."""
        self._settled.clear()
        self._woken.set()

    async def settle(self, seconds: float) -> None:
        """Wait until everything is done or cannot be done now, or for some seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._settled.wait()

    async def run(self) -> None:
        """Work for as long as the library is open.

        Raises:
            sqlite3.DatabaseError: the database cannot be used.
        """
        pause = _FIRST_PAUSE_SECONDS
        while True:
            self._woken.clear()
            try:
                while await self._step():
                    self._worked = time.monotonic()
                    pause = _FIRST_PAUSE_SECONDS
                self._trouble = None
                seconds = min(_LOOK_AGAIN_SECONDS, self._rest_seconds)
            except (ApiError, VectorIndexError, TimeoutError, sqlite3.OperationalError) as err:
                seconds = await self._after(err, pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            await self._show()
            if not self._woken.is_set():
                self._settled.set()
                await self._parser.rest()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._woken.wait()

    async def _step(self) -> bool:
        """Do one small thing and tell whether there was any."""
        await asyncio.to_thread(self._vectors.open)
        self.opened.set()
        for act in (self._forget_some, self._read_one, self._embed_some, self._place_some):
            if await act():
                return True
        await self._tidy()
        return False

    async def _forget_some(self) -> bool:
        """Delete vectors whose passages are gone."""
        return await asyncio.to_thread(self._vectors.forget, _PLACE_AT_ONCE) > 0

    async def _read_one(self) -> bool:
        """Read one source again."""
        if (stale := await asyncio.to_thread(self._shelf.stale)) is None:
            return False
        key, collection, item = stale
        try:
            reading = await self._parser.read(item.kind, item.source)
        except UnreadableError as err:
            await asyncio.to_thread(self._shelf.read_again, key, collection, item, err)
        else:
            await asyncio.to_thread(self._shelf.read_again, key, collection, item, reading)
        return True

    async def _embed_some(self) -> bool:
        """Make vectors of some passages."""
        await self._follow_model()
        elsewhere = self._embedder.is_elsewhere
        if await asyncio.to_thread(self._ledger.withhold, elsewhere=elsewhere):
            return True
        pending = await asyncio.to_thread(self._ledger.pending, _EMBED_AT_ONCE, elsewhere=elsewhere)
        if not pending:
            return False
        try:
            await self._embed(pending, elsewhere=elsewhere)
        except ApiError as err:
            if err.code not in _ABOUT_A_TEXT:
                raise
            for passage in pending:
                await self._embed_alone(passage, elsewhere=elsewhere)
        if self._kept >= _PLACE_AT_ONCE:
            # Many at once go in much faster, but who asks should not have to wait for the last.
            await self._place_some()
        return True

    async def _embed(self, passages: Sequence[tuple[str, str]], *, elsewhere: bool) -> None:
        """Make and keep the vectors of passages, given by id and text, unless the model is changed meanwhile.

        `elsewhere` says for whom they were chosen: what is for a model here is sent to no other.
        """
        if self._embedder.is_elsewhere and not elsewhere:
            return
        vectors = await self._vectors_of([text for _, text in passages])
        if await asyncio.to_thread(self._ledger.model) != (self._embedder.model_id, vectors.shape[1]):
            return
        ids = [one for one, _ in passages]
        await asyncio.to_thread(self._ledger.keep, list(zip(ids, vectors, strict=True)))
        self._metrics.embedded.inc(len(ids))
        self._kept += len(ids)

    async def _embed_alone(self, passage: tuple[str, str], *, elsewhere: bool) -> None:
        """Make one passage's vector; one that the model refuses again and again is found by its words alone."""
        for _ in range(_TRIES):
            try:
                await self._embed([passage], elsewhere=elsewhere)
            except ApiError as err:
                if err.code not in _ABOUT_A_TEXT:
                    raise
                # Of a model that refuses everything it tells nothing that it refuses this.
                await self._vectors_of([_PLAIN])
            else:
                return
        _LOGGER.warning("The embedding model makes no vector of a passage; its words alone will find it")
        await asyncio.to_thread(self._ledger.refuse, passage[0])

    async def _vectors_of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of texts; ApiError where the model makes none that can be compared."""
        async with asyncio.timeout(_EMBED_SECONDS):
            vectors = await self._embedder.embed(texts, urgent=False)
        if not np.isfinite(vectors).all():
            raise ApiError(ErrorCode.INTERNAL, "The model made a vector that is none.")
        return vectors

    async def _follow_model(self) -> None:
        """Begin anew if another model makes the vectors now."""
        known = await asyncio.to_thread(self._ledger.model)
        model_id = self._embedder.model_id
        if not model_id or (known is not None and known[0] == model_id):
            return
        dimension = self._embedder.dimension or (await self._vectors_of([_PLAIN])).shape[1]
        if known is not None:
            _LOGGER.info("The embedding model is another one; all vectors are made anew")
        await asyncio.to_thread(self._vectors.close, give_up=known is not None)
        await asyncio.to_thread(self._ledger.begin_model, model_id, dimension)

    async def _place_some(self) -> bool:
        """Write vectors into the vector index."""
        self._kept = 0
        if await asyncio.to_thread(self._vectors.place, _PLACE_AT_ONCE):
            return True
        if await asyncio.to_thread(self._ledger.is_rebuilding):
            await asyncio.to_thread(self._ledger.note_rebuilt)
        return False

    async def _tidy(self) -> None:
        """Once things have been quiet, write both indexes without what was deleted from them."""
        now = time.monotonic()
        if now - self._worked < self._rest_seconds or now - self._tidied < min(_TIDY_SECONDS, 60 * self._rest_seconds):
            return
        if await asyncio.to_thread(self._ledger.has_traces):
            self._tidied = now
            await asyncio.to_thread(self._shelf.tidy)
            await asyncio.to_thread(self._vectors.renew)

    async def _after(self, err: Exception, pause: float) -> float:
        """Note a failure, and return after how many seconds to try again."""
        before = self._trouble
        self.opened.set()
        match err:
            case ApiError():
                self._trouble, words = err.code.value, err.message
            case VectorIndexError():
                self._trouble, words = "vector_index_failed", str(err)
                await asyncio.to_thread(self._vectors.close, give_up=err.is_damage)
            case sqlite3.OperationalError():
                self._trouble, words = "library_unavailable", str(err)
            case _:
                self._trouble, words = "embedding_too_slow", "the model took too long"
        level = logging.DEBUG if before == self._trouble else logging.WARNING
        _LOGGER.log(level, "The library waits for %.0f s before it goes on: %s", pause, words)
        return getattr(err, "retry_after", None) or pause

    async def _show(self) -> None:
        """Tell Prometheus how things stand."""
        self._metrics.show(await asyncio.to_thread(self._shelf.collections))
