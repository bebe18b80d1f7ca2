"""List the exchanges about the library: what the client asks, and how it reads the answers."""

from base64 import b64encode
from datetime import UTC, datetime
import struct
from typing import Any

from custom_components.hearth.engine import (
    Collection,
    EngineClient,
    ItemKind,
    ItemPage,
    ItemRow,
    ItemText,
    LibraryItem,
    LibraryState,
    Passage,
    SearchReply,
    SearchRequest,
    StoreResult,
)

from .exchange import Exchange

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NOTE = LibraryItem("note/1", "household", "Boiler", "Serviced by Rosa.", time=NOON, url="/calendar", meta={"by": "me"})
FILE = LibraryItem("file/1", "person:anna", "Scan", b"%PDF", ItemKind.PDF, pinned=True)
SENT_NOTE = {
    "id": "note/1",
    "owner": "household",
    "title": "Boiler",
    "kind": "text",
    "text": "Serviced by Rosa.",
    "time": "2026-11-21T12:00:00+00:00",
    "url": "/calendar",
    "pinned": False,
    "meta": {"by": "me"},
}
SENT_FILE: dict[str, Any] = {
    "id": "file/1",
    "owner": "person:anna",
    "title": "Scan",
    "kind": "pdf",
    "data": "JVBERg==",
    "time": None,
    "url": None,
    "pinned": True,
    "meta": {},
}
ROW = {
    "id": "note/1",
    "hash": "abc",
    "owner": "household",
    "time": "2026-11-21T12:00:00Z",
    "title": "Boiler",
    "status": "stored",
    "error": None,
}
BAD_ROW = {**ROW, "id": "note/2", "time": None, "status": "failed", "error": {"code": "damaged", "message": "no"}}
PASSAGE: dict[str, Any] = {
    "collection": "notes",
    "item": "note/1",
    "chunk": "0f",
    "owner": "household",
    "title": "Boiler",
    "headings": [],
    "text": "Serviced by Rosa.",
    "time": "2026-11-21T12:00:00Z",
    "url": None,
    "pinned": False,
    "score": 0.75,
    "parts": {"vector": 0.8, "keyword": None, "recency": 1, "pin": 0.0},
    "span": [0, 17],
}
FOUND: dict[str, Any] = {"passages": [PASSAGE], "mode": "hybrid", "embedding_ms": 1.5, "search_ms": 2}
COLLECTION = {
    "name": "notes",
    "items": 2,
    "chunks": 4,
    "pending": 1,
    "words_only": 2,
    "errors": 1,
    "updated": "2026-11-21T12:00:00Z",
    "at_home": True,
}
STATE: dict[str, Any] = {
    "collections": [COLLECTION],
    "embedding": {"model": "minilm", "dimension": 384, "state": "ready", "rebuilding": False},
    "problem": "It was damaged.",
}
TEXT: dict[str, Any] = {
    **ROW,
    "kind": "text",
    "url": None,
    "pinned": False,
    "meta": {},
    "text": "Serviced",
    "total_chars": 17,
}


def vector(index: int, *values: float) -> dict[str, Any]:
    """Return the vector of a text as the engine sends it."""
    return {"object": "embedding", "index": index, "embedding": b64encode(struct.pack("<2f", *values)).decode()}


EMBEDDED = {"object": "list", "data": [vector(1, 0.0, 1.0), vector(0, 1.0, 0.0)], "model": "minilm"}


async def _embedded(client: EngineClient) -> object:
    return [list(vector) for vector in await client.async_embed(["a", "b"], priority="voice")]


async def all_items(client: EngineClient) -> list[str]:
    """Return the IDs of everything in a collection."""
    return [row.id async for row in client.async_all_items("notes")]


EXCHANGES = (
    Exchange(
        _embedded,
        "POST /v1/embeddings",
        {
            "model": "embedding",
            "input": ["a", "b"],
            "encoding_format": "base64",
            "hearth": {"priority": "voice"},
        },
        EMBEDDED,
        [[1.0, 0.0], [0.0, 1.0]],
        nonsense=(
            {},
            {"data": [vector(0, 1.0, 0.0)]},
            {"data": [vector(0, 1.0, 0.0), vector(0, 1.0, 0.0)]},
            {"data": [vector(0, 1.0, 0.0), {"index": 1, "embedding": [0.0, 1.0]}]},
            {"data": [vector(0, 1.0, 0.0), {"index": 1, "embedding": "no"}]},
            {"data": [vector(0, 1.0, 0.0), {"index": 1, "embedding": ""}]},
            {"data": [vector(0, 1.0, 0.0), {"index": 1, "embedding": "AAA="}]},
        ),
    ),
    Exchange(
        lambda client: client.async_library(),
        "GET /v1/collections",
        None,
        STATE,
        LibraryState(
            {"notes": Collection("notes", 2, 4, 1, 2, 1, NOON, at_home=True)},
            "minilm",
            "ready",
            False,
            "It was damaged.",
        ),
        nonsense=(
            {"collections": []},
            {**STATE, "collections": [{**COLLECTION, "updated": "yesterday"}]},
            {**STATE, "collections": [{**COLLECTION, "updated": "2026-11-21T12:00:00"}]},
        ),
    ),
    Exchange(
        lambda client: client.async_store("notes", [NOTE, FILE], wait=True),
        "POST /v1/collections/notes/items",
        {"items": [SENT_NOTE, SENT_FILE], "wait": True},
        {
            "results": [
                {"id": "note/1", "status": "stored", "chunks": 2, "error": None},
                {"id": "file/1", "status": "failed", "chunks": 0, "error": {"code": "damaged", "message": "torn"}},
            ]
        },
        (StoreResult("note/1", "stored", 2, None, None), StoreResult("file/1", "failed", 0, "damaged", "torn")),
        nonsense=({"results": [{"id": "note/1"}]},),
    ),
    Exchange(
        lambda client: client.async_items("notes", owners=["household", "person:anna"], after="a/b c", limit=2),
        "GET /v1/collections/notes/items?limit=2&owner=household&owner=person:anna&after=a/b+c",
        None,
        {"items": [ROW, BAD_ROW], "next": "note/2"},
        ItemPage(
            (
                ItemRow("note/1", "abc", "household", "Boiler", NOON, "stored", None),
                ItemRow("note/2", "abc", "household", "Boiler", None, "failed", "damaged"),
            ),
            "note/2",
        ),
        nonsense=({"items": [{**ROW, "error": "torn"}], "next": None},),
    ),
    Exchange(all_items, "GET /v1/collections/notes/items?limit=500", None, {"items": [ROW], "next": None}, ["note/1"]),
    Exchange(
        lambda client: client.async_item("notes", "note/1", owners=["household"], offset=3, limit=8),
        "GET /v1/collections/notes/items/note%2F1?owner=household&offset=3&limit=8",
        None,
        TEXT,
        ItemText("note/1", "household", "Boiler", "text", NOON, None, False, {}, "Serviced", 17),
        nonsense=({**TEXT, "total_chars": "many"},),
    ),
    Exchange(
        lambda client: client.async_delete_items("notes", ["note/1"]),
        "DELETE /v1/collections/notes/items",
        {"ids": ["note/1"]},
        {"deleted": 1},
        1,
        nonsense=({},),
    ),
    Exchange(
        lambda client: client.async_delete_owner("notes", "person:anna"),
        "DELETE /v1/collections/notes/items",
        {"owner": "person:anna"},
        {"deleted": 2},
        2,
    ),
    Exchange(
        lambda client: client.async_delete_collection("notes"),
        "DELETE /v1/collections/notes",
        None,
        {"deleted": 2},
        2,
    ),
    Exchange(
        lambda client: client.async_search(
            SearchRequest(
                "boiler", ("household",), ["notes"], after=NOON, before=NOON, limit=3, mode="keyword", deadline_s=1.5
            )
        ),
        "POST /v1/search",
        {
            "query": "boiler",
            "owners": ["household"],
            "collections": ["notes"],
            "after": "2026-11-21T12:00:00+00:00",
            "before": "2026-11-21T12:00:00+00:00",
            "limit": 3,
            "mode": "keyword",
            "hearth": {"priority": "chat", "deadline_ms": 1500},
        },
        FOUND,
        SearchReply(
            (
                Passage(
                    "notes",
                    "note/1",
                    "0f",
                    "household",
                    "Boiler",
                    "Serviced by Rosa.",
                    NOON,
                    None,
                    False,
                    0.75,
                    {"vector": 0.8, "keyword": None, "recency": 1, "pin": 0.0},
                    (0, 17),
                ),
            ),
            "hybrid",
            1.5,
            2,
        ),
        nonsense=(
            {**FOUND, "passages": [{**PASSAGE, "span": [0]}]},
            {**FOUND, "passages": [{**PASSAGE, "score": None}]},
            {**FOUND, "mode": None},
        ),
    ),
)
