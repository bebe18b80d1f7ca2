"""Ask the engine over HTTP."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
import json
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp

from .errors import EngineProtocolError, EngineUnreachable, error_from_wire
from .fields import Fields
from .library import ItemPage, ItemRow, ItemText, LibraryItem, LibraryState, StoreResult, results_from_wire
from .models import CatalogModel, PullProgress, PullSource, RoleChoice, catalog_from_wire, roles_from_wire
from .search import SearchReply, SearchRequest
from .sse import read_events
from .stream import read_chat, read_pull
from .vectors import vectors_from_wire
from .wire import ChatEvent, ChatRequest, EngineInfo, Finished, Health, Sent, WarmRequest, Warmth

_CONNECT_SECONDS = 5
_REPLY_SECONDS = 10
# Whoever says stop must not wait for an engine that is gone.
_STOP_SECONDS = 5
# A slow machine reads the description of a large home for minutes.
_WARM_SECONDS = 900
# The engine may ask the hub, read a model's header or compute a file's checksum before it answers.
_MODEL_SECONDS = 300
# What is sent may be long documents; they are read and written down before the answer.
_STORE_SECONDS = 120
# The first text of all has the embedding model loaded.
_EMBED_SECONDS = 60
# The engine sends a comment every 15 seconds of silence; three missing ones mean that it is gone.
_SILENCE_SECONDS = 45


class EngineClient:
    """A client of one engine; every method raises EngineError and nothing else."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        """Keep the address (`http://host:port`) and the bearer token; nothing is sent yet."""
        self._session = session
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._listeners: list[Callable[[Sent], None]] = []
        self._stays_home: Callable[[str], bool] | None = None

    def keep_at_home(self, stays_home: Callable[[str], bool]) -> None:
        """Say with everything that is stored whether its collection is kept at home, as `stays_home` tells it."""
        self._stays_home = stays_home

    def add_listener(self, listener: Callable[[Sent], None]) -> Callable[[], None]:
        """Call `listener` after each request to a model until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, sent: Sent) -> None:
        for listener in list(self._listeners):
            listener(sent)

    async def async_health(self) -> Health:
        """Ask whether the engine is up; works without a valid token."""
        return Health.from_wire(await self._async_ask("GET", "/health"))

    async def async_info(self) -> EngineInfo:
        """Ask which models serve which roles."""
        return EngineInfo.from_wire(await self._async_ask("GET", "/v1/info"))

    async def async_chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """Stream one reply; closing the generator cancels it in the engine."""
        sent = Sent(request.model, request.session)
        try:
            async with self._stream("/v1/chat/completions", request.as_wire()) as events:
                async for event in read_chat(events):
                    if isinstance(event, Finished):
                        sent = replace(sent, model=event.model, timings=event.timings)
                    yield event
        finally:
            self._tell(sent)

    async def async_warm(self, request: WarmRequest) -> Warmth:
        """Let the engine compute and keep a beginning; what people ask for meanwhile goes first."""
        try:
            body = await self._async_ask("POST", "/v1/warm", request.as_wire(), seconds=_WARM_SECONDS)
        finally:
            self._tell(Sent(request.model))
        return Warmth.from_wire(body)

    async def async_stop(self) -> int:
        """End everything that the engine generates or has waiting, and return how much that was."""
        return Fields(await self._async_ask("POST", "/v1/stop", {}, seconds=_STOP_SECONDS)).whole("stopped")

    async def async_roles(self) -> Mapping[str, RoleChoice]:
        """Ask which model plays which role, and which could."""
        return roles_from_wire(await self._async_ask("GET", "/v1/roles"))

    async def async_choose(self, role: str, model: str | None) -> RoleChoice:
        """Give a role to an installed model, or to none; the old one serves until the new one is ready."""
        path = f"/v1/roles/{quote(role, safe='')}"
        return RoleChoice.from_wire(await self._async_ask("PUT", path, {"model": model}, seconds=_MODEL_SECONDS))

    async def async_catalog(self) -> tuple[CatalogModel, ...]:
        """Ask which models there are, installed or not."""
        return catalog_from_wire(await self._async_ask("GET", "/v1/catalog"))

    async def async_pull(self, source: PullSource) -> AsyncGenerator[PullProgress]:
        """Let the engine fetch a model; closing the generator ends that, the next pull goes on from there."""
        async with self._stream("/v1/models/pull", source.as_wire()) as events:
            async for progress in read_pull(events):
                yield progress

    async def async_add(self, path: str, model: str | None = None) -> None:
        """Let the engine take in a model's file that lies on its machine; without an id it finds one."""
        body = {"path": path} | ({} if model is None else {"id": model})
        await self._async_ask("POST", "/v1/models/add", body, seconds=_MODEL_SECONDS)

    async def async_remove(self, model: str) -> None:
        """Delete a model's file that no role uses."""
        await self._async_ask("DELETE", f"/v1/models/{quote(model, safe='')}", seconds=_MODEL_SECONDS)

    async def async_check(self) -> None:
        """Let the engine ask the hub for newer revisions of what is installed."""
        await self._async_ask("POST", "/v1/models/check", {}, seconds=_MODEL_SECONDS)

    async def async_embed(self, texts: Sequence[str], *, priority: str = "chat") -> tuple[Sequence[float], ...]:
        """Return the vector of each text, of length 1."""
        body = {
            "model": "embedding",
            "input": list(texts),
            "encoding_format": "base64",
            "hearth": {"priority": priority},
        }
        try:
            vectors = await self._async_ask("POST", "/v1/embeddings", body, seconds=_EMBED_SECONDS)
        finally:
            self._tell(Sent("embedding"))
        return vectors_from_wire(vectors, len(texts))

    async def async_library(self) -> LibraryState:
        """Ask what the library holds."""
        return LibraryState.from_wire(await self._async_ask("GET", "/v1/collections"))

    async def async_store(
        self, collection: str, items: Sequence[LibraryItem], *, wait: bool = False
    ) -> tuple[StoreResult, ...]:
        """Put items into a collection, in the place of those with the same id; they last once this returns.

        They are found by their words at once, and by their meaning a little later; `wait` is for both. Of a collection
        that is kept at home no model elsewhere is told, and from then on not of what it had before either.
        """
        mark = {} if self._stays_home is None else {"at_home": self._stays_home(collection)}
        body = {"items": [item.as_wire() for item in items], "wait": wait} | mark
        return results_from_wire(
            await self._async_ask("POST", f"{_path(collection)}/items", body, seconds=_STORE_SECONDS)
        )

    async def async_items(
        self, collection: str, *, owners: Sequence[str] = (), after: str | None = None, limit: int = 500
    ) -> ItemPage:
        """List a part of a collection by id, from the one behind `after`; titles are told of what `owners` have."""
        where = {"after": after} if after is not None else {}
        query = urlencode({"limit": limit, "owner": list(owners), **where}, doseq=True)
        return ItemPage.from_wire(await self._async_ask("GET", f"{_path(collection)}/items?{query}"))

    async def async_all_items(self, collection: str, *, owners: Sequence[str] = ()) -> AsyncGenerator[ItemRow]:
        """Go through a whole collection by id; titles are told of what `owners` have."""
        page = await self.async_items(collection, owners=owners)
        while True:
            for row in page.rows:
                yield row
            if page.next is None:
                return
            page = await self.async_items(collection, owners=owners, after=page.next)

    async def async_item(
        self, collection: str, item_id: str, *, owners: Sequence[str], offset: int = 0, limit: int = 200_000
    ) -> ItemText:
        """Read what one of `owners` has: at most `limit` (200,000) characters of the plain text from `offset` on."""
        query = urlencode({"owner": list(owners), "offset": offset, "limit": limit}, doseq=True)
        path = f"{_path(collection)}/items/{quote(item_id, safe='')}?{query}"
        return ItemText.from_wire(await self._async_ask("GET", path))

    async def async_delete_items(self, collection: str, item_ids: Sequence[str]) -> int:
        """Delete items for good, and return how many there were."""
        return await self._async_delete(collection, {"ids": list(item_ids)})

    async def async_delete_owner(self, collection: str, owner: str) -> int:
        """Delete what somebody owns in a collection for good, and return how many items that were."""
        return await self._async_delete(collection, {"owner": owner})

    async def async_delete_collection(self, collection: str) -> int:
        """Delete everything in a collection for good, and return how many items there were."""
        answer = await self._async_ask("DELETE", _path(collection), seconds=_STORE_SECONDS)
        return Fields(answer).whole("deleted")

    async def async_search(self, request: SearchRequest) -> SearchReply:
        """Find passages."""
        body = request.as_wire()
        return SearchReply.from_wire(await self._async_ask("POST", "/v1/search", body, seconds=_EMBED_SECONDS))

    async def _async_delete(self, collection: str, which: Mapping[str, Any]) -> int:
        path = f"{_path(collection)}/items"
        return Fields(await self._async_ask("DELETE", path, which, seconds=_STORE_SECONDS)).whole("deleted")

    async def _async_ask(self, method: str, path: str, body: Any = None, *, seconds: float = _REPLY_SECONDS) -> Any:
        """Return the parsed answer, None for an empty one."""
        timeout = aiohttp.ClientTimeout(total=seconds, connect=_CONNECT_SECONDS)
        async with self._request(method, path, timeout, body) as response:
            return await response.json() if await response.read() else None

    @asynccontextmanager
    async def _stream(self, path: str, body: Any) -> AsyncIterator[AsyncGenerator[str]]:
        timeout = aiohttp.ClientTimeout(connect=_CONNECT_SECONDS, sock_read=_SILENCE_SECONDS)
        async with self._request("POST", path, timeout, body) as response:
            if response.content_type != "text/event-stream":
                raise EngineProtocolError("the answer is not a stream")
            yield read_events(response.content.iter_any())

    @asynccontextmanager
    async def _request(
        self, method: str, path: str, timeout: aiohttp.ClientTimeout, body: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        request = self._session.request(method, f"{self._url}{path}", headers=self._headers, timeout=timeout, json=body)
        try:
            async with request as response:
                if not response.ok:
                    raise error_from_wire(await response.json())
                yield response
        except (aiohttp.ContentTypeError, json.JSONDecodeError, UnicodeDecodeError) as err:
            raise EngineProtocolError(f"{path} did not answer with JSON") from err
        except (aiohttp.ClientError, TimeoutError, OSError) as err:
            raise EngineUnreachable(f"{path}: {type(err).__name__}") from err


def _path(collection: str) -> str:
    return f"/v1/collections/{quote(collection, safe='')}"
