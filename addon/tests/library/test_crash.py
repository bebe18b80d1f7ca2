"""Test that a library which was killed at any moment is whole when it is opened again."""

import asyncio
from functools import partial
from pathlib import Path
import signal
import subprocess
import sys

import pytest

from hearthd.library.search import Mode
from tests.library.conftest import OpenLibrary, items_of, query

ADDON = Path(__file__).parents[2]
SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("place", "count", "when"),
    [
        pytest.param("Shelf.put", 2, "before", id="before a store is kept", marks=SLOW),
        pytest.param("Shelf.put", 3, "after", id="after a store is kept, before anybody knows"),
        pytest.param("VectorLedger.begin_model", 1, "after", id="before the first vector", marks=SLOW),
        pytest.param("WordEmbedder.embed", 2, "before", id="while vectors are made"),
        pytest.param("VectorLedger.keep", 2, "after", id="between the database and Chroma"),
        pytest.param("Chroma.upsert", 1, "after", id="after Chroma, before it is noted"),
        pytest.param("Shelf.delete", 1, "after", id="after a deletion, before Chroma", marks=SLOW),
        pytest.param("Chroma.delete", 1, "after", id="after a deletion in Chroma, before it is noted"),
        pytest.param("VectorIndex.renew", 1, "before", id="before the indexes are written anew", marks=SLOW),
        pytest.param("VectorLedger.change_folder", 1, "before", id="with half a new folder"),
        pytest.param("VectorLedger.change_folder", 1, "after", id="with two folders", marks=SLOW),
    ],
)
async def test_killed(open_library: OpenLibrary, tmp_path: Path, place: str, count: int, when: str) -> None:
    """What was said to be stored is there and found by both indexes, what was deleted is not, and all fits together."""
    child = await asyncio.to_thread(
        partial(subprocess.run, cwd=ADDON, capture_output=True, text=True, timeout=50, check=False),
        [sys.executable, "-m", "tests.library.dying_library", tmp_path / "library", place, str(count), when],
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    said = child.stdout.split("\n")
    library = open_library()
    library.start()
    await library.store("notes", [], wait=True)
    assert await library.verify() == []
    (row,) = (await library.overview()).collections or (None,)
    stored = [part for part in range(4) if f"stored {part}" in said and not (part == 1 and "deleting 1" in said)]
    assert row is None or row.pending == 0
    for part in stored:
        for mode in (Mode.VECTOR, Mode.KEYWORD):
            found = items_of(await library.search(query(f"spoon 7 drawer {part}", mode=mode, limit=50)))
            assert f"{part}-7" in found[:3]
    if "deleted 1" in said:
        assert await library.text("notes", "1-7", frozenset({"household"}), 0, 9) is None
