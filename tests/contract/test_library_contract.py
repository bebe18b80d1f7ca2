"""Test that the real library and the real client agree."""

from collections.abc import AsyncGenerator, Generator
from datetime import UTC, datetime, timedelta
import math
from pathlib import Path

from aiohttp import ClientSession
import pytest

from custom_components.hearth.engine import (
    EngineClient,
    EngineError,
    ItemKind,
    ItemPage,
    LibraryItem,
    SearchRequest,
    StoreResult,
)
from tests import hearthd as real_engine
from tests.hearthd import Hearthd

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANNA, OURS = "person:anna", "household"
BOILER = LibraryItem(
    "note/boiler", OURS, "Boiler", "The boiler was serviced by Rosa.", time=NOON, url="/calendar", meta={"page": 1}
)
DIARY = LibraryItem("note/a b/c?", ANNA, "Diary", "Today the boiler hummed a song.", pinned=True)

EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
BEGIN:VEVENT
UID:1
DTSTAMP:20261121T000000Z
DTSTART:20261121T120000Z
SUMMARY:Rosa comes
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(scope="session")
def library_engine(tmp_path_factory: pytest.TempPathFactory) -> Generator[Hearthd]:
    """Return an engine with a library of its own."""
    with real_engine.running(tmp_path_factory.mktemp("library")) as engine:
        yield engine


@pytest.fixture
async def client(session: ClientSession, library_engine: Hearthd) -> AsyncGenerator[EngineClient]:
    """Return a client of an engine whose library is empty, and empty it afterwards."""
    client = EngineClient(session, library_engine.url, library_engine.token)
    yield client
    for name in (await client.async_library()).collections:
        await client.async_delete_collection(name)


async def test_what_is_stored_is_found_and_told_in_full(client: EngineClient) -> None:
    """Store a note, find it, read it, and find nothing once it is deleted."""
    assert await client.async_store("notes", [BOILER, DIARY], wait=True) == (
        StoreResult("note/boiler", "stored", 1, None, None),
        StoreResult("note/a b/c?", "stored", 1, None, None),
    )
    ((again, _),) = [await client.async_store("notes", [BOILER, DIARY])]
    assert again.status == "unchanged"
    reply = await client.async_search(SearchRequest("Who serviced the boiler?", [OURS]))
    (passage,) = reply.passages
    assert reply.mode == "hybrid"
    assert (passage.collection, passage.item, passage.owner, passage.title) == ("notes", "note/boiler", OURS, "Boiler")
    assert (passage.text, passage.time, passage.url) == (BOILER.content, NOON, "/calendar")
    assert passage.text == (await client.async_item("notes", "note/boiler", owners=[OURS])).text[slice(*passage.span)]
    assert 0 < passage.score <= 1
    assert await client.async_delete_items("notes", ["note/boiler", "note/never"]) == 1
    assert (await client.async_search(SearchRequest("Who serviced the boiler?", [OURS]))).passages == ()


async def test_an_item_of_any_id_is_read_in_parts_by_its_owner(client: EngineClient) -> None:
    """Read what is asked for, and nothing of another's."""
    await client.async_store("notes", [DIARY])
    whole = await client.async_item("notes", DIARY.id, owners=[ANNA])
    assert (whole.id, whole.text, whole.pinned, whole.total_chars) == (DIARY.id, DIARY.content, True, len(whole.text))
    part = await client.async_item("notes", DIARY.id, owners=[ANNA], offset=6, limit=3)
    assert (part.text, part.total_chars) == ("the", whole.total_chars)
    with pytest.raises(EngineError) as caught:
        await client.async_item("notes", DIARY.id, owners=[OURS])
    assert caught.value.code == "not_found"


async def test_a_collection_is_listed_page_by_page(client: EngineClient) -> None:
    """Show titles to owners only, and everything else to whoever keeps the library."""
    items = [LibraryItem(f"note/{number}", OURS, f"Note {number}", "some words") for number in range(5)]
    await client.async_store("notes", items)
    page = await client.async_items("notes", owners=[OURS], limit=2)
    assert [(row.id, row.title, row.status) for row in page.rows] == [
        ("note/0", "Note 0", "stored"),
        ("note/1", "Note 1", "stored"),
    ]
    assert [row.id async for row in client.async_all_items("notes")] == [item.id for item in items]
    assert {row.title async for row in client.async_all_items("notes")} == {""}
    hashes = {row.id: row.hash for row in page.rows}
    await client.async_store("notes", [LibraryItem("note/0", OURS, "Note 0", "other words")])
    after = {row.id: row.hash for row in (await client.async_items("notes", limit=2)).rows}
    assert (after["note/1"] == hashes["note/1"], after["note/0"] == hashes["note/0"]) == (True, False)


async def test_a_search_keeps_to_its_bounds(client: EngineClient) -> None:
    """Find nothing of another owner, another collection or another time."""
    await client.async_store("notes", [BOILER, DIARY], wait=True)
    for request, found in (
        (SearchRequest("boiler", [OURS, ANNA]), {BOILER.id, DIARY.id}),
        (SearchRequest("boiler", [ANNA]), {DIARY.id}),
        (SearchRequest("boiler", [OURS], ["mail"]), set()),
        (SearchRequest("boiler", [OURS], after=NOON + timedelta(days=1)), set()),
        (SearchRequest("boiler", [OURS], before=NOON), set()),
        (SearchRequest("boiler", [OURS], after=NOON, before=NOON + timedelta(days=1)), {BOILER.id}),
        (SearchRequest("boiler", [OURS, ANNA], limit=1, mode="keyword"), {DIARY.id}),
    ):
        reply = await client.async_search(request)
        assert len({passage.item for passage in reply.passages}) == len(found), request
        assert {passage.item for passage in reply.passages} == found or request.limit == 1


async def test_what_the_library_holds_is_counted(client: EngineClient) -> None:
    """Tell how much there is, also what could not be read."""
    (result,) = await client.async_store("documents", [LibraryItem("bad", OURS, "Bad", b"no", ItemKind.PDF)])
    assert result.status == "failed"
    assert result.error_code is not None
    await client.async_store("notes", [BOILER], wait=True)
    state = await client.async_library()
    counts = {name: (kept.items, kept.chunks, kept.pending, kept.errors) for name, kept in state.collections.items()}
    assert counts == {"documents": (1, 0, 0, 1), "notes": (1, 1, 0, 0)}
    assert all(kept.updated for kept in state.collections.values())
    assert state.embedding_model is not None
    (row,) = (await client.async_items("documents")).rows
    assert (row.status, row.error_code) == ("failed", result.error_code)


async def test_what_is_kept_at_home_is_said_with_what_is_stored(client: EngineClient) -> None:
    """The mark is the collection's, whatever it holds, and changes with what is said next."""
    private = {"notes"}
    client.keep_at_home(lambda collection: collection in private)
    await client.async_store("notes", [BOILER])
    await client.async_store("feeds", [BOILER])
    marks = {name: kept.at_home for name, kept in (await client.async_library()).collections.items()}
    assert marks == {"notes": True, "feeds": False}
    private.clear()
    await client.async_store("notes", [])
    assert not (await client.async_library()).collections["notes"].at_home


async def test_nothing_is_no_error(client: EngineClient) -> None:
    """Prune, list and search what was never there."""
    assert await client.async_items("feeds") == ItemPage((), None)
    assert await client.async_delete_items("feeds", ["feed/1"]) == 0
    assert await client.async_delete_owner("feeds", ANNA) == 0
    assert await client.async_delete_collection("feeds") == 0
    assert (await client.async_search(SearchRequest("boiler", [OURS]))).passages == ()


async def test_what_somebody_has_is_deleted(client: EngineClient) -> None:
    """Delete an owner's items, and leave the others'."""
    await client.async_store("notes", [BOILER, DIARY])
    assert await client.async_delete_owner("notes", ANNA) == 1
    assert [row.id async for row in client.async_all_items("notes")] == [BOILER.id]


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        (ItemKind.MARKDOWN, "# Boiler\nServiced by *Rosa*.", "Rosa"),
        (ItemKind.HTML, "<p>Serviced by <b>Rosa</b>.</p>", "Rosa"),
        (ItemKind.CSV, "name,work\nRosa,boiler\n", "Rosa"),
        (ItemKind.EMAIL, b"From: a@example.org\nSubject: Boiler\n\nRosa comes.\n", "Rosa"),
        (
            ItemKind.ICS,
            EVENT,
            "Rosa",
        ),
    ],
)
async def test_every_kind_is_read(client: EngineClient, kind: ItemKind, content: str | bytes, words: str) -> None:
    """Agree on the names of the kinds, and on how text and bytes are sent."""
    (result,) = await client.async_store("documents", [LibraryItem("file/1", OURS, "File", content, kind)])
    assert (result.status, result.error_code) == ("stored", None)
    assert words in (await client.async_item("documents", "file/1", owners=[OURS])).text


async def test_texts_have_vectors(client: EngineClient) -> None:
    """Embed texts so that like is near like."""
    boiler, heating, cat = await client.async_embed(["the boiler is broken", "the heating failed", "a cat sleeps"])
    assert math.isclose(sum(value * value for value in boiler), 1, rel_tol=1e-3)

    def nearness(one: object, other: object) -> float:
        return sum(a * b for a, b in zip(one, other, strict=True))  # type: ignore[call-overload]

    assert nearness(boiler, heating) > nearness(boiler, cat)


@pytest.mark.parametrize(
    ("collection", "item", "code"),
    [
        ("Bad name", BOILER, "invalid_request"),
        ("notes", LibraryItem("a", "nobody", "t", "t"), "invalid_request"),
        ("notes", LibraryItem("i" * 301, OURS, "t", "t"), "invalid_request"),
    ],
)
async def test_what_is_refused(client: EngineClient, collection: str, item: LibraryItem, code: str) -> None:
    """Refuse what makes no sense, under the code that we know."""
    with pytest.raises(EngineError) as caught:
        await client.async_store(collection, [item])
    assert caught.value.code == code


async def test_a_library_outlives_its_engine(tmp_path: Path, session: ClientSession) -> None:
    """Hold after a restart what was stored before it."""
    for expected in (set(), {BOILER.id}):
        with real_engine.running(tmp_path) as engine:
            client = EngineClient(session, engine.url, engine.token)
            reply = await client.async_search(SearchRequest("boiler", [OURS], mode="keyword"))
            assert {passage.item for passage in reply.passages} == expected
            await client.async_store("notes", [BOILER])
