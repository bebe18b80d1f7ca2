"""Keep items in the library, show them, delete them and find them again."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from hearthd.api.body import read_json
from hearthd.api.library_request import (
    collection_of,
    number_of,
    owners_of,
    parse_deletion,
    parse_items,
    parse_search,
)
from hearthd.engine.backend import Priority
from hearthd.errors import ApiError, ErrorCode
from hearthd.library.item import ItemRow, ItemText, RowError, StoreResult
from hearthd.library.library import Library
from hearthd.library.overview import as_time
from hearthd.library.passage import Ranked
from hearthd.settings import Settings

_ROWS = 100
_MOST_ROWS = 1000
_CHARS = 20_000
_MOST_CHARS = 200_000
_LONGEST = 999_999_999


def create_library_routes(library: Library, settings: Settings) -> APIRouter:
    """Return the routes to the library."""
    router = APIRouter()
    _add_collection_routes(router, library)
    _add_store_routes(router, library, settings)
    _add_read_routes(router, library, settings.max_body)
    return router


def _add_collection_routes(router: APIRouter, library: Library) -> None:
    """Add what is about the library as a whole."""

    @router.get("/v1/collections")
    async def collections() -> JSONResponse:
        """Tell how much each collection holds, and how the library fares."""
        try:
            return JSONResponse((await library.overview()).as_dict())
        except ApiError as err:
            if err.code is not ErrorCode.LIBRARY_UNAVAILABLE:
                raise
            return JSONResponse(_no_overview(err.message))

    @router.post("/v1/collections/rebuild")
    async def rebuild() -> JSONResponse:
        """Begin to read all sources again and to make both indexes anew."""
        await library.rebuild()
        return JSONResponse({"rebuilding": True}, status_code=202)

    @router.post("/v1/collections/verify")
    async def verify() -> JSONResponse:
        """Check the library's files, and have set right what can be."""
        return JSONResponse({"problems": await library.verify()})


def _add_store_routes(router: APIRouter, library: Library, settings: Settings) -> None:
    """Add what changes collections."""
    most_bytes = settings.max_document_mb * 1024**2
    # A document's bytes become a third more as base64; beside them there may be many small items.
    largest = most_bytes * 4 // 3 + settings.max_body

    @router.post("/v1/collections/{name}/items")
    async def store(name: str, request: Request) -> JSONResponse:
        """Keep items."""
        collection = collection_of(name)
        items, wait, at_home = parse_items(await read_json(request, largest), most_bytes)
        results = await library.store(collection, items, wait=wait, at_home=at_home)
        return JSONResponse({"results": [_result(result) for result in results]})

    @router.delete("/v1/collections/{name}/items")
    async def delete(name: str, request: Request) -> JSONResponse:
        """Delete items by their ids or owner."""
        collection = collection_of(name)
        ids, owner = parse_deletion(await read_json(request, settings.max_body))
        return JSONResponse({"deleted": await library.delete(collection, ids, owner)})

    @router.delete("/v1/collections/{name}")
    async def drop(name: str) -> JSONResponse:
        """Delete all items of a collection."""
        return JSONResponse({"deleted": await library.delete(collection_of(name))})


def _add_read_routes(router: APIRouter, library: Library, max_body: int) -> None:
    """Add what only looks."""

    @router.get("/v1/collections/{name}/items")
    async def page(name: str, request: Request) -> JSONResponse:
        """List items by id; their titles only for the owners that are named."""
        limit = max(1, number_of(request, "limit", _ROWS, _MOST_ROWS))
        after = request.query_params.get("after")
        rows, following = await library.page(collection_of(name), owners_of(request), after, limit)
        return JSONResponse({"items": [_row(row) for row in rows], "next": following})

    @router.get("/v1/collections/{name}/items/{item:path}")
    async def text(name: str, item: str, request: Request) -> JSONResponse:
        """Return a part of an item's plain text to its owner."""
        owners = owners_of(request)
        if not owners:
            raise ApiError(ErrorCode.INVALID_REQUEST, "owner: it is required, once or more", param="owner")
        offset = number_of(request, "offset", 0, _LONGEST)
        limit = number_of(request, "limit", _CHARS, _MOST_CHARS)
        found = await library.text(collection_of(name), item, owners, offset, limit)
        if found is None:
            raise ApiError(ErrorCode.NOT_FOUND, "There is no such item.")
        return JSONResponse(_text(found))

    @router.post("/v1/search")
    async def search(request: Request) -> JSONResponse:
        """Find passages."""
        query, extra = parse_search(await read_json(request, max_body))
        is_urgent = extra.urgency is not Priority.BACKGROUND
        found = await library.search(query, urgent=is_urgent, deadline_s=extra.deadline_s)
        return JSONResponse(
            {
                "passages": [_passage(ranked) for ranked in found.passages],
                "mode": found.mode,
                "embedding_ms": found.embedding_ms,
                "search_ms": found.search_ms,
            }
        )


def _no_overview(problem: str) -> dict[str, Any]:
    """Describe a library that cannot be opened."""
    embedding = {"model": None, "dimension": None, "state": "failed", "rebuilding": False, "error": None}
    return {"collections": [], "embedding": embedding, "state": "unavailable", "problem": problem}


def _result(result: StoreResult) -> dict[str, Any]:
    """Describe what became of an item."""
    return {"id": result.id, "status": result.status, "chunks": result.chunks, "error": _error(result.error)}


def _row(row: ItemRow) -> dict[str, Any]:
    """Describe an item in a list."""
    return {
        "id": row.id,
        "hash": row.hash,
        "owner": row.owner,
        "time": as_time(row.time),
        "title": row.title,
        "status": row.status,
        "error": _error(row.error),
    }


def _text(item: ItemText) -> dict[str, Any]:
    """Describe an item with a part of its text."""
    return {
        "id": item.id,
        "owner": item.owner,
        "kind": item.kind,
        "title": item.title,
        "time": as_time(item.time),
        "url": item.url,
        "pinned": item.pinned,
        "meta": dict(item.meta),
        "text": item.text,
        "offset": item.offset,
        "total_chars": item.total_chars,
    }


def _passage(ranked: Ranked) -> dict[str, Any]:
    """Describe a passage and what speaks for it."""
    passage = ranked.passage
    return {
        "collection": passage.collection,
        "item": passage.item,
        "chunk": passage.id,
        "owner": passage.owner,
        "title": passage.title,
        "headings": list(passage.headings),
        "text": passage.text,
        "time": as_time(passage.time),
        "url": passage.url,
        "pinned": passage.pinned,
        "score": round(ranked.score, 4),
        "parts": {
            "vector": ranked.cosine,
            "keyword": ranked.coverage,
            "recency": ranked.recency,
            "pin": 1.0 if passage.pinned else 0.0,
        },
        "span": [passage.start, passage.end],
    }


def _error(error: RowError | None) -> dict[str, str] | None:
    """Describe why an item could not be read."""
    return None if error is None else {"code": error.code, "message": error.message}
