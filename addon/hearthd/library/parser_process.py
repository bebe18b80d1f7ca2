"""Read sources in a process of its own, which may hang, swell or die of a hostile file without harm.

It reads one source after another from its standard input. What goes to and fro are frames: eight bytes of length, then
the content. A question is two frames, a kind and a source; an answer is one, JSON.
"""

import asyncio
from contextlib import suppress
import json
import os
import sys
from typing import Any, BinaryIO

from hearthd.library.document import Chunk, Kind, UnreadableError
from hearthd.library.item import Reading

_SECONDS = 60.0
_MEMORY_BYTES = 1024**3
_LENGTH_BYTES = 8
_LONGEST_REPLY = 64 * 1024**2
# Parsers that other people wrote may keep what they have read.
_MOST_SOURCES = 500
_CPU_SECONDS = 3600
_BACKGROUND = 10
_FIRST_SECOND, _LAST_SECOND = -62_000_000_000.0, 253_000_000_000.0


class ParserProcess:
    """Reads one source at a time; the process begins with the first one, and again after one that ended it."""

    def __init__(self, seconds: float = _SECONDS, memory_bytes: int = _MEMORY_BYTES) -> None:
        """Set what one source may cost."""
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._ending: asyncio.Task[tuple[bytes, bytes]] | None = None
        self._read = 0

    async def read(self, kind: Kind, source: bytes) -> Reading:
        """Return what a source says, cut into passages.

        Raises:
            UnreadableError: it cannot be read, or takes too long or too much memory.
        """
        async with self._turn:
            try:
                async with asyncio.timeout(self._seconds):
                    reply = await self._ask(kind, source)
            except TimeoutError as err:
                await self._end()
                raise UnreadableError("too_slow", "Reading the file took too long.") from err
            except (OSError, EOFError, ValueError) as err:
                await self._end()
                raise UnreadableError("damaged", "The file broke what reads it down; it is damaged.") from err
            except BaseException:
                # The answer would be taken for the next source's.
                await self._end()
                raise
            if self._read >= _MOST_SOURCES:
                await self._end()
        return _reading(reply)

    async def rest(self) -> None:
        """End the process while there is nothing to read."""
        if not self._turn.locked():
            async with self._turn:
                await self._end()

    async def _ask(self, kind: Kind, source: bytes) -> Any:
        """Send a source and wait for what was read."""
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", __name__, str(self._memory_bytes)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            self._read = 0
        self._read += 1
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise EOFError
        for frame in (kind.value.encode(), source):
            process.stdin.write(len(frame).to_bytes(_LENGTH_BYTES) + frame)
        await process.stdin.drain()
        length = int.from_bytes(await process.stdout.readexactly(_LENGTH_BYTES))
        if length > _LONGEST_REPLY:
            raise ValueError("the reply is too long")
        return json.loads(await process.stdout.readexactly(length))

    async def _end(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            # The pipes are closed with it, also when nobody waits for that any more.
            self._ending = asyncio.create_task(process.communicate())
        if self._ending is not None:
            await asyncio.shield(self._ending)


def _reading(reply: Any) -> Reading:
    """Take the reply for what it should be; whoever wrote it has read a stranger's file."""
    match reply:
        case {"code": str(code), "words": str(words)}:
            raise UnreadableError(code, words)
        case {
            "text": str(text),
            "title": str() | None as title,
            "time": int() | float() | None as at,
            "chunks": list(rows),
        }:
            with suppress(TypeError, ValueError):
                return Reading(text, tuple(_chunk(text, *row) for row in rows), title, _time(at))
        case _:
            pass
    raise UnreadableError("damaged", "The file could not be read.")


def _chunk(text: str, start: int, end: int, headings: list[str], at: float | None) -> Chunk:
    """Return a passage of a text."""
    return Chunk(text[start:end], start, end, tuple(str(heading) for heading in headings), _time(at))


def _time(at: float | None) -> float | None:
    """Return a time of the years that can be written, None for any other."""
    return at if at is not None and _FIRST_SECOND < at < _LAST_SECOND else None


def main() -> None:
    """Read sources until there are no more."""
    # Only this process pays for what reads them.
    import resource  # noqa: PLC0415

    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # Nobody ends it when the engine was killed.
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    os.nice(_BACKGROUND)
    # What parsers print must not come between the frames.
    given, told = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while (kind := _frame(given)) is not None:
        source = _frame(given) or b""
        reply = _read(Kind(kind.decode()), source)
        told.write(len(reply).to_bytes(_LENGTH_BYTES) + reply)
        told.flush()


def _frame(stream: BinaryIO) -> bytes | None:
    """Read one frame, None at the end."""
    head = stream.read(_LENGTH_BYTES)
    return stream.read(int.from_bytes(head)) if len(head) == _LENGTH_BYTES else None


def _read(kind: Kind, source: bytes) -> bytes:
    """Read one source into what goes over the wire."""
    from hearthd.library.chunk import chunk  # noqa: PLC0415 - only this process needs it
    from hearthd.library.parse import parse  # noqa: PLC0415 - only this process needs it

    try:
        document = parse(kind, source)
        rows = [(one.start, one.end, one.headings, one.time) for one in chunk(document)]
        told = {"text": document.text, "title": document.title, "time": document.time, "chunks": rows}
        return json.dumps(told, ensure_ascii=False, allow_nan=False).encode()
    except UnreadableError as err:
        failure = err
    except MemoryError:
        failure = UnreadableError("too_large", "Reading the file takes too much memory.")
    except Exception:  # noqa: BLE001 - a stranger's file may bring any of them out
        failure = UnreadableError("damaged", "The file cannot be read: it is damaged, or no file of its kind.")
    return json.dumps({"code": failure.code, "words": failure.words}).encode()


if __name__ == "__main__":
    main()
