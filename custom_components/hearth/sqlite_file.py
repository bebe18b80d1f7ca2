"""Keep an SQLite file open, and work with it in a thread, one job at a time.

A damaged file is moved aside, not thrown away; what can still be read of it goes into the new one.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
import logging
from pathlib import Path
import sqlite3
from threading import Lock

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

_LOGGER = logging.getLogger(__name__)

_ASIDE = ".damaged-"
# What says that the file itself is to blame, rather than a full disk or a fault of our own.
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


type Rescue = Callable[[Path, sqlite3.Connection], None]


class SqliteFile:
    """An SQLite file and its one connection; what a job returned is on the disk."""

    def __init__(
        self,
        hass: HomeAssistant,
        path: Path,
        connect: Callable[[Path], sqlite3.Connection],
        refusal: Callable[[], HomeAssistantError],
        *,
        seconds: float,
        on_copy: Callable[[Path], None],
        rescue: Rescue | None = None,
    ) -> None:
        """Name the file; nothing is opened yet.

        `connect` opens a file, or makes it, and raises sqlite3.DatabaseError for one that is damaged; `rescue` takes
        over what can still be read of such a one, and `on_copy` is told where it is now. `refusal` is what every method
        raises when the disk fails or takes more than `seconds`.
        """
        self._hass = hass
        self._path = path
        self._connect = connect
        self._refusal = refusal
        self._seconds = seconds
        self._on_copy = on_copy
        self._rescue = rescue
        self._lock = asyncio.Lock()
        self._thread_lock = Lock()
        self._is_wanted = False
        self._connection: sqlite3.Connection | None = None

    async def async_open(self) -> None:
        """Open the file, or make it; one that can't be opened now is tried again with each job."""
        self._is_wanted = True
        await self._async_run(self._opened)

    async def async_close(self) -> None:
        """Close the file; nothing can be done with it afterwards."""
        self._is_wanted = False
        await self._async_run(self._let_go)

    async def async_do[T](self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Do something with the file, and return what comes of it."""
        return await self._async_run(lambda: self._do(job))

    async def async_delete_copies(self, before: float) -> None:
        """Delete what was moved aside before a moment, in Unix seconds."""
        await self._async_run(lambda: self._delete_copies(before))

    async def async_set_aside(self) -> None:
        """Move the file aside, as if it were damaged, and begin a new one."""
        await self._async_run(self._begin_anew)

    async def _async_run[T](self, job: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(self._seconds), self._lock:
                return await self._hass.async_add_executor_job(self._alone, job)
        except (sqlite3.Error, OSError, TimeoutError) as err:
            _LOGGER.warning("The file %s could not be read or written: %s", self._path.name, type(err).__name__)
            raise self._refusal() from err

    def _alone[T](self, job: Callable[[], T]) -> T:
        """Run a job once no other runs: one whose caller was cancelled, or waits no more, goes on all the same."""
        with self._thread_lock:
            try:
                return job()
            except UnicodeDecodeError as err:
                # SQLite quotes what it can't read in its own messages.
                raise sqlite3.DatabaseError("the file holds text that is none") from err

    def _do[T](self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Do something; a file that turns out to be damaged is looked into when it is opened for the next."""
        connection = self._opened()
        try:
            return job(connection)
        except sqlite3.DatabaseError as err:
            if getattr(err, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
                self._let_go()
            raise

    def _opened(self) -> sqlite3.Connection:
        if not self._is_wanted:
            raise sqlite3.ProgrammingError("the file is closed")
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return self._connect(self._path)
        except sqlite3.OperationalError:
            # A full or read-only disk is no reason to give up a file that is sound.
            raise
        except sqlite3.DatabaseError:
            return self._new()

    def _begin_anew(self) -> None:
        self._let_go()
        self._connection = self._new()

    def _new(self) -> sqlite3.Connection:
        aside = self._move_aside()
        connection = self._connect(self._path)
        if self._rescue is not None:
            self._rescue(aside, connection)
        self._hass.loop.call_soon_threadsafe(self._on_copy, aside)
        return connection

    def _move_aside(self) -> Path:
        """Keep a damaged file under another name, with what SQLite has beside it: that belongs to no other file."""
        aside = self._path.with_name(f"{self._path.stem}{_ASIDE}{dt_util.now():%Y%m%dT%H%M%S}{self._path.suffix}")
        for ending in ("", "-journal", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                self._path.with_name(f"{self._path.name}{ending}").rename(aside.with_name(f"{aside.name}{ending}"))
        return aside

    def _delete_copies(self, before: float) -> None:
        for copy in self._path.parent.glob(f"{self._path.stem}{_ASIDE}*"):
            if copy.stat().st_mtime < before:
                copy.unlink()
