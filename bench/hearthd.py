"""Run a real hearthd beside a benchmark."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
import subprocess

from aiohttp import ClientSession

from demo.home import ROOT
from demo.processes import running

from .client import Client

ADDON = ROOT / "addon"
HEARTHD_PYTHON = ADDON / ".venv" / "bin" / "python"
START_SECONDS = 120.0
TOKEN = "a-token-for-benchmarks"  # noqa: S105 - it guards a server on loopback for minutes
_POLL_SECONDS = 0.01
_LISTENING = "hearthd engine listening on "


def version_of(package: str, python: Path = HEARTHD_PYTHON) -> str:
    """Return a package's version from the environment that it runs in."""
    ask = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
    command: list[str | Path] = [python, "-c", ask, package]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout.strip()


@asynccontextmanager
async def running_hearthd(
    session: ClientSession, data: Path, log: Path, options: Mapping[str, str]
) -> AsyncIterator[Client]:
    """Run our engine until the block ends; what it keeps on disk stays in the folder `data`.

    Raises:
        ProgramFailedError: it ended, or did not begin to listen.
        TimeoutError: it did not get ready.
    """
    await asyncio.to_thread(data.mkdir, exist_ok=True)
    command: list[str | Path] = [HEARTHD_PYTHON, "-m", "hearthd", "engine", "--host", "127.0.0.1", "--port", "0"]
    command += ["--token", TOKEN, "--data", data]
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}", value]
    async with running("hearthd", command, folder=ADDON, log=log, environment={}) as program:
        line = await program.line_with(_LISTENING, START_SECONDS)
        client = Client(session, line.partition(_LISTENING)[2].split()[0], TOKEN)
        async with asyncio.timeout(START_SECONDS):
            while (await client.get("/health"))["status"] == "loading":  # noqa: ASYNC110 - nothing else tells
                await asyncio.sleep(_POLL_SECONDS)
        yield client
