"""Test that what is deleted is gone: out of both indexes, and to the last byte."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
import sqlite3
from typing import Any

import numpy as np
import pytest

from hearthd.library.chroma import Chroma
from hearthd.library.library import Library
from hearthd.library.parts import open_parts
from hearthd.library.scope import Scope
from hearthd.library.search import Mode
from tests.library.conftest import ANNA, OpenLibrary, WordEmbedder, items_of, note, query

SECRET = "xylophonist"
TITLE = "Quizmasterly"


def files_with(folder: Path, *needles: bytes) -> Iterator[Path]:
    """Yield the files that hold some bytes; one that is removed meanwhile holds none."""
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            if path.is_file() and any(needle in path.read_bytes() for needle in needles):
                yield path


async def filled(open_library: OpenLibrary, **options: float) -> Library:
    """Return a library with a secret among many other items."""
    library = open_library(**options)
    others = [note(f"n{number}", f"Note {number} is about spoon {number * 7}.") for number in range(120)]
    secret = [note(f"s{number}", f"The {SECRET} plays at {number}.", ANNA, title=TITLE) for number in range(3)]
    await library.store("notes", [*others[:60], *secret, *others[60:]], wait=True)
    return library


async def test_deleted_is_not_found(open_library: OpenLibrary) -> None:
    """Neither index knows it any more, and everything else is still there."""
    library = await filled(open_library)
    assert await library.delete("notes", ["s0", "s1", "s2", "never there"]) == 3
    await library.store("notes", [], wait=True)
    for mode in Mode:
        assert SECRET not in repr(await library.search(query(SECRET, ANNA, "household", mode=mode, limit=50)))
        assert items_of(await library.search(query("note 5 spoon 35", mode=mode, limit=1))) == ["n5"]
    assert await library.verify() == []
    assert (await library.overview()).collections[0].items == 120


@pytest.mark.parametrize(("which", "is_left"), [({"ids": ["s0"]}, True), ({"owner": ANNA}, False), ({}, False)])
async def test_damaged_files_go_with_whoever_is_erased(
    open_library: OpenLibrary, tmp_path: Path, which: dict[str, Any], is_left: bool
) -> None:
    """What was set aside may hold anything of anybody's; the deletion of one item is no reason to give it up."""
    library = await filled(open_library)
    await library.close()
    folder = tmp_path / "library"
    (folder / "library.db").write_text(f"nonsense {SECRET}" * 1000)
    again = await filled(open_library)
    assert len(list(folder.glob("library.db.damaged-*"))) == 1
    await again.delete("notes", **which)
    assert bool(list(folder.glob("library.db.damaged-*"))) is is_left


@pytest.mark.parametrize("way", ["ids", "owner", "collection", "replaced"])
async def test_no_byte_of_a_text_is_left(open_library: OpenLibrary, tmp_path: Path, way: str) -> None:
    """No file holds a word of it, while the library is open and after it was closed."""
    library = await filled(open_library)
    needles = [SECRET.encode(), TITLE.encode(), TITLE.lower().encode()]
    assert list(files_with(tmp_path, SECRET.encode())) != []
    match way:
        case "ids":
            await library.delete("notes", ["s0", "s1", "s2"])
        case "owner":
            await library.delete("notes", owner=ANNA)
        case "collection":
            await library.delete("notes")
        case _:
            await library.store("notes", [note(f"s{number}", "Nothing.", ANNA) for number in range(3)], wait=True)
            await library.close()
    assert list(files_with(tmp_path, *needles)) == []
    await library.close()
    assert list(files_with(tmp_path, *needles)) == []


async def test_texts_never_reach_chroma(open_library: OpenLibrary, tmp_path: Path) -> None:
    """Chroma knows vectors, ids and digests; no word, no title, no item's id and no person's name."""
    library = await filled(open_library)
    await library.close()
    folder = tmp_path / "library" / "vectors-0"
    assert (folder / "chroma.sqlite3").exists()
    assert list(files_with(folder, SECRET.encode(), TITLE.encode(), ANNA.encode(), b"spoon")) == []


async def test_a_question_while_the_index_is_written_anew(
    open_library: OpenLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asked the old one is answered by the new one, and nothing is given up for it."""
    library = await filled(open_library)
    await library.close()
    (vector,) = await WordEmbedder().embed(["Note 5 is about spoon 35."], urgent=False)
    ask, asked = Chroma.query, list[Chroma]()

    def ask_late(chroma: Chroma, *args: Any) -> list[str]:
        asked.append(chroma)
        if len(asked) == 1:
            parts.vectors.renew()
        return ask(chroma, *args)

    monkeypatch.setattr(Chroma, "query", ask_late)
    with closing(open_parts(tmp_path / "library", None)) as parts:
        parts.vectors.open()
        scope = Scope(frozenset({"household"}))
        found = parts.vectors.query(vector, scope, 1)
        assert parts.keywords.fetch([], found, scope)[0].item == "n5"
        assert len(set(map(id, asked))) == 2
        folder = parts.ledger.folder()
        parts.vectors.open()
        assert parts.ledger.folder() == folder


async def test_vectors_of_the_deleted_are_written_over(open_library: OpenLibrary, tmp_path: Path) -> None:
    """A text can be guessed from its vector, so after a rest no file holds that either."""
    library = await filled(open_library, rest_seconds=0.2)
    (vector,) = await WordEmbedder().embed([f"{TITLE}\nThe {SECRET} plays at 1."], urgent=False)
    needles = [vector.astype("<f4").tobytes(), vector.astype("<f2").tobytes()]
    with sqlite3.connect(tmp_path / "library" / "library.db") as connection:
        kept = [np.frombuffer(row[0], "<f2") for row in connection.execute("SELECT vector FROM chunks")]
    connection.close()
    assert any(np.array_equal(one, vector.astype("<f2")) for one in kept)
    await library.delete("notes", owner=ANNA)
    for _ in range(100):
        if (tmp_path / "library" / "vectors-1" / "chroma.sqlite3").exists() and not list(
            files_with(tmp_path, *needles)
        ):
            break
        await library.store("notes", [], wait=True)
        await asyncio.sleep(0.05)
    assert list(files_with(tmp_path, *needles)) == []
    assert items_of(await library.search(query("note 5 spoon 35", mode=Mode.VECTOR, limit=1))) == ["n5"]
    assert await library.verify() == []
