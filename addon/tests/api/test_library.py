"""Test the library's part of the engine API over a real socket; vectors are another matter, words suffice here."""

from base64 import b64encode
from collections.abc import AsyncGenerator
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from hearthd.errors import ErrorCode
from hearthd.settings import RemoteRef, Role, Settings
from tests.engine.fake_server import reply, run_fake_server
from tests.running_engine import RunningEngine, run_engine

ITEM = {"id": "boiler", "owner": "household", "text": "F28 means that there is no flame."}
SEARCH = {"query": "F28", "owners": ["household"]}
ITEMS = "/v1/collections/notes/items"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncGenerator[RunningEngine]:
    """Run an engine with an empty library."""
    async with run_engine(Settings(tmp_path, max_document_mb=1)) as running:
        yield running


async def store(engine: RunningEngine, *items: dict[str, Any], collection: str = "notes") -> list[dict[str, Any]]:
    """Store items and return what became of them."""
    response = await engine.client.post(f"/v1/collections/{collection}/items", json={"items": items})
    assert response.status_code == 200
    return list(response.json()["results"])


def refused(response: httpx.Response, code: ErrorCode, param: str | None = None) -> bool:
    """Tell whether a request was refused as it should be."""
    error = response.json()["error"]
    return (error["code"], error["param"]) == (code, param or error["param"])


async def test_an_empty_library(engine: RunningEngine) -> None:
    """What is not there is empty, and no error."""
    overview = (await engine.client.get("/v1/collections")).json()
    assert (overview["collections"], overview["state"], overview["problem"]) == ([], "ok", None)
    assert (await engine.client.get(ITEMS)).json() == {"items": [], "next": None}
    assert (await engine.client.request("DELETE", ITEMS, json={"ids": ["x"]})).json() == {"deleted": 0}
    assert (await engine.client.delete("/v1/collections/notes")).json() == {"deleted": 0}
    assert (await engine.client.post("/v1/search", json=SEARCH)).json()["passages"] == []


async def test_what_is_stored_is_found(engine: RunningEngine) -> None:
    """A passage comes with where it is from."""
    facts = {"title": "Boiler", "time": "2026-11-21T13:00:00+01:00", "url": "/x", "pinned": True, "meta": {"a": 1}}
    assert await store(engine, ITEM | facts) == [{"id": "boiler", "status": "stored", "chunks": 1, "error": None}]
    found = (await engine.client.post("/v1/search", json=SEARCH)).json()
    assert (found["mode"], found["embedding_ms"]) == ("keyword", None)
    (passage,) = found["passages"]
    assert {name: passage[name] for name in passage if name not in {"chunk", "score", "parts"}} == {
        "collection": "notes",
        "item": "boiler",
        "owner": "household",
        "title": "Boiler",
        "headings": [],
        "text": ITEM["text"],
        "time": "2026-11-21T12:00:00Z",
        "url": "/x",
        "pinned": True,
        "span": [0, len(ITEM["text"])],
    }
    assert passage["parts"] == {"vector": None, "keyword": 1.0, "recency": None, "pin": 1.0}
    assert 0.5 < passage["score"] <= 1
    assert len(passage["chunk"]) == 32


async def test_files(engine: RunningEngine) -> None:
    """A file comes as base64; one that cannot be read says why, and does not stand in the others' way."""
    letter = b64encode(b"From: Rosa <rosa@example.org>\nSubject: Boiler\n\nI come on Friday.\n").decode()
    results = await store(
        engine,
        {"id": "letter", "owner": "household", "kind": "email", "data": letter},
        {"id": "torn", "owner": "household", "kind": "pdf", "data": b64encode(b"%PDF-1.7 torn").decode()},
        ITEM,
    )
    assert [result["status"] for result in results] == ["stored", "failed", "stored"]
    assert results[1]["error"]["code"] == "damaged"
    rows = (await engine.client.get(ITEMS, params={"owner": "household"})).json()["items"]
    assert [(row["id"], row["title"], row["status"]) for row in rows] == [
        ("boiler", "", "stored"),
        ("letter", "Boiler", "stored"),
        ("torn", "", "failed"),
    ]


async def test_pages(engine: RunningEngine) -> None:
    """A list goes on where it ended."""
    await store(engine, *(ITEM | {"id": f"n/{number}"} for number in range(5)))
    seen: list[str] = []
    after: str | None = None
    while True:
        page = (await engine.client.get(ITEMS, params={"limit": 2} | ({"after": after} if after else {}))).json()
        seen += [row["id"] for row in page["items"]]
        if (after := page["next"]) is None:
            break
    assert seen == [f"n/{number}" for number in range(5)]


async def test_text(engine: RunningEngine) -> None:
    """An item is read by its owner, in parts, whatever its id is made of."""
    await store(engine, ITEM | {"id": "a/b c?#ü", "owner": "person:anna"})
    path = f"{ITEMS}/a%2Fb%20c%3F%23%C3%BC"
    part = (
        await engine.client.get(path, params={"owner": ["household", "person:anna"], "offset": 4, "limit": 5})
    ).json()
    assert (part["text"], part["offset"], part["total_chars"]) == ("means", 4, len(ITEM["text"]))
    others = await engine.client.get(path, params={"owner": "household"})
    missing = await engine.client.get(f"{ITEMS}/nothing", params={"owner": "household"})
    assert others.status_code == missing.status_code == 404
    assert others.json() == missing.json()
    assert refused(await engine.client.get(path), ErrorCode.INVALID_REQUEST, "owner")


async def test_deletion(engine: RunningEngine) -> None:
    """Items go by id, by owner, or all."""
    items = [
        ITEM | {"id": f"{owner} {number}", "owner": owner} for owner in ("household", "person:a") for number in (1, 2)
    ]
    await store(engine, *items)
    for body, deleted in (
        ({"ids": ["household 1", "none"]}, 1),
        ({"owner": "person:a"}, 2),
        ({"owner": "person:a"}, 0),
    ):
        assert (await engine.client.request("DELETE", ITEMS, json=body)).json() == {"deleted": deleted}
    assert (await engine.client.delete("/v1/collections/notes")).json() == {"deleted": 1}


async def test_upkeep(engine: RunningEngine) -> None:
    """The library can be checked and made anew, and Prometheus is told of it."""
    await store(engine, ITEM)
    assert (await engine.client.post("/v1/collections/verify")).json() == {"problems": []}
    assert (await engine.client.post("/v1/collections/rebuild")).status_code == 202
    assert (await engine.client.get("/v1/info")).json()["limits"]["max_document_bytes"] == 1024**2
    metrics = (await engine.client.get("/metrics")).text
    assert "hearth_library_search_seconds" in metrics


BAD_ITEMS: dict[str, Any] = {
    "no owner": {"id": "x", "text": "y"},
    "owner": ITEM | {"owner": "anna"},
    "nobody": ITEM | {"owner": "person:"},
    "no id": {"owner": "household", "text": "y"},
    "empty id": ITEM | {"id": ""},
    "long id": ITEM | {"id": "x" * 301},
    "kind": ITEM | {"kind": "exe"},
    "time without a zone": ITEM | {"time": "2026-11-21T12:00:00"},
    "no time": ITEM | {"time": "noon"},
    "year": ITEM | {"time": "0001-01-01T00:00:00+14:00"},
    "number as a time": ITEM | {"time": 5},
    "text and data": ITEM | {"data": ""},
    "neither": {"id": "x", "owner": "household"},
    "no base64": {"id": "x", "owner": "household", "data": "%"},
    "deep meta": ITEM | {"meta": {"a": {"b": 1}}},
    "large meta": ITEM | {"meta": {"a": "x" * 5000}},
}


@pytest.mark.parametrize("item", BAD_ITEMS.values(), ids=BAD_ITEMS)
async def test_bad_items(engine: RunningEngine, item: dict[str, Any]) -> None:
    """Nothing of a request that is wrong is kept."""
    response = await engine.client.post(ITEMS, json={"items": [ITEM, item]})
    assert response.status_code == 400
    assert refused(response, ErrorCode.INVALID_REQUEST)
    assert (await engine.client.get(ITEMS)).json()["items"] == []


async def test_limits(engine: RunningEngine) -> None:
    """What is too large, or too much, is refused."""
    large = await engine.client.post(ITEMS, json={"items": [ITEM | {"text": "x" * (1024**2 + 1)}]})
    assert refused(large, ErrorCode.BODY_TOO_LARGE)
    many = await engine.client.post(ITEMS, json={"items": [ITEM | {"id": str(number)} for number in range(501)]})
    assert refused(many, ErrorCode.INVALID_REQUEST, "items")
    twice = await engine.client.post(ITEMS, json={"items": [ITEM, ITEM]})
    assert refused(twice, ErrorCode.INVALID_REQUEST, "items")


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"owners": []}, "owners"),
        ({"owners": None}, "owners"),
        ({"owners": ["everybody"]}, "owners[0]"),
        ({"query": None}, "query"),
        ({"limit": 0}, "limit"),
        ({"limit": 51}, "limit"),
        ({"mode": "best"}, "mode"),
        ({"collections": ["No"]}, "collections[0]"),
        ({"after": "2026-11-21"}, "after"),
    ],
)
async def test_bad_questions(engine: RunningEngine, changes: dict[str, Any], param: str) -> None:
    """A question without an owner, or with anything else that is wrong, is none."""
    response = await engine.client.post("/v1/search", json=SEARCH | changes)
    assert refused(response, ErrorCode.INVALID_REQUEST, param)
    assert "everybody" not in response.text


@pytest.mark.parametrize("name", ["Notes", "9", "a" * 42, "a.b", "%2e%2e"])
async def test_bad_names(engine: RunningEngine, name: str) -> None:
    """A collection's name is no path."""
    response = await engine.client.get(f"/v1/collections/{name}/items")
    assert refused(response, ErrorCode.INVALID_REQUEST, "name")


@pytest.mark.parametrize("params", [{"limit": "-1"}, {"limit": "1001"}, {"limit": "x"}])
async def test_bad_numbers(engine: RunningEngine, params: dict[str, str]) -> None:
    """A page has a size."""
    assert refused(await engine.client.get(ITEMS, params=params), ErrorCode.INVALID_REQUEST, "limit")


async def test_a_library_that_cannot_be_opened(tmp_path: Path) -> None:
    """The rest of the engine goes on, and a client is told what is wrong."""
    (tmp_path / "library").write_text("in the way")
    async with run_engine(Settings(tmp_path)) as engine:
        overview = (await engine.client.get("/v1/collections")).json()
        assert (overview["state"], overview["collections"]) == ("unavailable", [])
        assert refused(await engine.client.post("/v1/search", json=SEARCH), ErrorCode.LIBRARY_UNAVAILABLE)
        assert (await engine.client.get("/health")).json()["status"] == "ok"


async def test_what_is_kept_at_home_is_sent_to_no_server(tmp_path: Path) -> None:
    """A real server that embeds is given the rest, and the words of a search, which finds everything all the same."""
    vectors = {"data": [{"index": 0, "embedding": [0.6, 0.8]}], "usage": {"prompt_tokens": 1}}
    letter = {"id": "letter", "owner": "household", "text": "The doctor found nothing."}
    async with run_fake_server() as server:
        server.chat = [reply(json.dumps(vectors).encode())]
        roles = {Role.EMBEDDING: RemoteRef(server.url, "e5")}
        async with run_engine(Settings(tmp_path, models=roles)) as engine:

            async def keep(name: str, *items: dict[str, Any], at_home: bool | None) -> None:
                body = {"items": items, "wait": True, "at_home": at_home}
                path = f"/v1/collections/{name}/items"
                assert (await engine.client.post(path, json=body)).status_code == 200

            def given() -> str:
                return json.dumps([body["input"] for body in server.bodies if body and "input" in body])

            await keep("letters", letter, at_home=True)
            assert "doctor" not in given()
            await keep("notes", ITEM, at_home=False)
            assert ITEM["text"] in given()
            told = (await engine.client.get("/v1/collections")).json()["collections"]
            marks = {one["name"]: (one["at_home"], one["pending"], one["words_only"]) for one in told}
            assert marks == {"letters": (True, 0, 1), "notes": (False, 0, 0)}
            found = (await engine.client.post("/v1/search", json=SEARCH | {"query": "doctor", "limit": 1})).json()
            assert ([one["item"] for one in found["passages"]], found["mode"]) == (["letter"], "hybrid")
            assert letter["text"] not in given()
            await keep("letters", at_home=False)
            assert letter["text"] in given()
