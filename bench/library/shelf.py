"""Put items into the library through its API, and wait until they can be found."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from itertools import batched
import time
from typing import Any

from bench.client import Client, RequestFailedError
from bench.household import Item
from demo.progress import Progress

_BATCH = 200
_POLL_SECONDS = 0.2
_BUSY_SECONDS = 0.5
_TELL_SECONDS = 30.0
_BUSY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


class ItemFailedError(Exception):
    """The library refused an item that is as it should be."""


class Shelf:
    """The library as it fills; `chunks` is how many it holds."""

    def __init__(self, client: Client) -> None:
        """Begin with an empty library."""
        self._client = client
        self.chunks = 0

    async def store(self, items: Sequence[Item]) -> None:
        """Store items and wait until all of them have vectors.

        Raises:
            ItemFailedError: one was refused.
            RequestFailedError: the server refused all of them.
        """
        for batch in batched(items, _BATCH, strict=False):
            await self._send(batch)
        await self._all_embedded()

    async def grow(self, more: Iterator[Item], chunks: int, progress: Progress) -> float:
        """Store more until the library has so many chunks, all of them with vectors; return the chunks a second.

        Raises:
            ItemFailedError: one was refused.
            RequestFailedError: the server refused all of them.
        """
        before, began, told = self.chunks, time.monotonic(), time.monotonic()
        while self.chunks < chunks:
            # Everyday items are short: a chunk each, or nearly.
            await self._send([next(more) for _ in range(min(_BATCH, chunks - self.chunks))])
            if time.monotonic() - told > _TELL_SECONDS:
                told = time.monotonic()
                progress.say(f"  {self.chunks:,} chunks are stored, {await self._pending():,} have no vector yet")
        await self._all_embedded()
        return (self.chunks - before) / max(time.monotonic() - began, 1e-9)

    async def _send(self, items: Iterable[Item]) -> None:
        """Store some items; where the library is busy, try again."""
        by_collection: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for item in items:
            by_collection[item.collection].append(_as_sent(item))
        for collection, sent in by_collection.items():
            reply = await self._patiently(f"/v1/collections/{collection}/items", {"items": sent})
            for result in reply["results"]:
                if result["status"] == "failed":
                    raise ItemFailedError(f"{result['id']}: {result['error']}")
                self.chunks += result["chunks"]

    async def _patiently(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        while True:
            try:
                return await self._client.post(path, body)
            except RequestFailedError as err:
                if err.status not in _BUSY:
                    raise
            await asyncio.sleep(_BUSY_SECONDS)

    async def _all_embedded(self) -> None:
        while await self._pending():  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(_POLL_SECONDS)

    async def _pending(self) -> int:
        told = await self._client.get("/v1/collections")
        return sum(collection["pending"] for collection in told["collections"])


def _as_sent(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "owner": item.owner,
        "title": item.title,
        "kind": item.form,
        "text": item.text,
        "time": item.time.isoformat(),
    }
