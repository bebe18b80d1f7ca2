"""Test that no model elsewhere is given a word of what is kept at home, which is found by its words all the same."""

from pathlib import Path
import sqlite3

import pytest

from hearthd.library.ledger import VectorLedger
from hearthd.library.library import Library
from hearthd.library.search import Mode
from tests.library.conftest import OpenLibrary, WordEmbedder, items_of, note, query

RECIPES = [note("cake", "The cake needs four eggs."), note("soup", "The soup needs six carrots.")]
LETTERS = [note("doctor", "The doctor found nothing."), note("bank", "The bank wants a signature.")]


def elsewhere() -> WordEmbedder:
    """Return a model of another server."""
    embedder = WordEmbedder("far")
    embedder.is_elsewhere = True
    return embedder


def told(embedder: WordEmbedder) -> set[str]:
    """Return the items of which a model was given something."""
    return {item.id for item in (*RECIPES, *LETTERS) for text, _ in embedder.asked if item.source.decode() in text}


async def counts(library: Library) -> dict[str, tuple[int, int, bool]]:
    """Return how many passages of each collection are pending, and found by words only, and whether it is at home."""
    await library.store("recipes", [], wait=True)
    return {row.name: (row.pending, row.words_only, row.at_home) for row in (await library.overview()).collections}


async def filled(library: Library) -> Library:
    """Store recipes, and letters that are kept at home."""
    await library.store("letters", LETTERS, at_home=True)
    await library.store("recipes", RECIPES, wait=True, at_home=False)
    return library


async def test_a_model_elsewhere_is_not_told(open_library: OpenLibrary) -> None:
    """Only the rest is made vectors of; a search finds both."""
    embedder = elsewhere()
    library = await filled(open_library(embedder))
    assert told(embedder) == {"cake", "soup"}
    assert await counts(library) == {"letters": (0, 2, True), "recipes": (0, 0, False)}
    for words, item in (("what did the doctor find", "doctor"), ("eggs for the cake", "cake")):
        found = await library.search(query(words, limit=1))
        assert (items_of(found), found.mode) == ([item], Mode.HYBRID)
    assert items_of(await library.search(query("doctor", mode=Mode.VECTOR, limit=9))) == ["cake", "soup"]
    assert await library.verify() == []


async def test_a_model_here_is_told(open_library: OpenLibrary) -> None:
    """What is kept at home is at home there."""
    embedder = WordEmbedder()
    library = await filled(open_library(embedder))
    assert told(embedder) == {"cake", "soup", "doctor", "bank"}
    assert await counts(library) == {"letters": (0, 0, True), "recipes": (0, 0, False)}


async def test_the_mark_changes(open_library: OpenLibrary) -> None:
    """Vectors go with a mark and come without it; nothing else is computed again."""
    embedder = elsewhere()
    library = await filled(open_library(embedder))
    await library.store("recipes", [], wait=True, at_home=True)
    assert await counts(library) == {"letters": (0, 2, True), "recipes": (0, 2, True)}
    assert items_of(await library.search(query("cake", mode=Mode.VECTOR))) == []
    assert items_of(await library.search(query("cake eggs", limit=1))) == ["cake"]
    assert await library.verify() == []
    await library.store("letters", [], wait=True, at_home=False)
    assert await counts(library) == {"letters": (0, 0, False), "recipes": (0, 2, True)}
    assert [text for text, is_urgent in embedder.asked if not is_urgent and "bank" in text] == [
        LETTERS[1].source.decode()
    ]
    assert items_of(await library.search(query("bank", mode=Mode.VECTOR, limit=1))) == ["bank"]
    assert await library.verify() == []


@pytest.mark.parametrize("at_home", [None, True])
async def test_what_comes_later_is_kept_as_well(open_library: OpenLibrary, at_home: bool | None) -> None:
    """The mark is the collection's, and lasts over a restart."""
    first = await filled(open_library(elsewhere()))
    await first.close()
    embedder = elsewhere()
    library = open_library(embedder)
    await library.store("letters", [note("tax", "The tax office wants money.")], wait=True, at_home=at_home)
    assert embedder.asked == []
    assert (await counts(library))["letters"] == (0, 3, True)


async def test_the_model_changes(open_library: OpenLibrary) -> None:
    """What a model here was told, one elsewhere is not, and the other way round."""
    first = await filled(open_library(WordEmbedder()))
    await first.close()
    far = elsewhere()
    second = open_library(far)
    assert await counts(second) == {"letters": (0, 2, True), "recipes": (0, 0, False)}
    assert told(far) == {"cake", "soup"}
    await second.close()
    near = WordEmbedder()
    third = open_library(near)
    assert await counts(third) == {"letters": (0, 0, True), "recipes": (0, 0, False)}
    assert told(near) == {"cake", "soup", "doctor", "bank"}


async def test_a_model_that_moves_out_meanwhile_is_not_told(
    open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was chosen for a model here is sent to none that has taken its place."""
    embedder, choose = WordEmbedder(), VectorLedger.pending

    def move_out(ledger: VectorLedger, limit: int, *, elsewhere: bool) -> list[tuple[str, str]]:
        chosen = choose(ledger, limit, elsewhere=elsewhere)
        embedder.is_elsewhere = embedder.is_elsewhere or bool(chosen)
        return chosen

    monkeypatch.setattr(VectorLedger, "pending", move_out)
    library = open_library(embedder)
    await library.store("letters", LETTERS, wait=True, at_home=True)
    assert embedder.is_elsewhere
    assert told(embedder) == set()
    assert (await counts(library))["letters"] == (0, 2, True)


@pytest.mark.parametrize("is_readable", [True, False])
async def test_a_damaged_file_gives_nothing_away(open_library: OpenLibrary, tmp_path: Path, is_readable: bool) -> None:
    """The marks are saved with the items; where they can't be, all that was saved is kept at home."""
    library = await filled(open_library(elsewhere()))
    await library.close()
    with sqlite3.connect(tmp_path / "library" / "library.db") as connection:
        connection.execute("PRAGMA user_version = 99")
        if not is_readable:
            connection.execute("DROP TABLE facts")
    connection.close()
    embedder = elsewhere()
    saved = await counts(open_library(embedder))
    assert {name: at_home for name, (_, _, at_home) in saved.items()} == {"letters": True, "recipes": not is_readable}
    assert told(embedder) == ({"cake", "soup"} if is_readable else set())
