"""Test that a person can look after the library, beside an engine and without one."""

import asyncio
from collections.abc import Callable
from pathlib import Path
import shutil

import pytest

from hearthd.cli import main
from hearthd.library.library import Library
from hearthd.settings import Settings
from tests.library.conftest import WordEmbedder, note
from tests.running_engine import TOKEN, run_engine

type Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command and returns its status and what it said."""
    monkeypatch.setattr("hearthd.settings.sources.DEFAULT_OPTIONS", tmp_path / "none.json")

    def run_one(action: str, port: int = 1) -> tuple[int, str]:
        status = main(["library", action, "--data", str(tmp_path), "--port", str(port), "--token", TOKEN])
        said = capsys.readouterr()
        return status, said.out + said.err

    return run_one


async def fill(folder: Path) -> None:
    """Make a library."""
    library = Library(folder / "library", WordEmbedder())
    await library.store("notes", [note("a", "The boiler hums."), note("b", "The fridge hums.")], wait=True)
    await library.close()


@pytest.mark.parametrize("action", ["status", "verify", "rebuild"])
def test_an_empty_library(run: Run, tmp_path: Path, action: str) -> None:
    """Where there is none, none is made."""
    assert run(action) == (0, "The library is empty: nothing was given to it yet.\n")
    assert list(tmp_path.iterdir()) == []


async def test_without_an_engine(run: Run, tmp_path: Path) -> None:
    """The files themselves are looked at; a rebuild waits for the engine, which finds it noted."""
    await fill(tmp_path)
    told = "vectors by words COLLECTION ITEMS PASSAGES WITHOUT VECTOR BY WORDS ONLY UNREADABLE notes 2 2 0 0 0"
    assert run("status")[1].split() == told.split()
    assert run("verify") == (0, "The library is sound.\n")
    shutil.rmtree(tmp_path / "library" / "vectors-0")
    assert run("verify")[0] in {0, 1}
    assert run("rebuild")[0] == 0
    assert "being made anew" in run("status")[1]
    embedder = WordEmbedder()
    library = Library(tmp_path / "library", embedder)
    library.start()
    await library.store("notes", [], wait=True)
    await library.close()
    assert len(embedder.asked) == 2


async def test_a_damaged_file(run: Run, tmp_path: Path) -> None:
    """What is damaged is set aside and told, and the command goes on."""
    await fill(tmp_path)
    (tmp_path / "library" / "library.db").write_text("nonsense " * 1000)
    status, said = run("status")
    assert status == 0
    assert "damaged" in said


async def test_a_library_in_use(run: Run, tmp_path: Path) -> None:
    """Files that an engine has open at another address are left alone."""
    library = Library(tmp_path / "library", WordEmbedder())
    await library.store("notes", [note("a", "The boiler hums.")])
    status, said = run("verify")
    await library.close()
    assert (status, "elsewhere" in said) == (1, True)


async def test_beside_an_engine(run: Run, tmp_path: Path) -> None:
    """The engine is asked, as the files are its own."""
    async with run_engine(Settings(tmp_path)) as engine:
        item = {"id": "a", "owner": "household", "text": "The boiler hums."}
        await engine.client.post("/v1/collections/notes/items", json={"items": [item]})
        said = {action: await asyncio.to_thread(run, action, engine.port) for action in ("status", "verify", "rebuild")}
    assert "notes" in said["status"][1]
    assert said["verify"] == (0, "The library is sound.\n")
    assert said["rebuild"] == (0, "The engine reads all sources again, in the background.\n")
