"""Start the programs of the demo and let none of them outlive it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
import ctypes
import os
from pathlib import Path
import signal
import socket
import sys
from typing import NoReturn

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_POLL_SECONDS = 0.02


class ProgramFailedError(Exception):
    """A program ended, or stayed silent, when it should have run; carries its last words."""


class Program:
    """A running program whose output goes to a file."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        """Watch a process that has just been started."""
        self.name = name
        self.log = log
        self._process = process

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    async def line_with(self, words: str, timeout: float) -> str:
        """Return the first line of output that contains `words`.

        Raises:
            ProgramFailedError: it ended first, or `timeout` seconds went by.
        """
        try:
            async with asyncio.timeout(timeout):
                while True:
                    # A line counts once it is whole.
                    for line in self._output().splitlines(keepends=True):
                        if words in line and line.endswith("\n"):
                            return line.strip()
                    self.check_running()
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            self._fail(f"said nothing of '{words}' for {timeout:.0f} s")

    def check_running(self) -> None:
        """Raise ProgramFailedError if the program has ended."""
        if self._process.returncode is not None:
            self._fail(f"ended with code {self._process.returncode}")

    async def ended(self) -> NoReturn:
        """Wait until the program ends by itself, which it should not; raises ProgramFailedError then."""
        await self._process.wait()
        self._fail(f"ended with code {self._process.returncode}")

    async def stop(self, patience: float = 20.0) -> None:
        """Ask the program to end; after `patience` seconds, make it."""
        if self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(patience):
                await self._process.wait()
        except TimeoutError:
            os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()

    def _output(self) -> str:
        return self.log.read_text(errors="replace")

    def _fail(self, what: str) -> NoReturn:
        last_words = "\n".join(self._output().splitlines()[-20:])
        raise ProgramFailedError(f"{self.name} {what}. Its last words:\n{last_words}")


@asynccontextmanager
async def running(
    name: str, command: Sequence[str | Path], *, folder: Path, log: Path, environment: Mapping[str, str]
) -> AsyncIterator[Program]:
    """Run a program in `folder` for as long as the block lasts, with `environment` added to ours."""
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env={**own_environment(), "PYTHONUNBUFFERED": "1", **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            # Ctrl-C reaches only us: we end the programs in order.
            start_new_session=True,
            preexec_fn=_end_with_parent(),
        )
    program = Program(name, process, log)
    try:
        yield program
    finally:
        await program.stop()


def own_environment() -> dict[str, str]:
    """Return our environment without how the scripts find this package: other programs have modules of their own."""
    return {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONSAFEPATH"}}


def _end_with_parent() -> Callable[[], None] | None:
    """Return what a child does first, so that even a killed demo leaves nothing behind (Linux only)."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)

    return tie


def free_port(wanted: int | None = None) -> int:
    """Return `wanted` if nothing listens there, otherwise a port that is free."""
    for port in (wanted, 0):
        if port is None:
            continue
        with socket.socket() as probe:
            # Home Assistant reuses addresses too: a port in TIME_WAIT is free for it.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ProgramFailedError("this machine has no free port")
