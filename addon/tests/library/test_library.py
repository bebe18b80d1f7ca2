"""Test the library as a whole, with a real Chroma: what is kept is found, and only what is kept."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
import threading

import numpy as np
from numpy.typing import NDArray
import pytest

from hearthd.errors import ApiError, ErrorCode
from hearthd.library.document import Kind
from hearthd.library.library import Library
from hearthd.library.search import Mode
from hearthd.library.vector_index import VectorIndex
from tests.library.conftest import ANNA, BEN, NOON, OpenLibrary, WordEmbedder, items_of, note, query

NOTES = [
    note("boiler", "When the boiler shows F28, open the gas tap in the cellar."),
    note("plumber", "The plumber is called Rosa and comes on Fridays."),
    note("cake", "Grandmother's cake needs four eggs and a lemon."),
    note("diary", "Anna met Carl at the harbour.", ANNA),
    note("secret", "Ben hides the present behind the boiler.", BEN),
]


@pytest.fixture
async def library(open_library: OpenLibrary) -> Library:
    """Return a library that holds some notes, with their vectors."""
    library = open_library()
    await library.store("notes", NOTES, wait=True)
    return library


@pytest.mark.parametrize("mode", Mode)
async def test_found_in_every_mode(library: Library, mode: Mode) -> None:
    """Each index alone finds it, and both together."""
    found = await library.search(query("What does F28 on the boiler mean?", mode=mode, limit=1))
    assert items_of(found) == ["boiler"]
    assert found.mode is mode
    assert (found.embedding_ms is None) == (mode is Mode.KEYWORD)


async def test_what_is_stored_is_told(open_library: OpenLibrary) -> None:
    """The first time it is stored, the second time it is there, and what cannot be read says why."""
    library = open_library()
    items = [*NOTES[:2], note("broken", "no pdf at all", kind=Kind.PDF), note("empty", "  ")]
    for statuses in (["stored", "stored", "failed", "failed"], ["unchanged", "unchanged", "failed", "failed"]):
        results = await library.store("notes", items)
        assert [result.status for result in results] == statuses
        assert [result.id for result in results] == ["boiler", "plumber", "broken", "empty"]
        assert [result.error.code for result in results if result.error] == ["damaged", "empty"]
    (row,) = (await library.overview()).collections
    assert (row.name, row.items, row.chunks, row.errors) == ("notes", 4, 2, 2)


async def test_unchanged_items_are_not_embedded_again(open_library: OpenLibrary) -> None:
    """To give everything again costs no vector; to change one item costs that one's."""
    embedder = WordEmbedder()
    library = open_library(embedder)
    await library.store("notes", NOTES, wait=True)
    assert len(embedder.asked) == len(NOTES)
    await library.store("notes", NOTES, wait=True)
    assert len(embedder.asked) == len(NOTES)
    await library.store("notes", [note("cake", "The cake needs six eggs."), *NOTES[:2]], wait=True)
    assert [text for text, _ in embedder.asked[len(NOTES) :]] == ["The cake needs six eggs."]
    assert items_of(await library.search(query("six eggs cake", limit=1))) == ["cake"]


async def test_a_changed_part_keeps_the_others_vectors(open_library: OpenLibrary) -> None:
    """Of a document, only the section that changed is embedded again."""
    embedder = WordEmbedder()
    library = open_library(embedder)
    text = "# Boiler\n\nShows F28.\n\n# Fridge\n\nHums at night.\n"
    await library.store("documents", [note("manual", text, kind=Kind.MARKDOWN)], wait=True)
    before = len(embedder.asked)
    await library.store("documents", [note("manual", text.replace("night", "noon"), kind=Kind.MARKDOWN)], wait=True)
    assert before == 2
    assert len(embedder.asked) == before + 1


async def test_a_new_owner_at_once(open_library: OpenLibrary) -> None:
    """When an item changes hands, both indexes know, without a new vector."""
    embedder = WordEmbedder()
    library = open_library(embedder)
    await library.store("notes", [note("diary", "Met Carl at the harbour.", ANNA)], wait=True)
    await library.store("notes", [note("diary", "Met Carl at the harbour.", BEN)], wait=True)
    assert len(embedder.asked) == 1
    for mode in Mode:
        assert items_of(await library.search(query("Carl harbour", ANNA, mode=mode))) == []
        assert items_of(await library.search(query("Carl harbour", BEN, mode=mode))) == ["diary"]


async def test_times_and_collections(open_library: OpenLibrary) -> None:
    """A question may be about a time and about some collections."""
    library = open_library()
    for name, at in (("mail", NOON - 100), ("feeds", NOON), ("notes", None)):
        await library.store(name, [note(name, "The boiler is old.", time=at)], wait=True)
    for mode in Mode:
        found = await library.search(query("boiler", mode=mode, collections=frozenset({"feeds"})))
        assert items_of(found) == ["feeds"]
        assert items_of(await library.search(query("boiler", mode=mode, before=NOON))) == ["mail"]
        assert items_of(await library.search(query("boiler", mode=mode, after=NOON))) == ["feeds"]
        assert items_of(await library.search(query("boiler", mode=mode, collections=frozenset()))) == []


async def test_without_a_model_words_find(open_library: OpenLibrary) -> None:
    """As long as nothing makes vectors, the library answers, says so, and catches up later by itself."""
    embedder = WordEmbedder()
    embedder.is_down = True
    library = open_library(embedder)
    await library.store("notes", NOTES)
    found = await library.search(query("plumber", limit=1))
    assert (items_of(found), found.mode, found.embedding_ms) == (["plumber"], Mode.KEYWORD, None)
    await library.store("notes", [], wait=True)
    assert (await library.overview()).trouble == "model_missing"
    embedder.is_down = False
    await library.store("notes", [note("late", "It is late.")], wait=True)
    overview = await library.overview()
    assert (overview.trouble, overview.model, overview.collections[0].pending) == (None, "words", 0)
    assert (await library.search(query("plumber", limit=1))).mode is Mode.HYBRID


@pytest.mark.parametrize("code", [ErrorCode.INVALID_REQUEST, ErrorCode.INTERNAL, ErrorCode.REMOTE_FAILED])
async def test_a_refused_passage_holds_up_no_other(open_library: OpenLibrary, code: ErrorCode) -> None:
    """Its words alone find it and that is told, also after a restart; another model may make its vector."""
    embedder = WordEmbedder()
    embedder.refused, embedder.refusal = "lemon", code
    library = open_library(embedder)
    await library.store("notes", NOTES, wait=True)
    for _ in range(2):
        overview = await library.overview()
        (row,) = overview.collections
        assert (row.pending, row.words_only, overview.trouble, overview.is_rebuilding) == (0, 1, None, False)
        for item in NOTES:
            found = await library.search(query(item.source.decode(), item.owner, mode=Mode.VECTOR, limit=1))
            assert (items_of(found) == [item.id]) is (item.id != "cake")
        assert items_of(await library.search(query("how many eggs for the cake", limit=1))) == ["cake"]
        assert await library.verify() == []
        await library.close()
        library = open_library(embedder)
    await library.close()
    library = open_library(WordEmbedder("other"))
    await library.store("notes", [], wait=True)
    assert (await library.overview()).collections[0].words_only == 0


async def test_a_model_that_refuses_everything_is_to_blame(open_library: OpenLibrary) -> None:
    """No passage is given up for it: all of them wait until it is well."""
    embedder = WordEmbedder()
    embedder.refused = ""
    library = open_library(embedder)
    await library.store("notes", NOTES, wait=True)
    overview = await library.overview()
    (row,) = overview.collections
    assert (row.pending, row.words_only, overview.trouble) == (len(NOTES), 0, "invalid_request")
    embedder.refused = None
    await library.store("notes", [note("late", "It is late.")], wait=True)
    assert (await library.overview()).collections[0].pending == 0


async def test_a_vector_that_is_none_is_not_kept(open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a model makes that can't be compared would spoil the index."""
    embedder, embed = WordEmbedder(), WordEmbedder.embed

    async def broken(texts: Sequence[str], *, urgent: bool) -> NDArray[np.float32]:
        vectors = await embed(embedder, texts, urgent=urgent)
        vectors[["lemon" in text for text in texts]] = np.nan
        return vectors

    monkeypatch.setattr(embedder, "embed", broken)
    library = open_library(embedder)
    await library.store("notes", NOTES, wait=True)
    (row,) = (await library.overview()).collections
    assert (row.pending, row.words_only) == (0, 1)
    found = await library.search(query("four eggs and a lemon", limit=1))
    assert (items_of(found), found.mode) == (["cake"], Mode.KEYWORD)


async def test_who_asks_at_once_waits_for_the_index(open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first question after a start is answered as well as any; who can't wait is answered by words."""
    first = open_library()
    await first.store("notes", NOTES, wait=True)
    await first.close()
    opening, may_open = VectorIndex.open, threading.Event()

    def slowly(index: VectorIndex) -> None:
        may_open.wait()
        opening(index)

    monkeypatch.setattr(VectorIndex, "open", slowly)
    library = open_library()
    hurried = await library.search(query("plumber", limit=1), deadline_s=0.05)
    assert (items_of(hurried), hurried.mode) == (["plumber"], Mode.KEYWORD)
    patient = asyncio.create_task(library.search(query("plumber", limit=1)))
    may_open.set()
    assert (items_of(await patient), (await patient).mode) == (["plumber"], Mode.HYBRID)


async def test_another_model_makes_all_vectors_anew(open_library: OpenLibrary) -> None:
    """Vectors of two models are never compared; words answer meanwhile, and after a restart it goes on."""
    first = open_library()
    await first.store("notes", NOTES, wait=True)
    await first.close()
    embedder = WordEmbedder("other", 192)
    embedder.is_down = True
    library = open_library(embedder)
    found = await library.search(query("plumber", limit=1))
    assert (items_of(found), found.mode) == (["plumber"], Mode.KEYWORD)
    await library.store("notes", [], wait=True)
    assert (await library.overview()).is_rebuilding
    embedder.is_down = False
    await library.store("notes", [note("late", "It is late.")], wait=True)
    overview = await library.overview()
    assert (overview.model, overview.dimension, overview.is_rebuilding) == ("other", 192, False)
    assert (await library.search(query("plumber", limit=1))).mode is Mode.HYBRID


async def test_restart_costs_nothing(open_library: OpenLibrary) -> None:
    """What was made once is there after a restart."""
    first = open_library()
    await first.store("notes", NOTES, wait=True)
    await first.close()
    embedder = WordEmbedder()
    library = open_library(embedder)
    library.start()
    await library.store("notes", NOTES, wait=True)
    assert embedder.asked == []
    assert items_of(await library.search(query("plumber", mode=Mode.VECTOR, limit=1))) == ["plumber"]


async def test_a_library_that_was_never_used_is_not_opened(open_library: OpenLibrary, tmp_path: Path) -> None:
    """Who has no library has no file of one."""
    library = open_library()
    library.start()
    await asyncio.sleep(0)
    assert list(tmp_path.iterdir()) == []


async def test_questions_are_urgent_and_documents_are_not(open_library: OpenLibrary) -> None:
    """Who asks does not wait behind what is being taken in."""
    embedder = WordEmbedder()
    library = open_library(embedder)
    await library.store("notes", NOTES, wait=True)
    await library.search(query("plumber"))
    assert embedder.asked[-1] == ("plumber", True)
    assert {urgent for _, urgent in embedder.asked[:-1]} == {False}


async def test_search_while_taking_in(open_library: OpenLibrary) -> None:
    """Questions are answered while documents come in and vectors are made."""
    library = open_library()
    await library.store("notes", NOTES, wait=True)

    async def take_in(part: int) -> None:
        items = [note(f"{part} {number}", f"Item {number} of {part} is a spoon.") for number in range(60)]
        await library.store("more", items)

    async def ask() -> list[str]:
        return items_of(await library.search(query("plumber Rosa", limit=1)))

    coming = [asyncio.create_task(take_in(part)) for part in range(4)]
    answers = [await ask() for _ in range(10)]
    await asyncio.gather(*coming)
    await library.store("more", [], wait=True)
    assert answers == [["plumber"]] * 10
    assert {row.name: (row.items, row.pending) for row in (await library.overview()).collections} == {
        "more": (240, 0),
        "notes": (5, 0),
    }


async def test_too_many_at_once_are_refused(open_library: OpenLibrary) -> None:
    """Who comes when others already wait is told when to come back."""
    library = open_library()
    results = await asyncio.gather(
        *(library.store("notes", [note(str(number), "A note.")]) for number in range(12)), return_exceptions=True
    )
    refused = [result for result in results if isinstance(result, ApiError)]
    assert len(refused) == 4
    assert {(err.code, err.retry_after) for err in refused} == {(ErrorCode.LIBRARY_BUSY, 5.0)}


async def test_rebuild_reads_everything_again(open_library: OpenLibrary) -> None:
    """A rebuild makes all vectors anew and loses nothing."""
    embedder = WordEmbedder()
    library = open_library(embedder)
    await library.store("notes", NOTES, wait=True)
    await library.rebuild()
    await library.store("notes", [], wait=True)
    assert len(embedder.asked) == 2 * len(NOTES)
    assert (await library.store("notes", NOTES))[0].status == "unchanged"
    assert items_of(await library.search(query("plumber", mode=Mode.VECTOR, limit=1))) == ["plumber"]
    assert await library.verify() == []


async def test_a_long_document_is_read_in_parts(open_library: OpenLibrary) -> None:
    """What is longer than a model's context is there to the last character."""
    library = open_library()
    text = "\n\n".join(f"Paragraph {number} ends here." for number in range(2000))
    await library.store("documents", [note("book", text, title="Book", meta={"shelf": 3}, url="/book")])
    household = frozenset({"household"})
    first = await library.text("documents", "book", household, 0, 1000)
    last = await library.text("documents", "book", household, first.total_chars - 1000 if first else 0, 5000)
    assert first is not None
    assert last is not None
    assert (first.text, first.total_chars, last.text) == (text[:1000], len(text), text[-1000:])
    assert (first.title, first.meta, first.url, first.kind) == ("Book", {"shelf": 3}, "/book", "text")
