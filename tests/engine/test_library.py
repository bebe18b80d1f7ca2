"""Test what the client asks of the library and how it reads the answers; the real engine is in the contract tests."""

from base64 import b64encode
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
import json
import struct
from typing import Any

from aiohttp import web
import pytest

from custom_components.hearth.engine import (
    Collection,
    EngineClient,
    EngineError,
    EngineProtocolError,
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

from .conftest import Serve, answer

type Ask = Callable[[EngineClient], Awaitable[object]]

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
COLLECTION = {"name": "notes", "items": 2, "chunks": 3, "pending": 1, "errors": 1, "updated": "2026-11-21T12:00:00Z"}
STATE: dict[str, Any] = {
    "collections": [COLLECTION],
    "embedding": {"model": "minilm", "dimension": 384, "state": "ready", "rebuilding": False},
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


def _vector(index: int, *values: float) -> dict[str, Any]:
    return {"object": "embedding", "index": index, "embedding": b64encode(struct.pack("<2f", *values)).decode()}


EMBEDDED = {"object": "list", "data": [_vector(1, 0.0, 1.0), _vector(0, 1.0, 0.0)], "model": "minilm"}


async def _embedded(client: EngineClient) -> object:
    return [list(vector) for vector in await client.async_embed(["a", "b"], priority="voice")]


async def _all(client: EngineClient) -> object:
    return [row.id async for row in client.async_all_items("notes")]


ASKED: list[tuple[Ask, str, object, object, object]] = [
    (
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
    ),
    (
        lambda client: client.async_library(),
        "GET /v1/collections",
        None,
        STATE,
        LibraryState({"notes": Collection("notes", 2, 3, 1, 1, NOON)}, "minilm", "ready", False),
    ),
    (
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
    ),
    (
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
    ),
    (_all, "GET /v1/collections/notes/items?limit=500", None, {"items": [ROW], "next": None}, ["note/1"]),
    (
        lambda client: client.async_item("notes", "note/1", owners=["household"], offset=3, limit=8),
        "GET /v1/collections/notes/items/note%2F1?owner=household&offset=3&limit=8",
        None,
        TEXT,
        ItemText("note/1", "household", "Boiler", "text", NOON, None, False, {}, "Serviced", 17),
    ),
    (
        lambda client: client.async_delete_items("notes", ["note/1"]),
        "DELETE /v1/collections/notes/items",
        {"ids": ["note/1"]},
        {"deleted": 1},
        1,
    ),
    (
        lambda client: client.async_delete_owner("notes", "person:anna"),
        "DELETE /v1/collections/notes/items",
        {"owner": "person:anna"},
        {"deleted": 2},
        2,
    ),
    (
        lambda client: client.async_delete_collection("notes"),
        "DELETE /v1/collections/notes",
        None,
        {"deleted": 2},
        2,
    ),
    (lambda client: client.async_rebuild(), "POST /v1/collections/rebuild", {}, {"rebuilding": True}, None),
    (
        lambda client: client.async_search(
            SearchRequest("boiler", ("household",), ["notes"], after=NOON, before=NOON, limit=3, mode="keyword")
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
            "hearth": {"priority": "chat"},
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
    ),
]


@pytest.mark.parametrize(("ask", "wanted", "body", "answer", "understood"), ASKED)
async def test_what_is_asked_and_understood(
    serve: Serve, ask: Ask, wanted: str, body: object, answer: object, understood: object
) -> None:
    """Each request has its path and its body, each answer its meaning."""
    seen: list[tuple[str, object]] = []

    async def handle(request: web.Request) -> web.Response:
        said = await request.json() if request.can_read_body else None
        seen.append((f"{request.method} {request.raw_path}", said))
        return web.json_response(answer)

    assert await ask(await serve(handle)) == understood
    assert seen == [(wanted, body)]


@pytest.mark.parametrize("ask", [ask for ask, *_ in ASKED])
@pytest.mark.parametrize(
    ("handler", "code"),
    [
        (answer(503, '{"error": {"code": "library_unavailable", "message": "no"}}'), "library_unavailable"),
        (answer(500, "<html>", "text/html"), "engine_protocol"),
    ],
)
async def test_what_is_refused(
    serve: Serve, ask: Ask, handler: Callable[..., Awaitable[web.Response]], code: str
) -> None:
    """Whatever is asked, a refusal is an EngineError with its code."""
    with pytest.raises(EngineError) as caught:
        await ask(await serve(handler))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("number", "body"),
    [
        (0, {}),
        (0, {"data": [_vector(0, 1.0, 0.0)]}),
        (0, {"data": [_vector(0, 1.0, 0.0), _vector(0, 1.0, 0.0)]}),
        (0, {"data": [_vector(0, 1.0, 0.0), {"index": 1, "embedding": [0.0, 1.0]}]}),
        (0, {"data": [_vector(0, 1.0, 0.0), {"index": 1, "embedding": "no"}]}),
        (0, {"data": [_vector(0, 1.0, 0.0), {"index": 1, "embedding": ""}]}),
        (0, {"data": [_vector(0, 1.0, 0.0), {"index": 1, "embedding": "AAA="}]}),
        (1, {"collections": []}),
        (1, {**STATE, "collections": [{**COLLECTION, "updated": "yesterday"}]}),
        (1, {**STATE, "collections": [{**COLLECTION, "updated": "2026-11-21T12:00:00"}]}),
        (2, {"results": [{"id": "note/1"}]}),
        (3, {"items": [{**ROW, "error": "torn"}], "next": None}),
        (5, {**TEXT, "total_chars": "many"}),
        (6, {}),
        (10, {**FOUND, "passages": [{**PASSAGE, "span": [0]}]}),
        (10, {**FOUND, "passages": [{**PASSAGE, "score": None}]}),
        (10, {**FOUND, "mode": None}),
    ],
)
async def test_what_makes_no_sense(serve: Serve, number: int, body: object) -> None:
    """An answer of another form than the protocol's is not taken for one."""
    with pytest.raises(EngineProtocolError):
        await ASKED[number][0](await serve(answer(200, json.dumps(body))))


async def test_a_collection_is_gone_through_page_by_page(serve: Serve) -> None:
    """Ask for more until there is none."""
    asked: list[str | None] = []

    async def handle(request: web.Request) -> web.Response:
        after = request.query.get("after")
        asked.append(after)
        return web.json_response({"items": [{**ROW, "id": f"after {after}"}], "next": None if after else "x"})

    assert await _all(await serve(handle)) == ["after None", "after x"]
    assert asked == [None, "x"]


@pytest.mark.parametrize("item", [NOTE, FILE], ids=["text", "file"])
def test_an_item_is_read_as_it_was_written(item: LibraryItem) -> None:
    """Keep an item as JSON and get the same back."""
    assert LibraryItem.from_wire(json.loads(json.dumps(item.as_wire()))) == item


@pytest.mark.parametrize("change", [{"kind": "song"}, {"text": None}, {"id": 1}, {"time": "noon"}, {"pinned": None}])
def test_what_is_no_item(change: dict[str, object]) -> None:
    """Refuse what was not written by us."""
    with pytest.raises(EngineProtocolError):
        LibraryItem.from_wire({**SENT_NOTE, **change})


def test_what_is_too_long_is_sent_as_far_as_it_is_taken() -> None:
    """Cut a title; leave an address out, for a part of it leads nowhere."""
    sent = LibraryItem("a", "household", "t" * 501, "text", url="/" * 2001).as_wire()
    assert (sent["title"], sent["url"]) == ("t" * 500, None)
