"""Keep an SQLite file open, and work with it in a thread, one job at a time."""

import asyncio
from collections.abc import Callable
import logging
from pathlib import Path
import sqlite3

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

_LOGGER = logging.getLogger(__name__)


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
    ) -> None:
        """Name the file; nothing is opened yet.

        `connect` opens a file, or makes it, and raises sqlite3.DatabaseError for one that is damaged; `refusal` is what
        every method raises when the disk fails or takes more than `seconds`.
        """
        self._hass = hass
        self._path = path
        self._connect = connect
        self._refusal = refusal
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._connection: sqlite3.Connection | None = None

    async def async_open(self) -> Path | None:
        """Open the file, or make it; a damaged one is moved aside, and where to is returned."""
        return await self._async_run(self._open)

    async def async_close(self) -> None:
        """Close the file; nothing can be done with it afterwards."""
        if (connection := self._connection) is not None:
            self._connection = None
            await self._async_run(connection.close)

    async def async_do[T](self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Do something with the file, and return what comes of it."""
        return await self._async_run(lambda: job(self._opened))

    @property
    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            raise sqlite3.ProgrammingError("the file is closed")
        return self._connection

    async def _async_run[T](self, job: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(self._seconds), self._lock:
                return await self._hass.async_add_executor_job(job)
        except (sqlite3.Error, OSError, TimeoutError) as err:
            _LOGGER.warning("The file %s could not be read or written: %s", self._path.name, type(err).__name__)
            raise self._refusal() from err

    def _open(self) -> Path | None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = self._connect(self._path)
        except sqlite3.OperationalError:
            # A full or read-only disk is no reason to give up a file that is sound.
            raise
        except sqlite3.DatabaseError:
            aside = self._move_aside()
            self._connection = self._connect(self._path)
            return aside
        return None

    def _move_aside(self) -> Path:
        """Keep a damaged file under another name; what SQLite has beside it belongs to no other file."""
        aside = self._path.with_name(f"{self._path.stem}.damaged-{dt_util.now():%Y%m%dT%H%M%S}{self._path.suffix}")
        self._path.rename(aside)
        for ending in ("-journal", "-wal", "-shm"):
            self._path.with_name(f"{self._path.name}{ending}").unlink(missing_ok=True)
        return aside
