"""No program of the demo outlives it."""

from collections.abc import Mapping
from pathlib import Path
import socket
import subprocess
import sys
import time

import pytest

from demo.processes import ProgramFailedError, free_port, running

ROOT = Path(__file__).parents[2]
PATIENT = "import time; print('ready at last', flush=True); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
)
NOTHING: Mapping[str, str] = {}


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended but was never asked after does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_program_runs_until_the_block_ends(tmp_path: Path) -> None:
    """Its words can be waited for, and it is gone afterwards."""
    command = [sys.executable, "-c", PATIENT]
    async with running("waiter", command, folder=tmp_path, log=tmp_path / "log", environment=NOTHING) as program:
        assert await program.line_with("ready", timeout=20) == "ready at last"
        assert alive(program.pid)
    assert not alive(program.pid)


async def test_a_program_that_ends_early_tells_its_last_words(tmp_path: Path) -> None:
    """What it said before it failed is in the error."""
    command = [sys.executable, "-c", "raise SystemExit('no room at the inn')"]
    async with running("guest", command, folder=tmp_path, log=tmp_path / "log", environment=NOTHING) as program:
        with pytest.raises(ProgramFailedError, match=r"guest ended with code 1(.|\n)*no room at the inn"):
            await program.line_with("ready", timeout=20)


async def test_a_silent_program_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    """A program that runs but says nothing is a failure too."""
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    async with running("mute", command, folder=tmp_path, log=tmp_path / "log", environment=NOTHING) as program:
        with pytest.raises(ProgramFailedError, match="said nothing of 'ready'"):
            await program.line_with("ready", timeout=0.1)


async def test_a_program_that_will_not_end_is_made_to(tmp_path: Path) -> None:
    """Patience has an end."""
    command = [sys.executable, "-c", STUBBORN]
    async with running("mule", command, folder=tmp_path, log=tmp_path / "log", environment=NOTHING) as program:
        await program.line_with("ready", timeout=20)
        await program.stop(patience=0.1)
        assert not alive(program.pid)


PARENT = """
import asyncio, pathlib, sys
from demo.processes import running

async def main():
    here, code = pathlib.Path(sys.argv[1]), sys.argv[2]
    command = [sys.executable, "-c", code]
    async with running("child", command, folder=here, log=here / "log", environment={}) as child:
        await child.line_with("ready", timeout=20)
        print(child.pid, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


def test_a_killed_demo_leaves_no_orphan(tmp_path: Path) -> None:
    """Even a demo that could not tidy up takes its programs with it."""
    command = [sys.executable, "-c", PARENT, str(tmp_path), PATIENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    # The test's own time limit is the patience: a child that stays is an orphan.
    while alive(child):
        time.sleep(0.02)


def test_a_port_that_is_taken_is_not_offered(socket_enabled: None) -> None:
    """The wanted port is kept if it is free."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port
    assert free_port(port) == port
