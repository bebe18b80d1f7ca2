"""Test the library with its vectors on a real Chroma server, which may go away and come back without them."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
import shutil
import socket
import subprocess
import sys

import httpx
import pytest

from hearthd.library.chroma import Chroma
from hearthd.library.library import Library
from hearthd.library.search import Mode
from tests.library.conftest import ANNA, OpenLibrary, WordEmbedder, items_of, note, query

NOTES = [note(f"n{number}", f"Spoon {number} lies in the drawer.") for number in range(20)]
# What the command `chroma` does, whose own script wants libraries for its cloud.
COMMAND = [sys.executable, "-c", "import sys, chromadb_rust_bindings as chroma; chroma.cli(sys.argv)", "run"]


class Server:
    """A Chroma server of our own on the loopback."""

    def __init__(self, folder: Path) -> None:
        """Choose a port."""
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Start it and wait until it answers."""
        place = ["--path", str(self.folder), "--host", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(  # noqa: ASYNC220 - it is there at once
            [*COMMAND, *place], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        async with httpx.AsyncClient() as client:
            while True:
                try:
                    await client.get(f"{self.url}/api/v2/heartbeat")
                except httpx.TransportError:
                    assert self._process.poll() is None
                    await asyncio.sleep(0.05)
                else:
                    return

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
async def server(tmp_path: Path) -> AsyncGenerator[Server]:
    """Return a server that runs."""
    server = Server(tmp_path / "server")
    await server.start()
    yield server
    server.kill()


async def mode_of(library: Library) -> Mode:
    """Return by what a question is answered, which has to be answered rightly."""
    found = await library.search(query("spoon 7 drawer", limit=1))
    assert items_of(found) == ["n7"]
    return found.mode


async def becomes(library: Library, mode: Mode) -> None:
    """Wait until questions are answered so; the test's own limit ends that."""
    while await mode_of(library) is not mode:
        await library.store("notes", [], wait=True)
        await asyncio.sleep(0.05)


async def test_kept_and_found_and_deleted_there(open_library: OpenLibrary, server: Server, tmp_path: Path) -> None:
    """The server has the vectors and nothing else; what is deleted leaves it, and a restart finds the rest."""
    library = open_library(chroma_url=server.url)
    await library.store("notes", [*NOTES, note("secret", "The xylophonist plays at nine.", ANNA)], wait=True)
    for mode in Mode:
        assert items_of(await library.search(query("spoon 7 drawer", mode=mode, limit=1))) == ["n7"]
    assert await library.delete("notes", ["secret", "n8"]) == 2
    await library.store("notes", [], wait=True)
    assert await library.verify() == []
    found = await library.search(query("xylophonist spoon 8", ANNA, "household", mode=Mode.VECTOR, limit=50))
    assert not {"secret", "n8"} & set(items_of(found))
    await library.close()
    assert not list((tmp_path / "library").glob("vectors-*"))
    assert not any(b"xylophonist" in path.read_bytes() for path in server.folder.rglob("*") if path.is_file())
    embedder = WordEmbedder()
    again = open_library(embedder, chroma_url=server.url)
    assert await mode_of(again) is Mode.HYBRID
    assert [urgent for _, urgent in embedder.asked] == [True]
    assert await again.verify() == []


@pytest.mark.parametrize("is_emptied", [False, True])
async def test_it_goes_away_and_comes_back(open_library: OpenLibrary, server: Server, is_emptied: bool) -> None:
    """Words answer meanwhile, and that is said; what the server has lost is written again, without any model."""
    embedder = WordEmbedder()
    library = open_library(embedder, chroma_url=server.url, rest_seconds=0.1)
    await library.store("notes", NOTES, wait=True)
    assert await mode_of(library) is Mode.HYBRID
    server.kill()
    assert await mode_of(library) is Mode.KEYWORD
    if is_emptied:
        shutil.rmtree(server.folder)
    await server.start()
    await becomes(library, Mode.HYBRID)
    assert await library.verify() == []
    assert sum(not urgent for _, urgent in embedder.asked) == len(NOTES)


async def test_it_is_not_there_at_first(open_library: OpenLibrary, server: Server) -> None:
    """What is stored without it is found by its words, and goes there as soon as it is."""
    server.kill()
    library = open_library(chroma_url=server.url)
    await library.store("notes", NOTES, wait=True)
    assert await mode_of(library) is Mode.KEYWORD
    assert (await library.overview()).trouble == "vector_index_failed"
    await server.start()
    await becomes(library, Mode.HYBRID)


async def test_what_is_not_ours_is_left_alone(open_library: OpenLibrary, server: Server) -> None:
    """Where another model is to make the vectors, our own collections go, and nobody else's."""
    collections = f"{server.url}/api/v2/tenants/default_tenant/databases/default_database/collections"
    async with httpx.AsyncClient() as client:
        (await client.post(collections, json={"name": "theirs"})).raise_for_status()
        await open_library(chroma_url=server.url).store("notes", NOTES, wait=True)
        assert len((await client.get(collections)).json()) == 2
        Chroma(server.url, "other", 3).close()
        assert [one["name"] for one in (await client.get(collections)).json()] == ["theirs"]
