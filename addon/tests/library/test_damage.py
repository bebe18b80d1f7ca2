"""Test that damaged files cost nothing that can still be read, and that the rest goes on."""

from pathlib import Path
import shutil
import sqlite3

import pytest

from hearthd.errors import ApiError, ErrorCode
from hearthd.library.library import Library
from hearthd.library.search import Mode
from tests.library.conftest import OpenLibrary, WordEmbedder, items_of, note, query

NOTES = [note(f"n{number}", f"Spoon {number} lies in the drawer. " * 30) for number in range(40)]


async def written(open_library: OpenLibrary, tmp_path: Path) -> Path:
    """Fill a library, close it and return its folder."""
    library = open_library()
    await library.store("notes", NOTES, wait=True)
    await library.close()
    return tmp_path / "library"


async def is_whole(library: Library) -> bool:
    """Tell whether every note is found by both indexes."""
    await library.store("notes", [], wait=True)
    for mode in (Mode.VECTOR, Mode.KEYWORD):
        found = await library.search(query("spoon 7 drawer", mode=mode, limit=3))
        if "n7" not in items_of(found) or found.mode is not mode:
            return False
    return (await library.overview()).collections[0].items == len(NOTES)


def overwrite(path: Path, start: int, length: int) -> None:
    """Write nonsense into a file."""
    with path.open("r+b") as file:
        file.seek(start)
        file.write(bytes(range(1, 256)) * (length // 255 + 1))


@pytest.mark.parametrize("how", ["missing", "no database", "torn", "emptied", "vectors overwritten", "vectors gone"])
async def test_damaged_vectors(open_library: OpenLibrary, tmp_path: Path, how: str) -> None:
    """Chroma's folder is made anew from the vectors that the database has; none is computed again."""
    folder = await written(open_library, tmp_path) / "vectors-0"
    database = folder / "chroma.sqlite3"
    match how:
        case "missing":
            shutil.rmtree(folder)
        case "no database":
            database.write_text("nonsense " * 1000)
        case "torn":
            overwrite(database, 4096, database.stat().st_size - 4096)
        case "emptied":
            database.unlink()
        case "vectors overwritten":
            for path in folder.glob("*/*"):
                path.write_bytes(b"nonsense")
        case _:
            for path in folder.glob("*/"):
                shutil.rmtree(path)
    embedder = WordEmbedder()
    library = open_library(embedder)
    library.start()
    assert await is_whole(library)
    assert all(urgent for _, urgent in embedder.asked)
    assert await library.verify() == []


async def test_vectors_that_differ_are_set_right(open_library: OpenLibrary, tmp_path: Path) -> None:
    """What Chroma lost or has too much is noticed when it is looked for, and set right."""
    folder = await written(open_library, tmp_path)
    with sqlite3.connect(folder / "library.db") as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("UPDATE chunks SET id = 'x' || substr(id, 2) WHERE key = 3")
    connection.close()
    library = open_library()
    (problem,) = await library.verify()
    assert problem.startswith("2 vectors")
    await library.store("notes", [], wait=True)
    assert await library.verify() == []


@pytest.mark.parametrize("how", ["header", "nonsense", "empty pages", "a page", "later version"])
async def test_damaged_database(open_library: OpenLibrary, tmp_path: Path, how: str) -> None:
    """The file is set aside and that is said; what can be read of it is saved, and the rest can be given again."""
    folder = await written(open_library, tmp_path)
    database = folder / "library.db"
    size = database.stat().st_size
    match how:
        case "header":
            overwrite(database, 0, 100)
        case "nonsense":
            database.write_text("nonsense " * 1000)
        case "empty pages":
            overwrite(database, 4096, size - 4096)
        case "a page":
            overwrite(database, size // 2 // 4096 * 4096, 4096)
        case _:
            with sqlite3.connect(database) as connection:
                connection.execute("PRAGMA user_version = 99")
            connection.close()
    library = open_library()
    overview = await library.overview()
    assert overview.problem is not None
    assert "damaged" in overview.problem
    assert len(list(folder.glob("library.db.damaged-*"))) >= 1
    saved = overview.collections[0].items if overview.collections else 0
    assert saved == {"a page": pytest.approx(len(NOTES), abs=20), "later version": len(NOTES)}.get(how, 0)
    await library.store("notes", NOTES, wait=True)
    assert await is_whole(library)
    assert await library.verify() == []
    await library.rebuild()
    assert (await library.overview()).problem is None


async def test_damage_while_it_runs(open_library: OpenLibrary, tmp_path: Path) -> None:
    """Who meets the damage is refused, and the next finds a library that was examined and mended."""
    library = open_library()
    await library.store("notes", NOTES, wait=True)
    with sqlite3.connect(tmp_path / "library" / "library.db") as connection:
        connection.execute("DELETE FROM words_data WHERE id > 10")
    connection.close()
    with pytest.raises(ApiError) as refusal:
        await library.search(query("spoon"))
    assert refusal.value.code is ErrorCode.LIBRARY_UNAVAILABLE
    assert await is_whole(library)
    assert await library.verify() == []


async def test_a_damaged_keyword_index_is_made_anew(open_library: OpenLibrary, tmp_path: Path) -> None:
    """It is made of the passages beside it, so nothing is set aside."""
    folder = await written(open_library, tmp_path)
    with sqlite3.connect(folder / "library.db") as connection:
        connection.execute("DELETE FROM words_data WHERE id > 10")
    connection.close()
    library = open_library()
    assert await is_whole(library)
    overview = await library.overview()
    assert (overview.problem, await library.verify()) == (None, [])


async def test_two_programs(open_library: OpenLibrary) -> None:
    """Only one program has the library open; the other is told so, and its engine goes on."""
    first, second = open_library(), open_library()
    await first.store("notes", NOTES[:1])
    with pytest.raises(ApiError, match="Another program") as refusal:
        await second.overview()
    assert refusal.value.code is ErrorCode.LIBRARY_UNAVAILABLE


async def test_a_folder_that_cannot_be_made(open_library: OpenLibrary, tmp_path: Path) -> None:
    """Where nothing can be written, that is what is said."""
    (tmp_path / "library").write_text("in the way")
    with pytest.raises(ApiError) as refusal:
        await open_library().overview()
    assert refusal.value.code is ErrorCode.LIBRARY_UNAVAILABLE
