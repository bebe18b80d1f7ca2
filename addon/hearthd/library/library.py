"""Open the library when it is first used, and answer everything that is asked of it."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import logging
from pathlib import Path
import sqlite3
from typing import Any

from prometheus_client import CollectorRegistry

from hearthd.errors import ApiError, ErrorCode, shutting_down
from hearthd.library.chroma import VectorIndexError
from hearthd.library.database import may_be_damage
from hearthd.library.document import UnreadableError
from hearthd.library.embedder import Embedder
from hearthd.library.indexer import REST_SECONDS, Indexer
from hearthd.library.item import ItemRow, ItemText, NewItem, Reading, StoreResult
from hearthd.library.memory import empty_freed_memory
from hearthd.library.metrics import LibraryMetrics
from hearthd.library.overview import Overview
from hearthd.library.parser_process import ParserProcess
from hearthd.library.parts import DATABASE, Parts, open_parts
from hearthd.library.salvage import delete_copies
from hearthd.library.search import Found, Query, Search

_LOGGER = logging.getLogger(__name__)

_MOST_WAITING = 8
_BUSY_SECONDS = 5.0
_WAIT_SECONDS = 50.0
_READ_AT_ONCE = 50
_CLOSE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class _Running:
    """An open library with the task that works in it."""

    parts: Parts
    indexer: Indexer
    search: Search
    task: asyncio.Task[None]


class Library:
    """The library of one engine; all its methods are called from one event loop."""

    def __init__(
        self,
        folder: Path,
        embedder: Embedder,
        *,
        chroma_url: str | None = None,
        registry: CollectorRegistry | None = None,
        parser: ParserProcess | None = None,
        rest_seconds: float = REST_SECONDS,
    ) -> None:
        """Name the folder; nothing is opened or made before it is needed."""
        empty_freed_memory()
        self._folder = folder
        self._embedder = embedder
        self._chroma_url = chroma_url
        self._metrics = LibraryMetrics(registry or CollectorRegistry())
        self._parser = parser or ParserProcess()
        self._rest_seconds = rest_seconds
        self._running: _Running | None = None
        self._opening = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._waiting = 0
        self._first: asyncio.Task[None] | None = None
        self._is_closed = False

    def start(self) -> None:
        """Go on with what an earlier run left undone, if there was one."""
        if (self._folder / DATABASE).exists():
            self._first = asyncio.create_task(self._open_early())

    async def close(self) -> None:
        """End what runs and let the files go."""
        if self._first is not None:
            await asyncio.wait({self._first})
        async with self._opening:
            self._is_closed = True
            await self._shut()
        await self._parser.rest()

    async def store(
        self, collection: str, items: Sequence[NewItem], *, wait: bool = False, at_home: bool | None = None
    ) -> list[StoreResult]:
        """Keep items; those that were given before as they are cost nothing. Their vectors follow by themselves.

        `wait` waits for the vectors, for a time. `at_home` says from now on of the whole collection whether a model
        elsewhere may be told of it; None leaves that as it is.

        Raises:
            ApiError: `library_busy`, `library_unavailable` or `disk_full`.
        """
        if self._waiting >= _MOST_WAITING:
            message = "The library is taking in other things; try again in a moment."
            raise ApiError(ErrorCode.LIBRARY_BUSY, message, retry_after=_BUSY_SECONDS)
        self._waiting += 1
        try:
            async with self._writing, self._opened() as running:
                if at_home is not None:
                    await self._keep_at_home(running, collection, kept=at_home)
                results = await self._take_in(running, collection, items)
        finally:
            self._waiting -= 1
        if wait:
            await running.indexer.settle(_WAIT_SECONDS)
        return results

    async def delete(self, collection: str, ids: Sequence[str] | None = None, owner: str | None = None) -> int:
        """Delete the items of some ids, of an owner or all of a collection; return how many there were.

        With the whole of an owner or of a collection go the damaged files, of which nobody can say what they hold.

        Raises:
            ApiError: `library_unavailable` or `disk_full`.
        """
        async with self._writing, self._opened() as running:
            count = await asyncio.to_thread(running.parts.shelf.delete, collection, ids, owner)
            if ids is None:
                await asyncio.to_thread(delete_copies, self._folder / DATABASE)
            running.indexer.wake()
            return count

    async def search(self, query: Query, *, urgent: bool = True, deadline_s: float | None = None) -> Found:
        """Find passages, within some seconds if somebody waits no longer.

        Raises:
            ApiError: `library_unavailable`.
        """
        async with self._opened() as running:
            return await running.search.find(query, urgent=urgent, deadline_s=deadline_s)

    async def page(
        self, collection: str, owners: frozenset[str], after: str | None, limit: int
    ) -> tuple[list[ItemRow], str | None]:
        """List items by id, and tell what the next page begins after; see `Shelf.page`."""
        async with self._opened() as running:
            return await asyncio.to_thread(running.parts.shelf.page, collection, owners, after, limit)

    async def text(
        self, collection: str, item: str, owners: frozenset[str], offset: int, limit: int
    ) -> ItemText | None:
        """Return a part of an item's text; None if these owners have no such item."""
        async with self._opened() as running:
            return await asyncio.to_thread(running.parts.shelf.text, collection, item, owners, offset, limit)

    async def overview(self) -> Overview:
        """Tell how the library fares."""
        async with self._opened() as running:
            return await asyncio.to_thread(running.parts.overview, running.indexer.trouble)

    async def rebuild(self) -> None:
        """Read all sources again and make both indexes anew, in the background; words find meanwhile what is there."""
        async with self._writing, self._opened() as running:
            await asyncio.to_thread(running.parts.shelf.make_stale)
            running.indexer.wake()

    async def verify(self) -> list[str]:
        """Check everything, have differences set right, and return in words what was wrong."""
        async with self._writing, self._opened() as running:
            await running.indexer.settle(_WAIT_SECONDS)
            problems = await asyncio.to_thread(running.parts.verify)
            running.indexer.wake()
            return problems

    async def _keep_at_home(self, running: _Running, collection: str, *, kept: bool) -> None:
        """Have vectors removed, or made, where it is new that a collection is kept at home or that it is not."""
        if await asyncio.to_thread(running.parts.shelf.keep_at_home, collection, kept=kept):
            running.indexer.wake()

    async def _take_in(self, running: _Running, collection: str, items: Sequence[NewItem]) -> list[StoreResult]:
        """Read and keep what is new of some items, in their order."""
        shelf = running.parts.shelf
        known = await asyncio.to_thread(shelf.known, collection, [item.id for item in items])
        results: dict[str, StoreResult] = {}
        read: list[tuple[NewItem, Reading | UnreadableError]] = []

        async def keep() -> None:
            for result in await asyncio.to_thread(shelf.put, collection, read):
                results[result.id] = result
            read.clear()
            running.indexer.wake()

        for item in items:
            before = known.get(item.id)
            # What failed is read again: it may have been this machine that was too slow.
            if before is not None and before.hash == item.hash and not before.is_failed:
                results[item.id] = StoreResult(item.id, "unchanged", before.chunks)
                continue
            try:
                read.append((item, await self._parser.read(item.kind, item.source)))
            except UnreadableError as err:
                read.append((item, err))
            if len(read) == _READ_AT_ONCE:
                await keep()
        if read:
            await keep()
        running.parts.keywords.changed(sum(row.chunks for row in await asyncio.to_thread(shelf.collections)))
        return [results[item.id] for item in items]

    async def _open_early(self) -> None:
        """Open the library before anybody asks; who asks later is told what is wrong."""
        with suppress(ApiError):
            async with self._opened():
                pass

    @asynccontextmanager
    async def _opened(self) -> AsyncGenerator[_Running]:
        """Yield the open library, and say in one way what is wrong with its files.

        Raises:
            ApiError: `library_unavailable` or `disk_full`.
        """
        try:
            async with self._opening:
                if self._is_closed:
                    raise shutting_down()
                if self._running is not None and self._running.task.done():
                    # It ends only when the file cannot be used; opening it again tells whether it can be mended.
                    await self._shut()
                if self._running is None:
                    parts = await asyncio.to_thread(open_parts, self._folder, self._chroma_url)
                    self._running = self._run(parts)
            yield self._running
        except VectorIndexError as err:
            raise ApiError(ErrorCode.LIBRARY_UNAVAILABLE, f"The vector index cannot be used: {err}.") from err
        except sqlite3.DatabaseError as err:
            _LOGGER.warning("The library's file cannot be used: %s", err)
            if may_be_damage(err):
                await self._reopen()
            raise _told(err) from err
        except BlockingIOError as err:
            message = "Another program has the library open; two engines cannot share one data folder."
            raise ApiError(ErrorCode.LIBRARY_UNAVAILABLE, message) from err
        except OSError as err:
            raise ApiError(ErrorCode.LIBRARY_UNAVAILABLE, f"The library cannot be used: {err.strerror}.") from err

    async def _reopen(self) -> None:
        """Close the library, so that the next who asks has its file examined and mended."""
        async with self._opening:
            await self._shut()

    def _run(self, parts: Parts) -> _Running:
        """Begin to work in an open library."""
        indexer = Indexer(
            parts.shelf,
            parts.ledger,
            parts.vectors,
            self._parser,
            self._embedder,
            self._metrics,
            rest_seconds=self._rest_seconds,
        )
        search = Search(parts.keywords, parts.vectors, self._embedder, self._metrics, opened=indexer.opened)
        return _Running(parts, indexer, search, asyncio.create_task(_logged(indexer.run())))

    async def _shut(self) -> None:
        """Close what is open."""
        running, self._running = self._running, None
        if running is None:
            return
        running.task.cancel()
        await asyncio.wait({running.task}, timeout=_CLOSE_SECONDS)
        await asyncio.to_thread(running.parts.close)


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    """Work, and note why that ended; who asks next has everything opened anew."""
    try:
        await work
    except sqlite3.DatabaseError as err:
        _LOGGER.warning("The library's background work ended: %s", err)
    except Exception:
        _LOGGER.exception("The library's background work ended")


def _told(err: sqlite3.DatabaseError) -> ApiError:
    """Return what a client is told about a failure of the database."""
    if getattr(err, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
        return ApiError(ErrorCode.DISK_FULL, "There is no room on the disk for the library.")
    message = "The library's file cannot be used now; the engine's log says more."
    return ApiError(ErrorCode.LIBRARY_UNAVAILABLE, message)
