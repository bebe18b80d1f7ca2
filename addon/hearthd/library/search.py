"""Find what is meant: ask both indexes at once, then judge what they bring."""

import asyncio
from dataclasses import dataclass, replace
from enum import StrEnum
import logging
import time

import numpy as np
from numpy.typing import NDArray

from hearthd.errors import ApiError
from hearthd.library.chroma import VectorIndexError
from hearthd.library.embedder import Embedder
from hearthd.library.keyword_index import KeywordIndex
from hearthd.library.metrics import LibraryMetrics
from hearthd.library.passage import Ranked
from hearthd.library.ranking import Question, rank, rank_alone
from hearthd.library.scope import Scope
from hearthd.library.vector_index import VectorIndex

_LOGGER = logging.getLogger(__name__)

# How many passages each index may bring before they are judged together.
_CANDIDATES = 40
_EMBED_SECONDS = 20.0
# Of the time that somebody waits, what may be spent on a vector; words alone need the rest.
_EMBED_SHARE = 0.7


class Mode(StrEnum):
    """Which indexes are asked."""

    HYBRID = "hybrid"
    VECTOR = "vector"
    KEYWORD = "keyword"


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked, in what, and how many passages are wanted."""

    text: str
    scope: Scope
    limit: int
    mode: Mode


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, the best first; `mode` says how it was looked for, which may be less than was asked.

    Times are in milliseconds; `embedding_ms` is None without a vector.
    """

    passages: tuple[Ranked, ...]
    mode: Mode
    embedding_ms: float | None
    search_ms: float


class Search:
    """Answers questions from one library."""

    def __init__(
        self,
        keywords: KeywordIndex,
        vectors: VectorIndex,
        embedder: Embedder,
        metrics: LibraryMetrics,
        *,
        opened: asyncio.Event,
    ) -> None:
        """Look in both indexes; `opened` is set once there are vectors to be looked at, or none to be had."""
        self._opened = opened
        self._keywords = keywords
        self._vectors = vectors
        self._embedder = embedder
        self._metrics = metrics

    async def find(self, query: Query, *, urgent: bool, deadline_s: float | None = None) -> Found:
        """Return the passages that answer a question best; without vectors, those that have its words.

        Whoever waits for so many seconds only is answered by the words where a vector takes too long.
        """
        began = time.perf_counter()
        seconds = _EMBED_SECONDS if deadline_s is None else min(_EMBED_SECONDS, _EMBED_SHARE * deadline_s)
        vector = None if query.mode is Mode.KEYWORD else await self._embed(query, seconds, urgent=urgent)
        embedded = time.perf_counter()
        passages, mode = await self._search(query, vector)
        took = time.perf_counter() - embedded
        self._metrics.search_seconds.labels(mode).observe(took)
        embedding_ms = None if vector is None else (embedded - began) * 1000
        return Found(tuple(passages), mode, embedding_ms, took * 1000)

    async def _embed(self, query: Query, seconds: float, *, urgent: bool) -> NDArray[np.float32] | None:
        """Return the question's vector, None if it cannot be had in time or compared with those that are kept."""
        try:
            async with asyncio.timeout(seconds):
                # Just after a start the index is still being opened.
                await self._opened.wait()
                model = self._vectors.model
                if model is None or model[0] != self._embedder.model_id:
                    return None
                vector: NDArray[np.float32] = (await self._embedder.embed([query.text], urgent=urgent))[0]
        except ApiError as err:
            _LOGGER.info("A question is answered by its words alone: %s", err.message)
            return None
        except TimeoutError:
            _LOGGER.info("A question is answered by its words alone: its vector took too long")
            return None
        return vector if len(vector) == model[1] and np.isfinite(vector).all() else None

    async def _search(self, query: Query, vector: NDArray[np.float32] | None) -> tuple[list[Ranked], Mode]:
        """Ask the indexes and judge what they bring."""
        by_words = asyncio.to_thread(self._find_words, query)
        if vector is None:
            words, keys = await by_words
            ids: list[str] = []
        else:
            (words, keys), near = await asyncio.gather(by_words, asyncio.to_thread(self._find_near, query, vector))
            vector, ids = (None, []) if near is None else (vector, near)
        mode = Mode.KEYWORD if vector is None else query.mode
        return await asyncio.to_thread(self._judge, query, mode, words, vector, keys, ids), mode

    def _find_words(self, query: Query) -> tuple[dict[str, float], list[int]]:
        """Ask the keyword index."""
        words = self._keywords.weigh(query.text)
        if query.mode is Mode.VECTOR:
            return words, []
        return words, self._keywords.search(words, query.scope, max(_CANDIDATES, query.limit))

    def _find_near(self, query: Query, vector: NDArray[np.float32]) -> list[str] | None:
        """Ask the vector index; where it fails, which is None, the words alone must do."""
        try:
            return self._vectors.query(vector, query.scope, max(_CANDIDATES, query.limit))
        except VectorIndexError as err:
            _LOGGER.warning("A question is answered by its words alone: %s", err)
            return None

    def _judge(
        self,
        query: Query,
        mode: Mode,
        words: dict[str, float],
        vector: NDArray[np.float32] | None,
        keys: list[int],
        ids: list[str],
    ) -> list[Ranked]:
        """Fetch what was found, within the scope once more, and rank it."""
        candidates = self._keywords.fetch(keys, ids, query.scope)
        near = {one: place for place, one in enumerate(ids)}
        question = Question(
            query.text,
            words,
            vector,
            {one.key: near[one.id] for one in candidates if one.id in near},
            {key: place for place, key in enumerate(keys)},
        )
        now = time.time()
        # Who asks for one index by name wants to see that one's order.
        if query.mode is Mode.HYBRID:
            ranked = rank(question, candidates, now, query.limit)
        else:
            ranked = rank_alone(question, candidates, now, query.limit, by_vector=mode is Mode.VECTOR)
        return [replace(one, passage=self._keywords.widened(one.passage)) for one in ranked]
